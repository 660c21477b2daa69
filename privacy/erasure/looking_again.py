"""The night after an erasure everything is searched once more for whoever was erased.

What the scan at its end could not see yet, a worker that had slept, a copy that came back, is seen
then. Until that night what to look for is kept encrypted, and no longer than `KEPT_FOR`.
"""

import logging
import time
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from privacy.erasure.engine import places_of
from privacy.erasure.secrets import unseal
from privacy.models import Erasure

# As many people have about as many needles as one pass through everything takes.
AT_ONCE = 150
KEPT_FOR = timedelta(hours=36)
# By then a night has gone by without a look.
MISSED_AFTER = timedelta(hours=25)
# So long the watch tells of whom nobody has looked for.
TOLD_FOR = timedelta(days=7)

log = logging.getLogger(__name__)


def look(seconds: float) -> bool:
    """For everybody of the day; whether some are left when the time is over."""
    end = time.monotonic() + seconds
    while some := list(waiting().order_by("pk")[:AT_ONCE]):
        look_for(some)
        if time.monotonic() > end:
            return waiting().exists()
    return False


def make_up(seconds: float) -> bool:
    """Where no night has looked; and nothing is kept longer than promised, looked for or not."""
    missed = waiting().filter(finished_at__lt=timezone.now() - MISSED_AFTER)
    try:
        return missed.exists() and look(seconds)
    finally:
        over = waiting().filter(finished_at__lt=timezone.now() - KEPT_FOR)
        if forgotten := over.update(sealed=b""):
            log.error("erased people were not looked for again", extra={"count": forgotten})


def waiting():
    return Erasure.objects.filter(state=Erasure.State.DONE).exclude(sealed=b"")


def look_for(erasures):
    places = places_of({each.pk: unseal(each.sealed).get("needles", {}) for each in erasures})
    for pk, where in places.items():
        # As if the scan had found it: it is carried out again when the cause is removed.
        waiting().filter(pk=pk).update(
            state=Erasure.State.FAILED,
            step=Erasure.Step.MENTIONS,
            secret=F("sealed"),
            sealed=b"",
            trouble=where[:300],
        )
    if places:
        log.error("erased people were found again", extra={"count": len(places)})
    clean = [each.pk for each in erasures if each.pk not in places]
    waiting().filter(pk__among=clean).update(sealed=b"", looked_again_at=timezone.now())


def not_looked_for():
    """Erasures for which the night was missed."""
    now = timezone.now()
    return Erasure.objects.filter(
        state=Erasure.State.DONE,
        looked_again_at=None,
        finished_at__range=(now - TOLD_FOR, now - MISSED_AFTER),
    )
