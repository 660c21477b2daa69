"""The page in the place of an ad or a storefront whose seller is closed at present.

It does not say why, nor who it is.
"""

from django.shortcuts import render


def closed(request):
    return render(request, "listings/closed.html", status=404)
