"""The worker's part of a photo: from what was uploaded to what is shown."""

import logging
import time

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from listings.leftovers import clear, expect, hold
from listings.models import Listing, Photo, Revision
from listings.models.photo import files_of
from listings.pictures import rebuild
from ui.pictures import Refused

log = logging.getLogger(__name__)

SECONDS = 50  # a sweep ends before the next begins


def prepare(photo_pk: int) -> None:
    """Twice is as good as once: a photo that is ready, failed or in work is left alone."""
    now = timezone.now()
    claimed = Photo.objects.due().filter(pk=photo_pk)
    if not claimed.update(attempts=F("attempts") + 1, tried_at=now):
        return
    photo = Photo.objects.filter(pk=photo_pk).first()
    if photo is None:
        return
    try:
        finish(photo)
    except OSError as trouble:
        # A disk that is full or away says nothing about the photo; a later sweep tries again.
        log.warning("photo waits", extra={"photo": photo.pk, "reason": type(trouble).__name__})
        Photo.objects.filter(pk=photo.pk).update(attempts=0)
        return
    clear()


def prepare_waiting() -> None:
    """What a queue or a worker that was away has left."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        photo = Photo.objects.due().first()
        if photo is None:
            return
        prepare(photo.pk)


def finish(photo):
    try:
        if photo.attempts > Photo.MOST_ATTEMPTS:
            # Whoever was at it before did not live to say why.
            raise Refused(Photo.Reason.BROKEN)
        with open_upload(photo) as file:
            picture = rebuild(file)
    except Refused as refusal:
        fail(photo, refusal.reason)
        return
    keep(photo, picture)


def open_upload(photo):
    try:
        return storages["private"].open(photo.upload)
    except FileNotFoundError as lost:
        raise Refused(Photo.Reason.BROKEN) from lost


def fail(photo, reason):
    """Say why, and leave the other photos of the ad as they are."""
    with transaction.atomic():
        listing = Listing.objects.select_for_update().filter(pk=photo.listing_id).first()
        if listing is None:
            return
        revision = Revision.objects.filter(listing=listing).first()
        if revision and photo.pk in revision.photo_order:
            revision.photo_order.remove(photo.pk)
            revision.save(update_fields=["photo_order"])
        if photo.pk in listing.photo_order:
            listing.photo_order.remove(photo.pk)
            listing.changed("photo_order")
        Photo.objects.filter(pk=photo.pk).update(state=Photo.State.FAILED, reason=reason, upload="")


def keep(photo, picture):
    name = files_of(picture.stem)
    expect(name, picture.widths)
    with transaction.atomic():
        hold(name)
        for (width, kind), content in picture.files.items():
            write(f"{name}-{width}.{kind}", content)
        # Only now: a slow bucket keeps nobody from the ad.
        listing = Listing.objects.select_for_update().filter(pk=photo.listing_id).first()
        if listing is None:
            return
        Photo.objects.filter(pk=photo.pk).update(
            state=Photo.State.READY,
            stem=picture.stem,
            widths=picture.widths,
            width=picture.width,
            height=picture.height,
            perceptual_hash=picture.perceptual_hash,
            upload="",
            file_name="",
        )
        if photo.pk in listing.photo_order:
            listing.changed()


def write(path, content):
    """Unless it is there: the name says what is in it. A part of it is what a crash has left."""
    if default_storage.exists(path):
        if default_storage.size(path) == len(content):
            return
        default_storage.delete(path)
    default_storage.save(path, ContentFile(content))
