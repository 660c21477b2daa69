"""The documents of an ad: price lists, certificates, test reports."""

import zipfile
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from letters.after_commit import after_commit
from listings.editing import content_to_edit
from listings.leftovers import hold
from listings.models import Document, Listing
from listings.photos import save_order
from listings.tasks import clear_leftovers
from listings.uploads import MOST_BYTES, put_away, shown_name

Kind = Document.Kind

# Where a whole PDF says that it ends; programs write a few lines behind it.
PDF_TAIL = 4096


class Reason(models.TextChoices):
    """Why a file cannot be a document of an ad, and what helps."""

    EMPTY = "empty", _("The file is empty. Choose it once more.")
    HEAVY = "heavy", _("The file is larger than 10 MB. Save it smaller, then add it again.")
    KIND = "kind", _("This is neither a PDF nor an Excel table (XLSX).")
    MACROS = "macros", _("The table has macros in it. Save it as XLSX without them.")
    BROKEN = "broken", _("The file is damaged or did not arrive whole. Add it once more.")


class Refused(Exception):
    def __init__(self, reason: Reason):
        self.reason = reason


@dataclass(frozen=True)
class Received:
    name: str
    kind: Document.Kind
    file: str
    size: int


def receive(file) -> Received:
    """Look at the file and put it away. Raises `Refused`; outside of a transaction."""
    kind = kind_of(file)
    extension = f".{kind}"
    return Received(
        name=shown_name(file.name, extension),
        kind=kind,
        file=put_away(file, "documents", extension),
        size=file.size,
    )


def kind_of(file) -> Document.Kind:
    """By what is in it; what it calls itself counts for nothing."""
    if not file.size:
        raise Refused(Reason.EMPTY)
    if file.size > MOST_BYTES:
        raise Refused(Reason.HEAVY)
    beginning = file.read(8)
    if beginning.startswith(b"%PDF-"):
        file.seek(max(0, file.size - PDF_TAIL))
        if b"%%EOF" not in file.read():
            raise Refused(Reason.BROKEN)
        return Kind.PDF
    if beginning.startswith(b"PK\x03\x04"):
        check_table(file)
        return Kind.XLSX
    raise Refused(Reason.KIND)


def check_table(file):
    """Only the list of what is in it is read: nothing is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError) as trouble:
        raise Refused(Reason.BROKEN) from trouble
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise Refused(Reason.KIND)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(Reason.MACROS)


# Verbs. Whoever calls one holds the lock of the ad's row; each raises `Listing.Impossible` while
# the ad stays as it is.


def add(listing: Listing, received: list[Received]) -> int:
    """Returns for how many there was no room."""
    content = content_to_edit(listing)
    room = Document.MOST_PER_LISTING - len(content.document_order)
    documents = Document.objects.bulk_create(
        Document(
            listing=listing,
            name=each.name,
            kind=each.kind,
            file=each.file,
            size=each.size,
        )
        for each in received[:room]
    )
    if documents:
        content.document_order = [*content.document_order, *(each.pk for each in documents)]
        save_order(content, "document_order")
    return len(received) - len(documents)


def remove(listing: Listing, document: Document) -> None:
    """From what its seller writes; it goes for good unless the public ad still has it."""
    content = content_to_edit(listing)
    if document.pk in content.document_order:
        content.document_order = [pk for pk in content.document_order if pk != document.pk]
        save_order(content, "document_order")
    if document.pk not in listing.document_order:
        document.delete()
        after_commit(clear_leftovers)


def copy_documents(listing: Listing, copy: Listing) -> None:
    """Give a new draft the same documents; the two share the files."""
    shown = Document.objects.filter(pk__in=listing.document_order)
    # In one order, so that two copies never wait for each other.
    for file in sorted(shown.values_list("file", flat=True)):
        hold(file)
    shared = ("kind", "name", "file", "size")
    copies = Document.objects.bulk_create(
        Document(listing=copy, **{name: getattr(document, name) for name in shared})
        for document in shown.in_order(listing.document_order)
    )
    if copies:
        copy.document_order = [document.pk for document in copies]
        save_order(copy, "document_order")
