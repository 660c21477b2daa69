"""Other ads for who looks at one, or finds it gone."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, F, Func, Value, When
from django.db.models.functions import Abs

from listings.catalogue import current_catalogue
from listings.models import Listing
from listings.states import State

SHOWN = 6
# Of the newest in the category, and of the newest there in the region: enough to choose from,
# however many there are.
CONSIDERED = 60


class AnyOf(ArraySubquery):
    """The database finds these first. Of `IN (…)` it made one join with all the others, and began
    it with every ad there is.
    """

    template = "ANY(ARRAY(%(subquery)s))"


class Is(Func):
    template = "%(expressions)s"
    arg_joiner = " = "
    output_field = BooleanField()


def similar_to(listing: Listing) -> list[Listing]:
    """Of the same category and deal: from the same region first, then by how near the price is.

    Where there is none, those of the categories beside it: nobody stands before nothing.
    """
    return of_category(listing) or of_neighbours(listing)


def of_neighbours(listing):
    catalogue = current_catalogue()
    above = catalogue.above(catalogue.categories[listing.category_id])
    newest = [
        Listing.objects.filter(
            state=State.PUBLISHED, category=category.pk, deal_type=listing.deal_type
        )
        .order_by("-sort_at")
        .values("pk")[:SHOWN]
        for category in catalogue.children_of(above[-1] if above else None)
        if category.pk != listing.category_id
    ]
    if not newest:
        return []
    first, *others = newest
    live = Listing.objects.live().filter(Is(F("pk"), AnyOf(first.union(*others, all=True))))
    return list(live.for_cards().order_by("-sort_at", "-pk")[:SHOWN])


def of_category(listing):
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
    live = Listing.objects.live().filter(Is(F("pk"), AnyOf(considered)))
    return list(live.for_cards().order_by(*order)[:SHOWN])


def region_of(listing):
    return listing.region_id or (listing.settlement and listing.settlement.region_id)
