"""What a moderator does with an ad, or with a change of it that waits.

Each verb takes the ad as the moderator has read it and raises `Listing.Impossible` when it is no
longer that: another moderator was faster, or the seller has changed something.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from listings.catalogue import current_catalogue
from listings.models import Category, Listing, Revision
from listings.states import OPEN_BY_ADDRESS, Act, Role, State
from sellers.models import Seller


class Overtaken(Listing.Impossible):
    """It is not any more what the moderator has read."""


class Unfit(Listing.Impossible):
    """This category allows no such deal, or takes no ads."""


def edition(listing: Listing) -> str:
    """Names what there is to read; another with every change of the ad or of what waits."""
    waiting = waiting_change(listing)
    return f"{listing.version}-{waiting.touched_at.timestamp() if waiting else ''}"


def waiting_change(listing: Listing) -> Revision | None:
    revision = getattr(listing, "revision", None)
    if revision is None or listing.state not in OPEN_BY_ADDRESS:
        return None
    return revision if revision.state == Revision.State.PENDING else None


def approve(listing: Listing, by: User) -> Listing:
    """Publish the ad or its change; what is public already was looked at and stays."""
    with transaction.atomic():
        listing = locked(listing)
        if listing.state == State.PENDING:
            listing.move(Act.APPROVE, Role.STAFF, by)
            if change := waiting_change(listing):
                # It waited already when the ad was hidden.
                listing.waiting_since = change.touched_at
                listing.changed("waiting_since")
        elif change := waiting_change(listing):
            take_over(listing, change)
        elif listing.waiting_since and listing.state in OPEN_BY_ADDRESS:
            looked_at(listing)
        else:
            raise Listing.Impossible
    return listing


def reject(listing: Listing, by: User) -> Listing:
    """Refuse the ad, or only its change: then what was public stays so."""
    with transaction.atomic():
        listing = locked(listing)
        if change := waiting_change(listing):
            refuse(change)
            looked_at(listing)
        else:
            listing.move(Act.REJECT, Role.STAFF, by)
            Revision.objects.filter(listing=listing, state=Revision.State.PENDING).update(
                state=Revision.State.REJECTED, touched_at=timezone.now()
            )
    return listing


def block(listing: Listing, by: User) -> Listing:
    with transaction.atomic():
        listing = locked(listing)
        if change := waiting_change(listing):
            refuse(change)
        listing.move(Act.BLOCK, Role.STAFF, by)
    return listing


def hide(listing: Listing) -> None:
    """Nobody sees it until a moderator has read it. The caller holds the lock of the ad."""
    if listing.waiting_since is None:
        listing.waiting_since = timezone.now()
    listing.move(Act.HIDE, Role.CLOCK)


def unblock(listing: Listing, by: User) -> Listing:
    with transaction.atomic():
        listing = locked(listing)
        listing.move(Act.UNBLOCK, Role.STAFF, by)
    return listing


def refile(listing: Listing, category: Category) -> Listing:
    """Put what waits, or the ad itself, into another category, with the answers both ask for."""
    with transaction.atomic():
        listing = locked(listing)
        catalogue = current_catalogue()
        content = waiting_change(listing) or listing
        category = catalogue.categories[category.pk]
        if content.deal_type not in category.deal_types or not catalogue.is_open(category):
            raise Unfit
        asked = {question.attribute.pk for question in catalogue.attributes_of(category)}
        content.category_id = category.pk
        content.answers = [each for each in content.answers if each["attribute"] in asked]
        if content is listing:
            listing.changed("category", "answers")
        else:
            content.touched_at = timezone.now()
            content.save(update_fields=["category", "answers", "touched_at"])
    return listing


def reinstate(listing: Listing, by: User) -> Listing:
    """After an appeal: what was refused is published after all, what was blocked is free."""
    with transaction.atomic():
        listing = locked(listing)
        if listing.state == State.REJECTED:
            listing.move(Act.APPROVE, Role.STAFF, by)
        elif listing.state == State.BLOCKED:
            listing.move(Act.UNBLOCK, Role.STAFF, by)
        elif refused := Revision.objects.filter(
            listing=listing, state=Revision.State.REJECTED
        ).first():
            take_over(listing, refused)
        else:
            raise Listing.Impossible
    return listing


def locked(listing):
    """The ad and its change, under their locks, if they are what was read.

    The seller's row comes first, as it does for who writes: trust in the seller may end with it.
    """
    Seller.objects.select_for_update(no_key=True).get(pk=listing.seller_id)
    now = Listing.objects.select_for_update(of=["self"]).select_related("category", "seller")
    fresh = now.get(pk=listing.pk)
    # Its row is locked too: the seller may be writing in it.
    list(Revision.objects.select_for_update().filter(listing=fresh))
    if edition(fresh) != edition(listing):
        raise Overtaken
    return fresh


def take_over(listing, change):
    for name in Listing.CONTENT:
        setattr(listing, name, getattr(change, name))
    listing.waiting_since = None
    listing.changed(*Listing.CONTENT, "waiting_since")
    change.delete()


def refuse(change):
    change.state, change.touched_at = Revision.State.REJECTED, timezone.now()
    change.save(update_fields=["state", "touched_at"])


def looked_at(listing):
    listing.waiting_since = None
    listing.changed("waiting_since")
