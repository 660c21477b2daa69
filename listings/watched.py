"""Of files and rows: does each file have a row, and each row its file?

There may be millions of both, so each hour looks at one of 256 parts: in eleven days at all.
"""

from datetime import timedelta

from django.core.files.storage import default_storage, storages
from django.db.models import F
from django.db.models.functions import Mod
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listings.leftovers import KINDS, is_named
from listings.models import Document, Leftover, Photo
from privacy.watch import register_check

HOUR = timedelta(hours=1)
PARTS = 256
# Of what was uploaded; see listings/uploads.py.
PRIVATE_FOLDERS = ("documents", "uploads")


def part_of_the_hour():
    return f"{int(timezone.now().timestamp()) // 3600 % PARTS:02x}"


def rows_without_files():
    """Of an hour ago at least, so that nobody is at work on them."""
    part, before = part_of_the_hour(), timezone.now() - HOUR
    for photo in Photo.objects.ready().filter(stem__startswith=part, uploaded_at__lt=before):
        names = (
            f"photos/{part}/{photo.stem}-{width}.{kind}" for width in photo.widths for kind in KINDS
        )
        if not all(default_storage.exists(name) for name in names):
            yield f"photo № {photo.pk}"
    rows = Document.objects.alias(part=Mod(F("pk"), PARTS)).filter(part=int(part, 16))
    for document in rows.filter(uploaded_at__lt=before):
        if not storages["private"].exists(document.file.name):
            yield f"document № {document.pk}"


def files_without_rows():
    part = part_of_the_hour()
    names = {name.partition("-")[0] for name in files_in(default_storage, f"photos/{part}")}
    for folder in PRIVATE_FOLDERS:
        names |= files_in(storages["private"], f"{folder}/{part}")
    names -= set(Leftover.objects.filter(name__in=names).values_list("name", flat=True))
    yield from (name for name in sorted(names) if not is_named(name))


def files_in(storage, folder):
    try:
        return {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
    except FileNotFoundError:  # of a disk; in a bucket there is no folder without files
        return set()


def files_that_stay():
    stay = Leftover.objects.filter(due_at__lt=timezone.now() - 24 * HOUR)
    for pk in stay.values_list("pk", flat=True):
        yield f"№ {pk}"


register_check("rows without files", _("Files that a row names are missing"), rows_without_files)
register_check("files without rows", _("Files lie here that no row names"), files_without_rows)
register_check("purges", _("Files that should have been deleted are still there"), files_that_stay)
