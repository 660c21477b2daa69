from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.guards import private
from listings.models import Listing
from sellers.models import Member


@private
@require_safe
def mine(request):
    member = Member.objects.filter(user=request.user).select_related("seller").first()
    if member is None:
        return redirect("sellers:profile")
    return render(request, "listings/mine.html", {"listings": Listing.objects.of(member)})
