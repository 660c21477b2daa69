"""Where words are looked for first: among the newest ads, where so many will do that all others
would be read in vain.

The index of dates finds what every twentieth ad tells after few rows, and the index of words what
hardly any tells. Between them either reads tens of thousands; both together, within the newest
ads, read what is shown. What PostgreSQL has counted says which word is of which kind.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from listings.models import SearchDocument
from listings.statements import within

# Ads of a market, or of a word, which are read soon enough.
FEW = 10_000
SMALL_MARKET = 100_000
# One in so many is found on the way through the newest.
OFTEN = 20
# PostgreSQL takes one seller in so many for hidden, as it does with whatever is not in a list that
# it has to look up first.
HIDDEN = 2
# Counts are estimates.
MARGIN = 1.5
SECONDS = 60 * 60
# Milliseconds, of what is to save more than that.
HASTE = 500

COUNTED = """
SELECT reltuples, histogram_bounds::text::timestamptz[]
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
JOIN pg_stats ON schemaname = nspname AND tablename = relname
WHERE pg_class.oid = %s::regclass AND attname = 'sort_at'
"""


@dataclass(frozen=True)
class Market:
    """How many ads are published, and dates between which about equally many of them lie."""

    ads: float
    dates: list[datetime]
    until: float


market = Market(0, [], 0)


def newest_with(enough: int, found: QuerySet) -> datetime | None:
    """Since when there are most likely enough of them; None where all of them are read as soon."""
    now = market_now()
    if now.ads < SMALL_MARKET or len(now.dates) < 2:
        return None
    sql, parameters = found.query.sql_with_params()
    [[[explained]]] = within(HASTE, f"EXPLAIN (FORMAT JSON) {sql}", parameters)
    expected = explained["Plan"]["Plan Rows"] * HIDDEN
    if not FEW <= expected <= now.ads / OFTEN:
        return None
    older = int((1 - MARGIN * enough / expected) * (len(now.dates) - 1))
    return now.dates[max(older, 0)]


def market_now():
    global market
    if time.monotonic() > market.until:
        rows = within(HASTE, COUNTED, [SearchDocument._meta.db_table])
        ads, dates = rows[0] if rows else (0, None)
        market = Market(ads, dates or [], time.monotonic() + SECONDS)
    return market
