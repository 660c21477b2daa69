from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def cart(request):
    return render(request, "pages/cart.html")
