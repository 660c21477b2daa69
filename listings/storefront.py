"""The ads of one seller, as a visitor of the storefront asks for them: by words of the title and by
category, the newest first. A page begins behind an ad, so that none appears twice or is skipped
while others come and go.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Func, Q, Value
from django.db.models.functions import Lower

from listings.cards import Card, cards_of
from listings.catalogue import Catalogue, current_catalogue
from listings.models import Category, Listing
from sellers.models import Seller
from ui.alphabet import TAKEN_FOR, folded

PAGE = 20
LONGEST_QUESTION = 80
PLACE = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Branch:
    """A category with the ads of this seller in it and below it."""

    category: Category
    count: int
    query: str


@dataclass(frozen=True)
class Shelf:
    """What the storefront shows of its ads."""

    q: str
    category: Category | None
    above: list[Category]
    # All that match, and all there are.
    count: int
    total: int
    branches: list[Branch]
    cards: list[Card]
    following: str
    is_first: bool

    @property
    def is_narrowed(self):
        return bool(self.q or self.category)


def shelf_of(seller: Seller, asked) -> Shelf:
    """Whatever makes no sense in what is asked is ignored."""
    catalogue = current_catalogue()
    live = Listing.objects.live().filter(seller=seller)
    q = " ".join(asked.get("q", "")[:LONGEST_QUESTION].replace("\0", " ").split())
    found = with_words(live, q)
    category = catalogue.by_slug.get(asked.get("category", ""))
    counted = dict(found.values_list("category").annotate(Count("pk")).order_by())
    within = within_of(catalogue, category)
    shown = found.filter(category__in=within) if category else found
    place = PLACE.fullmatch(asked.get("after", ""))
    page = list(behind(shown, place).for_cards().order_by("-sort_at", "-pk")[: PAGE + 1])
    count = sum(number for pk, number in counted.items() if category is None or pk in within)
    return Shelf(
        q=q,
        category=category,
        above=catalogue.above(category) if category else [],
        count=count,
        total=live.count() if q and not count else sum(counted.values()),
        branches=branches(catalogue, category, counted, q),
        cards=cards_of(page[:PAGE]),
        following=query(q, category, place_of(page[PAGE - 1])) if len(page) > PAGE else "",
        is_first=place is None,
    )


def with_words(listings, q):
    """Each word is somewhere in the title, with Kazakh letters or without."""
    words = folded(q).split()
    if not words:
        return listings
    letters = [Value("".join(map(chr, letters))) for letters in (TAKEN_FOR, TAKEN_FOR.values())]
    title = Func(Lower("title"), *letters, function="translate")
    return listings.alias(folded_title=title).filter(
        *(Q(folded_title__contains=word) for word in words)
    )


def within_of(catalogue: Catalogue, category):
    return {one.pk for one in (category, *catalogue.all_below(category))} if category else set()


def branches(catalogue, category, counted, q):
    """The next level of the tree, or where there is none, the neighbours."""
    above = catalogue.above(category) if category else []
    level = catalogue.children_of(category)
    if not level and above:
        level = catalogue.children_of(above[-1])
    counts = [(one, sum(counted.get(pk, 0) for pk in within_of(catalogue, one))) for one in level]
    return [Branch(one, count, query(q, one)) for one, count in counts if count]


def behind(listings, place):
    if place is None:
        return listings
    at = EPOCH + timedelta(microseconds=int(place[1]))
    return listings.filter(Q(sort_at__lt=at) | Q(sort_at=at, pk__lt=int(place[2])))


def place_of(listing):
    return f"{(listing.sort_at - EPOCH) // timedelta(microseconds=1)}-{listing.pk}"


def query(q, category, after=""):
    """Always in the same order, without what is not asked."""
    asked = {"category": category and category.slug, "q": q, "after": after}
    return urlencode({name: value for name, value in asked.items() if value})
