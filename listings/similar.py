"""Other ads for who looks at one, or finds it gone."""

from django.db.models import Case, F, Value, When
from django.db.models.functions import Abs

from listings.models import Listing
from listings.states import State

SHOWN = 6
# Of the newest in the category, and of the newest there in the region: enough to choose from,
# however many there are.
CONSIDERED = 60


def similar_to(listing: Listing) -> list[Listing]:
    """Of the same category and deal: from the same region first, then by how near the price is."""
    region_id = region_of(listing)
    alike = (
        Listing.objects.filter(
            state=State.PUBLISHED, category=listing.category_id, deal_type=listing.deal_type
        )
        .exclude(pk=listing.pk)
        .order_by("-sort_at")
    )
    newest = alike.values("pk")[:CONSIDERED]
    considered = newest
    if region_id:
        considered = newest.union(alike.filter(region=region_id).values("pk")[:CONSIDERED])
    order = ["-sort_at", "-pk"]
    if listing.price_kzt is not None:
        order.insert(0, Abs(F("price_kzt") - listing.price_kzt).asc(nulls_last=True))
    if region_id:
        order.insert(0, Case(When(region=region_id, then=Value(0)), default=Value(1)))
    return list(
        Listing.objects.live().filter(pk__in=considered).for_cards().order_by(*order)[:SHOWN]
    )


def region_of(listing):
    return listing.region_id or (listing.settlement and listing.settlement.region_id)
