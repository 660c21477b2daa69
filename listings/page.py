"""What the page of an ad shows beside the ad itself, in as few queries as it takes."""

from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, FilteredRelation, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from listings.answers import Answer, unpack
from listings.cards import Card, card_of
from listings.catalogue import Catalogue
from listings.models import Category, Document, Listing, Photo
from listings.statements import KEY, MOMENT, Kept
from listings.states import State
from sellers.models import Payment, Phone, Shipping
from ui.replicas import reading

# More ads of one seller are not counted.
MOST_COUNTED = 1000


class Counted(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def listing_with_its_seller(pk: int) -> Listing | None:
    """Open by address, with all that the page tells of the seller: one query."""
    if pk.bit_length() > 63:
        return None  # addresses may hold any number, and an index only such
    return next(iter(statement().rows({KEY: pk, MOMENT: timezone.now()})), None)


@cache
def statement() -> Kept:
    ads = Listing.objects.filter(
        seller=OuterRef("seller"), state=State.PUBLISHED, expires_at__gt=MOMENT
    )
    of_seller = {"seller": OuterRef("seller")}
    return Kept(
        Listing.objects.open_by_address()
        .filter(pk=KEY)
        .for_cards()
        .annotate(
            verification=FilteredRelation(
                "seller__verifications", condition=Q(seller__verifications__ended_at=None)
            ),
            has_phones=Exists(Phone.objects.filter(**of_seller)),
            ads_of_seller=Counted(ads.values("pk")[: MOST_COUNTED + 1]),
            shipping=ArraySubquery(
                Shipping.objects.filter(**of_seller).order_by("pk").values("method")
            ),
            payment=ArraySubquery(
                Payment.objects.filter(**of_seller).order_by("pk").values("method")
            ),
            papers=ArraySubquery(
                Document.objects.filter(listing=OuterRef("pk")).values(
                    facts=JSONObject(id="pk", kind="kind", name="name", size="size")
                )
            ),
        )
        .select_related("verification")
    )


# Of the ad and of those that are like it, by their keys.
MARKS = """
SELECT listing.id, listing.version, listing.state, listing.expires_at > now(), seller.changed_at,
    EXISTS (SELECT FROM listings_hiddenseller WHERE seller_id = seller.id),
    listing.id = %s AND EXISTS (SELECT FROM sellers_phone WHERE seller_id = seller.id)
FROM listings_listing listing JOIN sellers_seller seller ON seller.id = listing.seller_id
WHERE listing.id = ANY (%s) ORDER BY listing.id
"""


def marks_of(pk: int, beside: list[int]) -> list[tuple]:
    """What tells whether a page that was rendered is still as it would be now."""
    with reading().cursor() as cursor:
        cursor.execute(MARKS, [pk, [pk, *beside]])
        return cursor.fetchall()


def marks_of_shown(listing, beside: list[Listing]) -> list[tuple]:
    """The same, of what a page shows that is being rendered."""
    return sorted(
        (
            *(one.pk, one.version, one.state, one.is_live, one.seller.changed_at, False),
            one is listing and listing.has_phones,
        )
        for one in (listing, *beside)
    )


def was_issued(pk: int) -> bool:
    """Whether an ad ever had this number."""
    with reading().cursor() as cursor:
        cursor.execute("SELECT last_value FROM listings_listing_id_seq WHERE is_called")
        row = cursor.fetchone()
    return row is not None and 0 < pk <= row[0]


def answers_of(listing: Listing, category: Category, catalogue: Catalogue) -> list[Answer]:
    """In the order in which the category asks; what it asks no more comes last."""
    asked = [question.attribute.pk for question in catalogue.attributes_of(category)]
    place = {pk: number for number, pk in enumerate(asked)}
    answers = unpack(listing.answers, catalogue)
    return sorted(answers, key=lambda answer: place.get(answer.attribute.pk, len(place)))


def documents_of(listing: Listing) -> list[Document]:
    """Those that were approved, in their order."""
    known = {facts["id"]: Document(listing=listing, **facts) for facts in listing.papers}
    return [known[pk] for pk in listing.document_order if pk in known]


def photos_and_cards(
    listing: Listing, similar: list[Listing], catalogue: Catalogue
) -> tuple[list[Photo], list[Card]]:
    """Of the ad, and of those that are like it: one query."""
    mains = [one.photo_order[0] for one in similar if one.photo_order]
    wanted = [*listing.photo_order, *mains]
    ready = Photo.objects.filter(state=Photo.State.READY)
    photos = ready.in_bulk(wanted) if wanted else {}
    return (
        [photos[pk] for pk in listing.photo_order if pk in photos],
        [card_of(one, catalogue, photos) for one in similar],
    )
