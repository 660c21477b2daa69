"""Files that nothing names any more. Each is deleted once, however its row went."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.core.files.storage import default_storage, storages
from django.db import connection, transaction
from django.utils import timezone

from listings.models import Document, Leftover, Photo

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
KINDS = ("webp", "jpg")


def expect(name: str, widths: Iterable[int] = ()) -> None:
    """Before a file is written: should its row never come, somebody will look.

    Called outside of a transaction, which would forget it together with the row.
    """
    Leftover.objects.create(name=name, widths=list(widths), due_at=timezone.now() + HOUR)


def hold(name: str) -> None:
    """Until the transaction ends nobody else writes, takes over or deletes these files."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def clear() -> None:
    """Delete what is due and named by nothing. Twice is as good as once."""
    while leftovers := list(Leftover.objects.due()[:100]):
        for leftover in leftovers:
            try:
                with transaction.atomic():
                    hold(leftover.name)
                    if not is_named(leftover.name):
                        delete_files(leftover)
                    leftover.delete()
            except OSError as trouble:
                # The disk is away or refuses: the others are not held up by this one.
                log.warning("file stays", extra={"reason": type(trouble).__name__})
                Leftover.objects.filter(pk=leftover.pk).update(due_at=timezone.now() + HOUR)


# Asked by what the files of a photo have in common; apps above fill it.
ALSO_NAMED_BY: list[Callable[[str], bool]] = []


def is_named(name):
    return (
        any(names(name.rpartition("/")[2]) for names in ALSO_NAMED_BY)
        or Document.objects.filter(file=name).exists()
        or Photo.objects.exclude(upload="").filter(upload=name).exists()
        or Photo.objects.exclude(stem="").filter(stem=name.rpartition("/")[2]).exists()
    )


def delete_files(leftover):
    if leftover.is_private:
        storages["private"].delete(leftover.name)
        return
    for width in leftover.widths:
        for kind in KINDS:
            default_storage.delete(f"{leftover.name}-{width}.{kind}")
