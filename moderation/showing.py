"""What there is to read: field by field, and against what was approved before."""

from dataclasses import dataclass

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from listings.answers import unpack
from listings.catalogue import current_catalogue
from listings.models import DealType, Document, Listing, Photo, Revision
from privacy.differences import Pieces, compare


@dataclass(frozen=True)
class Field:
    label: str
    pieces: Pieces
    is_changed: bool


@dataclass(frozen=True)
class Shown:
    """A photo or document with what became of it: "same", "added" or "removed"."""

    file: Photo | Document
    fate: str


def fields_of(listing: Listing, change: Revision | None) -> list[Field]:
    """Of a change with the words that came and went; of an ad as it stands."""
    before = said(listing)
    if change is None:
        return [Field(label, [("same", text)], False) for label, text in before.items()]
    after = said(change)
    labels = dict.fromkeys([*after, *before])
    pairs = {label: (before.get(label, ""), after.get(label, "")) for label in labels}
    return [Field(label, compare(was, now), was != now) for label, (was, now) in pairs.items()]


def said(content):
    """By label, in the order of the form."""
    catalogue = current_catalogue()
    answers = unpack(content.answers, catalogue)
    return {
        _("Title"): content.title,
        _("Description"): content.description,
        _("Deal"): str(DealType(content.deal_type).label),
        _("Category"): str(catalogue.categories[content.category_id]),
        _("Language"): str(get_language_info(content.language)["name_translated"]),
        **{
            str(answer.attribute): f"{answer.words} {answer.attribute.sign}".strip()
            for answer in answers
        },
    }


def photos_of(listing: Listing, change: Revision | None) -> list[Shown]:
    return shown_of(Photo, listing, change, "photo_order")


def documents_of(listing: Listing, change: Revision | None) -> list[Shown]:
    return shown_of(Document, listing, change, "document_order")


def shown_of(model, listing, change, order):
    before = getattr(listing, order)
    after = getattr(change, order) if change else before
    files = model.objects.in_bulk([*before, *after])
    shown = [(pk, "same" if pk in before else "added") for pk in after]
    shown += [(pk, "removed") for pk in before if pk not in after]
    return [Shown(files[pk], fate) for pk, fate in shown if pk in files]
