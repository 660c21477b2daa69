"""What a very large market is made of: a few thousand ads of the demo market as patterns, each a
different one, and words to tell their copies apart.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from random import Random

from kazvek.demo import pictures
from kazvek.demo.ads import OWN, Ad, Market
from kazvek.demo.sellers import Trader
from listings.models import Category, Choice
from listings.models.rate import Rate, in_tenge
from listings.models.search_document import LEVELS, MOST_WORDS, Named
from places.models import Region, Settlement
from ui import alphabet

LANGUAGES = ["kk", "ru", "en"]
# Of each language; an ad ends with two of them.
ENDINGS = 4000
WORDS_EACH = 8
# What is added to the description of a pattern, which is read only so far.
ADDED = 2 * WORDS_EACH + 4
BILLION = Decimal(10) ** 9


@dataclass(frozen=True)
class Pattern:
    ad: Ad
    section: str
    term: int
    times: object
    times_on: object
    title: str
    around: str
    tokens: list[str]
    choices: list[int]
    levels: list[int | None]

    @property
    def row(self):
        listing = self.ad.listing
        return (
            *(self.section, listing.language, listing.category_id, listing.deal_type),
            *(listing.title, listing.description, json.dumps(listing.answers), listing.state),
            *(listing.price_kind, listing.price, listing.price_to, listing.currency),
            *(listing.unit, listing.vat, self.times, self.times_on),
            *(listing.quantity, listing.minimum_order, listing.step, listing.village),
            *(self.term, len(self.ad.photos), self.ad.revision is not None),
            *(*self.levels, self.choices, self.title, self.around, self.tokens),
        )


COLUMNS = {
    **dict.fromkeys(["section", "language"], "text"),
    **{"category": "bigint", "deal_type": "text", "title": "text", "description": "text"},
    **{"answers": "jsonb", "state": "text", "price_kind": "text"},
    **dict.fromkeys(["price", "price_to"], "numeric"),
    **dict.fromkeys(["currency", "unit", "vat"], "text"),
    **{"times": "numeric", "times_on": "date"},
    **dict.fromkeys(["quantity", "minimum_order", "step"], "numeric"),
    **{"village": "text", "term": "int", "photos": "int", "is_changed": "boolean"},
    **dict.fromkeys(["section_key", "branch", "leaf"], "bigint"),
    **{"choices": "bigint[]", "said_first": "text", "said": "text", "tokens": "text[]"},
}


def patterns_of(traders: list[Trader], moderator, number: int, seed: int) -> list[Pattern]:
    """So many of those that leave room for the words of a copy."""
    market = Market(traders, moderator, seed)
    rates, found, at = Rate.objects.current(), [], len(OWN)
    while len(found) < number:
        ads = [market.ad(each) for each in range(at, at + number - len(found))]
        at += len(ads)
        pictures.draw_missing([photo for ad in ads for photo in ad.photos])
        for place, ad in enumerate(ads, at):
            # What stands somewhere else in each copy.
            ad.listing.region = ad.listing.settlement = None
            ad.listing.pk = place
        named = Named([ad.listing for ad in ads])
        found += [pattern(ad, market, named, rates) for ad in ads if has_room(ad.listing)]
    return found


def has_room(listing):
    said = alphabet.folded(f"{listing.description} {listing.village}").split()
    return len(said) + ADDED <= MOST_WORDS


def pattern(ad, market, named, rates):
    listing = ad.listing
    category = market.catalogue.categories[listing.category_id]
    path = [*category.ancestors, category.pk]
    # Of so much, that nothing is rounded away.
    tenge, on = in_tenge(BILLION, listing.currency, listing.unit, category.price_unit, rates)
    title, around, tokens = named.said(listing, path, "")
    return Pattern(
        ad,
        market.catalogue.above(category)[0].slug,
        category.expiry_days,
        tenge and tenge / BILLION,
        on,
        title,
        around,
        tokens,
        sorted(named.facets(listing)),
        path + [None] * (len(LEVELS) - len(path)),
    )


def endings(seed: int):
    """Language, number and text: words of the catalogue and the map, few of them often."""
    rng = Random(f"{seed}:words")  # noqa: S311 nothing secret
    for language in LANGUAGES:
        words = vocabulary(language)
        rng.shuffle(words)
        weights = list(accumulate(1 / place for place in range(1, len(words) + 1)))
        for number in range(ENDINGS):
            yield language, number, " ".join(rng.choices(words, cum_weights=weights, k=WORDS_EACH))


def vocabulary(language):
    names = [
        name
        for model in (Category, Choice, Region, Settlement)
        for name in model.objects.order_by("pk").values_list(f"name_{language}", flat=True)
    ]
    words = {word for name in names for word in alphabet.folded(name).split()}
    return sorted(word for word in words if word.isalpha() and len(word) > 2)
