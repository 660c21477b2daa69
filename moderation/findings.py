"""What a program can notice about an ad. It advises the moderator and decides nothing."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Aggregate, Count, FloatField, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from listings.contacts import contacts_in
from listings.models import Listing, Photo, Revision
from listings.states import State
from moderation.stop_words import hits_in
from ui.money import grouped

ALIKE = 0.8
# Similar titles are looked for among so many of the category, the newest first.
LOOKED_THROUGH = 2000
SHOWN = 5
ENOUGH_PRICES = 8
TOO_FAR = 10
NEW_FOR = timedelta(days=7)
MOSTLY = 0.7


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Finding:
    words: str
    url: str = ""


def findings_of(listing: Listing, content: Listing | Revision) -> list[Finding]:
    """About the content that waits; in a number of queries that does not depend on anything."""
    return [
        *of_contacts(content),
        *of_stop_words(content),
        *of_capitals(content),
        *of_copies(listing, content),
        *of_price(listing, content),
        *of_newcomer(listing),
    ]


def of_contacts(content):
    for contact in contacts_in(f"{content.title}\n{content.description}"):
        yield Finding(_("A contact in the text: “%(contact)s”.") % {"contact": contact})


def of_stop_words(content):
    for hit in hits_in(content.title, content.description):
        words = (
            _("“%(written)s” is a word of a special category. It may be part of a name.")
            if hit.stop_word.is_special
            else _("“%(written)s” is on the list of stop words.")
        )
        note = f" {hit.stop_word.note}" if hit.stop_word.note else ""
        yield Finding(words % {"written": hit.written} + note)


def of_capitals(content):
    letters = [letter for letter in content.title if letter.isalpha()]
    if len(letters) >= 8 and sum(map(str.isupper, letters)) > MOSTLY * len(letters):
        yield Finding(_("The title is written in capitals."))


def of_copies(listing, content):
    others = Listing.objects.exclude(pk=listing.pk).filter(
        state__in=[State.PUBLISHED, State.PENDING], category=content.category_id
    )
    near = others.order_by("-pk").values("pk")[:LOOKED_THROUGH]
    own = others.filter(seller=listing.seller_id).values("pk")
    alike = (
        Listing.objects.filter(Q(pk__in=own) | Q(pk__in=near))
        .annotate(similarity=TrigramSimilarity("title", content.title))
        .filter(similarity__gte=ALIKE)
        .order_by("-similarity", "-pk")
    )
    for copy in alike[:SHOWN]:
        words = (
            _("The same seller has an ad with nearly this title: № %(number)d.")
            if copy.seller_id == listing.seller_id
            else _("Another seller has an ad with nearly this title: № %(number)d.")
        )
        yield Finding(words % {"number": copy.pk}, page_of(copy.pk))
    marks = Photo.objects.filter(pk__in=content.photo_order, perceptual_hash__isnull=False)
    shared = Photo.objects.filter(perceptual_hash__in=marks.values("perceptual_hash"))
    elsewhere = shared.exclude(listing=listing).order_by("-listing").values_list("listing")
    for (number,) in elsewhere.distinct()[:SHOWN]:
        words = _("A photo of it stands in ad № %(number)d, too.") % {"number": number}
        yield Finding(words, page_of(number))


def of_price(listing, content):
    prices = Listing.objects.exclude(pk=listing.pk).filter(
        state=State.PUBLISHED,
        category=content.category_id,
        deal_type=content.deal_type,
        price_kzt__gt=0,
    )
    known = prices.aggregate(number=Count("pk"), median=Median("price_kzt"))
    if not listing.price_kzt or known["number"] < ENOUGH_PRICES:
        return
    ratio = float(listing.price_kzt) / known["median"]
    words = None
    if ratio >= TOO_FAR:
        words = _("The price is %(times)s times the usual one of the category, %(median)s ₸.")
    elif ratio <= 1 / TOO_FAR:
        words = _("The usual price of the category, %(median)s ₸, is %(times)s times this one.")
    if words:
        times = max(ratio, 1 / ratio)
        yield Finding(
            words % {"times": grouped(round(times)), "median": grouped(round(known["median"]))}
        )


def of_newcomer(listing):
    if timezone.now() - listing.seller.created_at < NEW_FOR:
        yield Finding(_("The seller is on the portal for less than a week."))


def page_of(number):
    return reverse("admin:queue_review", args=[number])
