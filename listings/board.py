"""What the home page shows of the market: how many ads there are where, and the newest."""

import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count
from redis.exceptions import RedisError

from listings.cards import Card, cards_of
from listings.models import Listing, SearchDocument
from places.models import Region
from ui.replicas import from_primary

# With a photo in each the page is still light; see the bars of its test.
NEWEST = 6
REMEMBERED = "listings:board"
# Seconds. To count a million ads takes longer than a page may: a worker counts this often, and
# pages do when nothing was counted for so long.
COUNTED_EVERY = 60
KEPT = 10 * 60

here = {"found": None, "until": 0}


@dataclass(frozen=True)
class Board:
    total: int
    # By the key of the section.
    by_section: dict[int, int]
    by_region: list[tuple[Region, int]]
    newest: list[Card]


def current_board() -> Board:
    counted, newest = remembered()
    by_section, by_region = Counter(), Counter()
    for section, region, number in counted:
        by_section[section] += number
        by_region[region] += number
    regions = Region.objects.shown().in_order().filter(pk__in=by_region) if counted else []
    return Board(
        total=sum(by_region.values()),
        by_section=by_section,
        by_region=[(region, by_region[region.pk]) for region in regions],
        newest=cards_of(still_live(newest)),
    )


def still_live(pks):
    """In the order they had, without those that have gone meanwhile."""
    found = Listing.objects.live().for_cards().in_bulk(pks) if pks else {}
    return [found[pk] for pk in pks if pk in found]


def remembered():
    """For all processes. Where there is no cache each process remembers it for itself."""
    with suppress(RedisError):
        known = cache.get(REMEMBERED)
        return json.loads(known) if known else count()
    if time.monotonic() > here["until"]:
        here.update(found=count(), until=time.monotonic() + COUNTED_EVERY)
    return here["found"]


def count():
    live = SearchDocument.objects.live()
    counted = live.values_list("section", "region").annotate(Count("pk")).order_by()
    newest = live.order_by("-sort_at", "-pk").values_list("pk", flat=True)[:NEWEST]
    with from_primary():
        found = [list(counted), list(newest)]
    with suppress(RedisError):
        cache.set(REMEMBERED, json.dumps(found), timeout=KEPT)
    return found
