"""What an erasure asks of ads: that files are gone, and that searches know changed texts."""

from django.core.files.storage import default_storage, storages
from django.db import transaction
from django.db.models import F

from listings.leftovers import KINDS, clear, hold, is_named
from listings.models import Leftover, Listing, SearchDocument


def files_left() -> int:
    """Delete what nothing names any more; how many of these are still there."""
    clear()
    left = 0
    for leftover in Leftover.objects.all():
        with transaction.atomic():
            hold(leftover.name)
            left += exists(leftover) and not is_named(leftover.name)
    return left


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
