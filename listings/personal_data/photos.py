"""Photos and documents show what is sold, and may show or name people."""

from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from listings.models import Document, Leftover, Photo
from listings.models.document import private_storage
from listings.models.photo import files_of
from listings.personal_data.ads import (
    FOR_THE_SELLER,
    IN_THE_AD,
    OF_THE_AD,
    ROW_NUMBER,
    with_the_ad,
)
from listings.tasks import (
    clear_leftovers,
    forget_unused_files,
    prepare_photo,
    prepare_waiting_photos,
)
from privacy.data_map import FreeText, People, Personal, Source, describe, not_personal
from privacy.export.originals import Stored, register_originals
from privacy.registers import Column, register_form, register_task
from privacy.strategies import RemoveFile


def unused(files, now):
    return files.filter(pk__in=files.model.objects.unused().values("pk"))


def prepared(photos, now):
    ready = photos.filter(state=Photo.State.READY).exclude(upload="", file_name="")
    return ready | unused(photos, now)


SHOWN = {
    "kept": with_the_ad(_("as long as the ad, or a change of it, shows the file"), unused),
}
WHILE_PREPARED = {
    "kept": with_the_ad(
        _("until the photo is made from the file; for a day if none can be made"), prepared
    )
}
IN_THE_AD, FOR_THE_SELLER = IN_THE_AD | SHOWN, FOR_THE_SELLER | SHOWN
BY_THE_PORTAL = FOR_THE_SELLER | {"source": Source.PORTAL}

describe(
    Photo,
    title=_("Photos of your ads"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        # Names of files: they go after their row, and nobody keeps them longer.
        "stem": Personal("content.photo", **IN_THE_AD),
        "upload": Personal("content.photo", **FOR_THE_SELLER | WHILE_PREPARED),
        "file_name": FreeText("content.photo", **FOR_THE_SELLER | WHILE_PREPARED),
        "uploaded_at": Personal("trace.time", **BY_THE_PORTAL),
        **not_personal(_("how a picture is kept"), "state", "widths", "width", "height"),
        **not_personal(
            _("tells a picture saved again from another one, not who or what is in it"),
            "perceptual_hash",
        ),
        **not_personal(_("how far the portal is with a picture"), "reason", "attempts", "tried_at"),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
    beside=("listing", "listing__title", "state", "width", "height"),
)
describe(
    Document,
    title=_("Documents of your ads"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        # Handed on as it came: its properties may name whoever wrote it, of which the page warns.
        "file": FreeText("content.photo", **IN_THE_AD, erase=RemoveFile()),
        "name": FreeText("content.photo", **IN_THE_AD),
        "uploaded_at": Personal("trace.time", **BY_THE_PORTAL),
        **not_personal(_("what kind of file it is"), "kind", "size"),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
    beside=("listing", "listing__title", "kind", "size"),
)


def files_of_photo(photo):
    """What came, as long as it is kept; then the largest that was made of it."""
    if photo["upload"]:
        yield Stored(private_storage(), photo["upload"])
    if photo["stem"]:
        width = max(photo["widths"])
        yield Stored(default_storage, f"{files_of(photo['stem'])}-{width}.jpg")


register_originals(Photo, "upload", "stem", "widths", of=files_of_photo)
register_originals(
    Document, "file", of=lambda document: [Stored(private_storage(), document["file"])]
)

describe(
    Leftover,
    fields=not_personal(
        _("names files that are about to be deleted, and nobody whose they were"),
        *("id", "name", "widths", "due_at"),
    ),
)

register_task(prepare_photo, photo_pk=Photo)
register_task(prepare_waiting_photos)
register_task(clear_leftovers)
register_task(forget_unused_files)

register_form(
    "ad-files",
    _("Photos and documents of an ad"),
    purposes=["service"],
    fields={"photos": Column(Photo, "stem"), "documents": Column(Document, "file")},
)
