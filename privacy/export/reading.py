"""The pages of a copy that people read. Nothing in them can become markup, let alone a script."""

from html import escape
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from privacy.export.archive import Archive
from privacy.export.kinds import Kind
from privacy.record import kinds_of_data, purposes_in_use

STYLE = Path(__file__).with_name("style.css")
ROWS_A_PAGE = 500
# Of long texts fewer stand on a page: a browser has to open it, and we to keep it in mind.
LETTERS_A_PAGE = 1_000_000


class Pages:
    """Of one kind, written as soon as they are full."""

    def __init__(self, archive: Archive, kind: Kind):
        self.archive, self.kind = archive, kind
        self.number, self.entries, self.letters = 1, [], 0

    def add(self, number: int | None, said: list[tuple[str, str]], files: list[str]) -> None:
        # Only now is it known that the page before has a next one.
        if len(self.entries) >= ROWS_A_PAGE or self.letters >= LETTERS_A_PAGE:
            self.write(has_next=True)
        entry = as_html(number, said, files)
        self.entries.append(entry)
        self.letters += len(entry)

    def write(self, *, has_next: bool = False) -> None:
        facts = {
            "kind": self.kind,
            "about": kinds_of_data([self.kind.described]),
            "left_out": self.kind.left_out,
            "entries": mark_safe("".join(self.entries)),  # noqa: S308 as_html has escaped it
            "page": self.number,
            "has_next": has_next,
        }
        page = render_to_string("privacy/export/kind.html", facts)
        self.archive.say(f"read/{self.kind.name}-{self.number}.html", page)
        self.number, self.entries, self.letters = self.number + 1, [], 0


def as_html(number, said, files) -> str:
    head = f"<h2>№ {number}</h2>" if number is not None else ""
    facts = [fact(label, escape(words)) for label, words in said]
    facts += [fact(_("File"), f'<a href="../{escape(file)}">{escape(file)}</a>') for file in files]
    return f"<article>{head}<dl>{''.join(facts)}</dl></article>\n"


def fact(label, html):
    return f'<div><dt>{escape(label)}</dt><dd dir="auto">{html}</dd></div>'


def write_index(archive: Archive, counted: list[dict]) -> None:
    archive.say("style.css", STYLE.read_text())
    facts = {"made_at": archive.made_at, "kinds": counted, "purposes": purposes_in_use()}
    archive.say("index.html", render_to_string("privacy/export/index.html", facts))
