"""What an erasure asks of ads: that files are gone, and that searches know changed texts."""

import time

from django.core.files.storage import default_storage, storages
from django.db import transaction
from django.db.models import F

from listings.leftovers import KINDS, clear, hold, is_named
from listings.models import Leftover, Listing, SearchDocument
from listings.states import TRANSITIONS, Act, Role, may
from sellers.models import Member

# Seconds.
UNDER_WAY, PAUSE = 10, 0.2


def settle(people) -> None:
    """Of a company for which colleagues act, but none who answers for it, the ads are over."""
    owners = Member.objects.owners()
    gone = owners.filter(user__subject__pk__among=people).values("seller")
    stay = owners.exclude(user__subject__pk__among=people).values("seller")
    ads = Listing.objects.filter(seller__in=gone, seller__subject=None).exclude(seller__in=stay)
    ads = ads.filter(state__in=TRANSITIONS[Role.CLOCK][Act.ARCHIVE][0])
    for pk in list(ads.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            ad = Listing.objects.select_for_update().filter(pk=pk).first()
            if ad and may(Role.CLOCK, Act.ARCHIVE, ad.state):
                ad.move(Act.ARCHIVE, Role.CLOCK)


def files_left() -> int:
    """Delete what nothing names any more; how many of these are still there."""
    clear()
    left = [leftover for leftover in Leftover.objects.all() if is_left(leftover)]
    # Somebody else's upload has its row in a moment. What is sent after this look is nobody's who
    # is gone, or on a busy day there would always be something.
    ends = time.monotonic() + UNDER_WAY
    while left and time.monotonic() < ends:
        time.sleep(PAUSE)
        left = [leftover for leftover in left if is_left(leftover)]
    return len(left)


def is_left(leftover):
    with transaction.atomic():
        hold(leftover.name)
        return exists(leftover) and not is_named(leftover.name)


def exists(leftover):
    if leftover.is_private:
        return storages["private"].exists(leftover.name)
    names = [f"{leftover.name}-{width}.{kind}" for width in leftover.widths for kind in KINDS]
    return any(default_storage.exists(name) for name in names)


def file_anew(keys: list[int]) -> None:
    """The words of these ads have changed behind them."""
    with transaction.atomic():
        ads = Listing.objects.filter(pk__in=keys)
        ads.update(version=F("version") + 1)
        ads = ads.order_by("pk").select_related("category", "region", "settlement__region")
        SearchDocument.objects.file(list(ads.select_for_update(of=["self"])))
