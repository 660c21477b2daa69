"""The photos of an ad: taken in, put in order, taken away."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from letters.after_commit import after_commit
from listings.editing import content_to_edit
from listings.leftovers import hold
from listings.models import Listing, Photo, Revision
from listings.models.photo import files_of
from listings.tasks import clear_leftovers, prepare_photo
from listings.uploads import MOST_BYTES, put_away, shown_name
from sellers.models import Seller
from ui.pictures import Refused, look

# More would only wait: a worker makes one in a second.
MOST_WAITING_PER_SELLER = 300


class Busy(Exception):
    """So many photos of this seller wait that more have to come later."""


@dataclass(frozen=True)
class Received:
    """A file that is here, with its name in the private storage or why it is of no use."""

    file_name: str
    upload: str = ""
    reason: str = ""


def receive(seller: Seller, files: Iterable, room: int) -> list[Received]:
    """Look at each file and put it away, until there is no room for more: a disk is soon full of
    what nobody will see. Raises `Busy`; outside of a transaction.
    """
    waiting = Photo.objects.filter(listing__seller=seller, state=Photo.State.WAITING)
    if waiting.count() >= MOST_WAITING_PER_SELLER:
        raise Busy
    received = []
    for file in files:
        if sum(bool(each.upload) for each in received) >= room:
            break
        received.append(receive_one(file))
    return received


def receive_one(file):
    name = shown_name(file.name)
    if file.size > MOST_BYTES:
        return Received(name, reason=Photo.Reason.HEAVY)
    try:
        look(file)
    except Refused as refusal:
        return Received(name, reason=refusal.reason)
    return Received(name, upload=put_away(file, "uploads"))


# Verbs. Whoever calls one holds the lock of the ad's row; each raises `Listing.Impossible` while
# the ad stays as it is.


def add(listing: Listing, received: list[Received]) -> int:
    """Put them behind the photos the ad has; returns for how many there was no room."""
    failed = [
        Photo(
            listing=listing,
            state=Photo.State.FAILED,
            reason=each.reason,
            file_name=each.file_name,
        )
        for each in received
        if each.reason
    ]
    Photo.objects.bulk_create(failed[: Photo.MOST_PER_LISTING])
    good = [each for each in received if each.upload]
    if not good:
        return 0
    content = content_to_edit(listing)
    room = Photo.MOST_PER_LISTING - len(content.photo_order)
    photos = Photo.objects.bulk_create(
        Photo(listing=listing, upload=each.upload, file_name=each.file_name) for each in good[:room]
    )
    reorder(content, [*content.photo_order, *(photo.pk for photo in photos)])
    for photo in photos:
        after_commit(prepare_photo, photo.pk)
    return len(good) - len(photos)


def move_earlier(listing: Listing, photo: Photo) -> None:
    move(listing, photo, -1)


def move_later(listing: Listing, photo: Photo) -> None:
    move(listing, photo, +1)


def make_main(listing: Listing, photo: Photo) -> None:
    move(listing, photo, -Photo.MOST_PER_LISTING)


def remove(listing: Listing, photo: Photo) -> None:
    """From what its seller writes; the photo goes for good unless the public ad still shows it."""
    if photo.state == Photo.State.FAILED:
        photo.delete()
        return
    content = content_to_edit(listing)
    if photo.pk in content.photo_order:
        reorder(content, [pk for pk in content.photo_order if pk != photo.pk])
    if photo.pk not in listing.photo_order:
        photo.delete()
        after_commit(clear_leftovers)


def copy_photos(listing: Listing, copy: Listing) -> None:
    """Give a new draft the photos that are ready; the two share the files."""
    ready = Photo.objects.ready()
    stems = set(ready.filter(pk__in=listing.photo_order).values_list("stem", flat=True))
    # In one order, so that two copies never wait for each other.
    for stem in sorted(stems):
        hold(files_of(stem))
    photos = ready.filter(stem__in=stems).in_order(listing.photo_order)
    shared = ("state", "stem", "widths", "width", "height", "perceptual_hash")
    copies = Photo.objects.bulk_create(
        Photo(listing=copy, **{name: getattr(photo, name) for name in shared}) for photo in photos
    )
    reorder(copy, [photo.pk for photo in copies])


def move(listing, photo, by):
    content = content_to_edit(listing)
    order = content.photo_order
    if photo.pk not in order:
        return
    before = order.index(photo.pk)
    after = min(max(before + by, 0), len(order) - 1)
    if before != after:
        order = [pk for pk in order if pk != photo.pk]
        order.insert(after, photo.pk)
        reorder(content, order)


def reorder(content, order):
    if order == content.photo_order:
        return
    content.photo_order = order
    save_order(content, "photo_order")


def save_order(content, column):
    if isinstance(content, Revision):
        content.touched_at = timezone.now()
        content.save(update_fields=[column, "touched_at"])
    else:
        content.changed(column)
