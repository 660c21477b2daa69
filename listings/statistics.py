"""How often ads are looked at: counted in Valkey as it happens, folded into rows by the worker."""

import logging
import re
import time
from collections import defaultdict
from datetime import date, timedelta
from functools import cache as remembered
from uuid import uuid4

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.visitors import network_of
from listings.models import DailyCount, Folding, Listing
from privacy.consents import allowing, allows

log = logging.getLogger(__name__)


class Kind(models.TextChoices):
    VIEW = "views"
    REVEAL = "reveals"
    SAVE = "saves"


# Seconds for which the same visitor is not counted again.
AGAIN_AFTER = {Kind.VIEW: 30 * 60, Kind.REVEAL: 24 * 60 * 60, Kind.SAVE: 24 * 60 * 60}
COUNTS = "listings:counts:now"
BATCH = "listings:counts:batch"
SEEN = "listings:seen:"
KEPT = timedelta(days=14)
BATCH_NAME = b"batch"

# Short, because a person waits for the page; what is not counted is not worth waiting for.
HASTE = {"socket_connect_timeout": 0.3, "socket_timeout": 0.5}
PAUSE_SECONDS = 10
away_until = 0.0

# CUBOT is a phone. Browsers inside messengers name the messenger, so these are no mark.
ROBOTS = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|archiver|scrap|scan|preview|facebookexternalhit|whatsapp/"
    r"|headless|lighthouse|monitor|validator|curl|wget|python|java/|okhttp|go-http|\bnode|axios"
    r"|libwww|httpclient|fetcher|mediapartners|vkshare|yandex(images|metrika|favicons|direct)",
    re.IGNORECASE,
)


def count(kind: Kind, listing: Listing, request) -> None:
    """Once for each visitor in a while, and never for a program, staff or who objects to it. A page
    never fails for it.
    """
    global away_until
    if time.monotonic() < away_until or not is_a_visit(request):
        return
    person = request.user.pk if is_signed_in(request) else ""
    if person and not allows(request.user.subject, "statistics"):
        return
    today = timezone.localdate()
    visitor = f"{person}:{network_of(request)}:{request.headers.get('User-Agent')}"
    seen = cache.make_key(f"{SEEN}{kind}:{today}:{listing.pk}:{visitor}")
    try:
        if valkey().set(seen, 1, nx=True, ex=AGAIN_AFTER[kind]):
            counts = cache.make_key(COUNTS)
            with valkey().pipeline(transaction=False) as both:
                both.hincrby(counts, f"{today}:{listing.pk}:{kind}")
                both.expire(counts, KEPT)
                both.execute()
    except redis.RedisError as error:
        away_until = time.monotonic() + PAUSE_SECONDS
        log.warning("counts away", extra={"reason": type(error).__name__})


def is_a_visit(request):
    """Somebody looks at it, as far as one can tell."""
    agent = request.headers.get("User-Agent", "")
    purpose = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
    return (
        request.method in ("GET", "POST")
        and "prefetch" not in purpose
        and bool(agent)
        and not ROBOTS.search(agent)
        and not (is_signed_in(request) and request.user.is_staff)
    )


def is_signed_in(request):
    """Without a look at the session of somebody who has none, which would make the page private."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def valkey():
    return client_of(settings.CACHES["default"]["LOCATION"])


@remembered
def client_of(address):
    return redis.Redis.from_url(address, **HASTE)


def fold() -> int:
    """Put what was counted since the last time into the rows, exactly once however often it is
    tried: the row that is locked here names the batch it has got. Raises what Valkey raises.
    """
    counts, batch = cache.make_key(COUNTS), cache.make_key(BATCH)
    with transaction.atomic():
        Folding.objects.get_or_create(pk=1)
        folding = Folding.objects.select_for_update().get(pk=1)
        if valkey().hget(batch, BATCH_NAME) == folding.last_batch.encode():
            valkey().delete(batch)
        if not valkey().exists(batch):
            if not valkey().exists(counts):
                return 0
            valkey().rename(counts, batch)
        valkey().hsetnx(batch, BATCH_NAME, uuid4().hex)
        counted = valkey().hgetall(batch)
        folding.last_batch = counted.pop(BATCH_NAME).decode()
        folding.save(update_fields=["last_batch"])
        rows = without_objectors(rows_of(counted))
        add(rows)
    return len(rows)


def rows_of(counted):
    """From fields like `2026-11-22:4218:views` to one row for an ad and day."""
    rows = defaultdict(lambda: dict.fromkeys(Kind.values, 0))
    for name, number in counted.items():
        day, listing_pk, kind = name.decode().split(":")
        rows[int(listing_pk), date.fromisoformat(day)][kind] += int(number)
    return [(*key, *(counts[kind] for kind in Kind.values)) for key, counts in sorted(rows.items())]


def without_objectors(rows):
    """Of the ads of a person the counts say something of them, too."""
    ads = Listing.objects.filter(pk__in=[row[0] for row in rows], seller__subject__isnull=False)
    people = dict(ads.values_list("pk", "seller__subject"))
    allowed = allowing(people.values(), "statistics")
    return [row for row in rows if row[0] not in people or people[row[0]] in allowed]


# Ads that are gone meanwhile are left out; the others cannot go before the commit.
ADD = """
INSERT INTO listings_dailycount AS known (listing_id, day, views, reveals, saves)
SELECT listing.id, new.day, new.views, new.reveals, new.saves
FROM unnest(%s::bigint[], %s::date[], %s::integer[], %s::integer[], %s::integer[])
    AS new (listing_id, day, views, reveals, saves)
JOIN listings_listing listing ON listing.id = new.listing_id
ORDER BY listing.id, new.day
FOR KEY SHARE OF listing
ON CONFLICT (listing_id, day) DO UPDATE SET
    views = known.views + excluded.views,
    reveals = known.reveals + excluded.reveals,
    saves = known.saves + excluded.saves
"""


def add(rows):
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])


def last_days(listing: Listing, days: int) -> list[DailyCount]:
    """One row for each day, today the last, also for days on which nobody came."""
    today = timezone.localdate()
    wanted = [today - timedelta(days=back) for back in reversed(range(days))]
    known = {row.day: row for row in listing.daily_counts.filter(day__gte=wanted[0])}
    return [known.get(day) or DailyCount(listing=listing, day=day) for day in wanted]
