"""What a seller writes: drafts, and changes of ads that others may be reading."""

import hashlib
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from listings.answers import Answer, pack, unpack
from listings.catalogue import current_catalogue
from listings.documents import copy_documents
from listings.editing import EDITABLE, content_of
from listings.models import Category, Listing, Revision
from listings.models.listing import Content
from listings.photos import copy_photos
from listings.publishing import OWN_PAPER, follow_stock, gathered, locked, stop_waiting
from listings.states import State
from places.models import Settlement
from sellers.models import Member, Seller
from ui import alphabet

MOST_DRAFTS = 200


class ChangedMeanwhile(Exception):
    """By a colleague, or in another window."""


class TooManyDrafts(Exception):
    """As many as one seller may keep."""


def begin(member: Member, category: Category) -> Listing:
    """An empty draft; the same one again while nothing stands in it."""
    with transaction.atomic():
        seller = Seller.objects.select_for_update(no_key=True).get(pk=member.seller_id)
        empty = Listing.objects.filter(
            seller=seller,
            state=State.DRAFT,
            category=category,
            title="",
            description="",
            answers=[],
            photo_order=[],
            document_order=[],
            price=None,
        )
        if draft := empty.order_by("pk").first():
            return draft
        refuse_too_many_drafts(seller)
        settlement = settlement_of(seller)
        return Listing.objects.create(
            seller=seller,
            category=category,
            deal_type=category.deal_types[0],
            price_kind=category.price_kinds[0],
            unit=category.price_unit,
            language=member.user.language,
            region=seller.region,
            settlement=settlement,
        )


def settlement_of(seller):
    """Sellers write their town; on the map it is when exactly one there is called so."""
    called = alphabet.folded(seller.settlement)
    there = [
        place
        for place in Settlement.objects.shown().filter(region=seller.region_id)
        if called in {alphabet.folded(name) for name in names_of(place)}
    ]
    return there[0] if len(there) == 1 else None


def names_of(place):
    return [place.name_kk, place.name_ru, place.name_en]


def refuse_too_many_drafts(seller):
    if Listing.objects.filter(seller=seller, state=State.DRAFT).count() >= MOST_DRAFTS:
        raise TooManyDrafts


def copy(listing: Listing) -> Listing:
    """A new draft that says and shows the same."""
    same = [name for name in (*Listing.CONTENT, *Listing.OFFER) if not name.endswith("_order")]
    with transaction.atomic():
        seller = Seller.objects.select_for_update(no_key=True).get(pk=listing.seller_id)
        refuse_too_many_drafts(seller)
        draft = Listing.objects.create(
            seller=seller, **{name: getattr(listing, name) for name in same}
        )
        copy_photos(listing, draft)
        copy_documents(listing, draft)
    return draft


def delete_draft(listing: Listing) -> None:
    with transaction.atomic():
        listing = locked(listing)
        if listing.state != State.DRAFT:
            raise Listing.Impossible
        listing.delete()


def fingerprint(listing: Listing, content: Content) -> str:
    """Of all that the form shows, to tell whether it has changed since."""
    names = [name for name in Listing.CONTENT if not name.endswith("_order")]
    values = [value_of(content, name) for name in names]
    values += [value_of(listing, name) for name in Listing.OFFER]
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def value_of(row, name):
    value = getattr(row, row._meta.get_field(name).attname)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def keep(listing: Listing, content: dict, offer: dict, by: User, seen: str = "") -> Listing:
    """Save what was written, as far as it was given.

    Price, stock, place and phone hold at once. The content of an ad that others may read is kept
    beside it, until `send_change`. With what was `seen` nothing that somebody else wrote meanwhile
    is lost; what was sent twice is no conflict.
    """
    with transaction.atomic():
        listing = locked(listing)
        if listing.state not in EDITABLE:
            raise Listing.Impossible
        revision = gathered(listing)
        itself = listing.state in OWN_PAPER
        written = listing if itself else revision or copied(listing)
        before = fingerprint(listing, written)
        offered = set_on(listing, offer)
        told = set_on(written, content)
        if seen and seen != before and fingerprint(listing, written) != before:
            raise ChangedMeanwhile
        changed = [*offered, *(told if itself else [])]
        if changed:
            listing.changed(*changed)
        if told and not itself:
            keep_beside(listing, written)
        if "quantity" in offered:
            follow_stock(listing, by)
    return listing


def set_on(row, values):
    """The names of those that are others than they were."""
    others = [name for name, value in values.items() if getattr(row, name) != value]
    for name in others:
        setattr(row, name, values[name])
    return others


def copied(listing):
    same = {name: getattr(listing, name) for name in Listing.CONTENT}
    return Revision(listing=listing, **same)


def keep_beside(listing, revision):
    if revision.pk:
        # A moderator may be reading what is no longer meant.
        stop_waiting(listing, revision)
    if all(value_of(revision, name) == value_of(listing, name) for name in Listing.CONTENT):
        if revision.pk:
            revision.delete()
        return
    revision.state, revision.touched_at = Revision.State.DRAFT, timezone.now()
    revision.save()


def lost_in(content: Content, category: Category) -> list[Answer]:
    """Answers that another category would not ask for."""
    catalogue = current_catalogue()
    asked = {question.attribute.pk for question in catalogue.attributes_of(category)}
    return [
        answer for answer in unpack(content.answers, catalogue) if answer.attribute.pk not in asked
    ]


def refile(listing: Listing, category: Category, by: User) -> Listing:
    """Put it into another category, with the answers that this one asks for too."""
    catalogue = current_catalogue()
    with transaction.atomic():
        listing = locked(listing)
        gathered(listing)
        content = content_of(listing)
        lost = lost_in(content, category)
        kept = [each for each in unpack(content.answers, catalogue) if each not in lost]
        change = {
            "category": category,
            "answers": pack({answer.attribute: answer.value for answer in kept}),
        }
        deal = content.deal_type
        if deal not in category.deal_types:
            change["deal_type"] = deal = category.deal_types[0]
        offer = {}
        if listing.state in OWN_PAPER:
            units = catalogue.units_of(category, deal)
            if listing.unit not in units:
                offer["unit"] = units[0]
            if listing.state == State.DRAFT and listing.price_kind not in category.price_kinds:
                offer |= {"price_kind": category.price_kinds[0], "price_to": None}
        return keep(listing, change, offer, by)
