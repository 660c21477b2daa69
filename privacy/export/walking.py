"""The one walk over everything the portal holds on a person, into a ZIP."""

import csv
import json
import tempfile
from collections.abc import Callable
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import get_language

from privacy.export.archive import Archive, line, pretty
from privacy.export.kinds import ROWS_AT_ONCE, Kind, kinds, whose
from privacy.export.reading import Pages, write_index
from privacy.models import Subject
from privacy.purposes import PURPOSES
from privacy.receipts import entries_of, facts, head
from privacy.record import controller, purpose_facts, table_facts
from ui.spreadsheets import BOM, harmless


class Missing(Exception):
    """A file is not where its row says."""

    def __init__(self, kind: Kind, number: object):
        super().__init__(f"{kind.name} {number}")


def write_copy(
    subject: Subject,
    file: BinaryIO,
    *,
    proved: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """In the language that is active. Raises `Missing`.

    `proved` is an address the person was just reached by; `tell` hears how many entries of how
    many are written.
    """
    people, addresses = whose(subject, proved)
    with Archive(file) as archive:
        fill(archive, people, addresses, tell)


def fill(archive, people, addresses, tell):
    counted = [
        {"kind": kind, "rows": rows, "count": count}
        for kind in kinds()
        if (count := (rows := kind.rows_of(people, addresses)).count())
    ]
    total, done = sum(each["count"] for each in counted), 0
    for each in counted:

        def go_on(written, before=done):
            tell(before + written, total)

        each["written"], each["files"] = write_kind(archive, each["kind"], each["rows"], go_on)
        done += each["written"]
    write_receipts(archive, people)
    write_about(archive, [each["kind"] for each in counted])
    write_index(archive, [in_index(each) for each in counted])
    archive.finish(
        {
            "made_at": archive.made_at.isoformat(),
            "language": get_language(),
            "people": [str(person.pk) for person in people],
            "entries": {each["kind"].name: each["written"] for each in counted},
        }
    )


def write_kind(archive, kind, rows, go_on):
    """How many entries and how many files there were."""
    written = files = 0
    # One entry of a ZIP is written at a time, so these wait beside it until they are whole.
    with spool() as lines, spool() as table:
        pages, sheet = Pages(archive, kind), csv.writer(table)
        table.write(BOM)
        sheet.writerow(kind.schema()["properties"])
        for batch in kind.batches(rows):
            originals = []
            for row in batch:
                written += 1
                found = originals_of(kind, row, written)
                names = [name for name, _original in found]
                said = kind.as_json(row) | ({"files": names} if kind.originals else {})
                lines.write(line(said))
                sheet.writerow(map(cell, said.values()))
                pages.add(row.number, kind.in_words(row), names)
                originals += found
            go_on(written)
            for name, original in originals:
                put(archive, kind, name, original)
                files += 1
                go_on(written)
        pages.write()
        archive.copy_text(f"data/{kind.name}.jsonl", lines)
        archive.copy_text(f"data/{kind.name}.csv", table)
        archive.say_json(f"data/{kind.name}.schema.json", kind.schema())
    return written, files


def spool():
    return tempfile.TemporaryFile("w+", encoding="utf-8", newline="")


def originals_of(kind, row, place):
    """The files of a row, each with its name in the copy."""
    if not kind.originals:
        return []
    stem = f"files/{kind.name}/{row.number or place}"
    found = enumerate(kind.originals.of(row.facts), start=1)
    return [(f"{stem}-{nth}{original.extension}", original) for nth, original in found]


def put(archive, kind, name, original):
    try:
        with original.open() as source:
            archive.copy(name, source)
    except FileNotFoundError as lost:
        raise Missing(kind, name.rpartition("/")[2].partition("-")[0]) from lost


def cell(value):
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False)
    return harmless(value)


def write_receipts(archive, people):
    beginning = pretty(head()).removesuffix("\n}") + ',\n "entries": [\n'
    with archive.writing("data/receipts.json") as entry, transaction.atomic():
        entry.write(beginning.encode())
        ours = entries_of(*people).iterator(ROWS_AT_ONCE)
        for number, consent in enumerate(ours):
            entry.write(((",\n" if number else "") + line(facts(consent)).rstrip("\n")).encode())
        entry.write(b"\n]}\n")


def write_about(archive, held):
    archive.say_json(
        "data/about.json",
        {
            "controller": controller(),
            "purposes": {key: purpose_facts(key) for key in PURPOSES},
            "kinds": {kind.name: table_facts(kind.described) for kind in held},
        },
    )


def in_index(each):
    kind = each["kind"]
    return {
        "name": kind.name,
        "title": kind.title,
        "rows": each["written"],
        "files": each["files"],
    }
