"""Where a change of an ad goes: into the ad, or beside it until a moderator has read it."""

from listings.models import Listing, Revision
from listings.states import State

EDITABLE = [
    State.DRAFT,
    State.REJECTED,
    State.PUBLISHED,
    State.PAUSED,
    State.EXPIRED,
    State.SOLD,
]


def content_of(listing: Listing) -> Listing | Revision:
    """What its seller has written last."""
    return Revision.objects.filter(listing=listing).first() or listing


def is_editable(listing: Listing, content: Listing | Revision) -> bool:
    """While a moderator reads it, it stays as it is."""
    return listing.state in EDITABLE and (
        content is listing or content.state != Revision.State.PENDING
    )


def content_to_edit(listing: Listing) -> Listing | Revision:
    """Raises `Listing.Impossible`. The caller holds the lock of the ad."""
    content = content_of(listing)
    if not is_editable(listing, content):
        raise Listing.Impossible
    if content is listing and listing.was_approved:
        approved = {name: getattr(listing, name) for name in Listing.CONTENT}
        content = Revision.objects.create(listing=listing, **approved)
    return content
