from django.shortcuts import render
from django.views.decorators.http import require_safe

from listings.models import Listing
from sellers.guards import for_members


@for_members
@require_safe
def mine(request, member):
    return render(request, "listings/mine.html", {"listings": Listing.objects.of(member)})
