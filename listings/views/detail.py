from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from listings.answers import unpack
from listings.catalogue import current_catalogue
from listings.models import Listing


@require_safe
def detail(request, pk, slug=""):
    listings = Listing.objects.open_by_address().select_related("seller__region")
    listing = get_object_or_404(listings, pk=pk)
    if slug != listing.slug:
        return redirect(listing, permanent=True)
    catalogue = current_catalogue()
    category = catalogue.categories[listing.category_id]
    return render(
        request,
        "listings/detail.html",
        {
            "listing": listing,
            "category": category,
            "above": catalogue.above(category),
            "answers": unpack(listing.answers, catalogue),
        },
    )
