"""Other ads for who looks at one, or finds it gone."""

from decimal import Decimal
from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, F, Func, Value, When
from django.db.models.functions import Abs
from django.utils import timezone

from listings.catalogue import current_catalogue
from listings.models import Listing
from listings.statements import KEY, MOMENT, Kept
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


# Stand in the statement for what is known of the ad.
CATEGORY, DEAL, REGION, PRICE = -2, "the deal", "the region", Decimal(-3)


def of_category(listing):
    region_id, price = region_of(listing), listing.price_kzt
    asked = {
        KEY: listing.pk,
        CATEGORY: listing.category_id,
        DEAL: listing.deal_type,
        REGION: region_id,
        PRICE: price,
        MOMENT: timezone.now(),
    }
    return statement(has_region=bool(region_id), has_price=price is not None).rows(asked)


@cache
def statement(has_region, has_price) -> Kept:
    alike = (
        Listing.objects.filter(state=State.PUBLISHED, category=CATEGORY, deal_type=DEAL)
        .exclude(pk=KEY)
        .order_by("-sort_at")
    )
    newest = alike.values("pk")[:CONSIDERED]
    considered, order = newest, ["-sort_at", "-pk"]
    if has_price:
        order.insert(0, Abs(F("price_kzt") - PRICE).asc(nulls_last=True))
    if has_region:
        considered = newest.union(alike.filter(region=REGION).values("pk")[:CONSIDERED])
        order.insert(0, Case(When(region=REGION, then=Value(0)), default=Value(1)))
    live = Listing.objects.live(MOMENT).filter(Is(F("pk"), AnyOf(considered)))
    return Kept(live.for_cards().order_by(*order)[:SHOWN])


def region_of(listing):
    return listing.region_id or (listing.settlement and listing.settlement.region_id)
