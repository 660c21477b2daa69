"""Looking for many texts at once, in whatever way they may be written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.entities import html5

from ahocorasick_rs import BytesAhoCorasick

from privacy.residue.forms import DIGITS, EXACT, FOLDED, fold, forms_of

CHUNK = 2**20

ESCAPES = {
    "URL": rb"%[0-9A-Fa-f]{2}",
    "quoted-printable": rb"=[0-9A-Fa-f]{2}",
    "HTML": rb"&(?:\#[0-9]{1,7}|\#[Xx][0-9A-Fa-f]{1,7}|[A-Za-z][0-9A-Za-z]{1,30});",
    "JSON": rb"\\+u[0-9A-Fa-f]{4}(?:\\+u[0-9A-Fa-f]{4})?",
    "bytes in a program": rb"\\+x[0-9A-Fa-f]{2}",
}
# Its sign stands before the values of queries, too: ?name=beket%20…
APART = "quoted-printable"
TOGETHER = re.compile(b"|".join(ESCAPES[name] for name in ESCAPES if name != APART))
ESCAPES = {name: re.compile(pattern) for name, pattern in ESCAPES.items()}
# Escapes of escapes.
DEEPEST = 3

# Every escape is made of these; between the bytes of a picture they are few.
READABLE = re.compile(rb"[\t\n\r -~]{6,}")
# The end of a line of base64 or digits that goes on in the next; texts hold `\n`, too.
CUT = re.compile(rb"[0-9A-Za-z+/_-]{56}")

# Between the digits of a number, as people write it.
BETWEEN_DIGITS = re.compile(rb"(?<=\d)(?:[ ().\-/]|\xc2\xa0|\xe2\x80\x93){1,3}(?=\d)")


@dataclass
class Part:
    """A piece of a place: what was found in it, or why it could not be read."""

    where: str
    size: int = 0
    found: set[tuple[int, str]] = field(default_factory=set)
    trouble: str = ""

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.size += len(chunk)
            yield chunk


class Patterns:
    """All that is looked for in one way, in one pass."""

    def __init__(self, meant: dict[bytes, set[tuple[int, str]]]):
        self.meant = list(meant.values())
        self.longest = max(map(len, meant), default=0)
        self.automaton = BytesAhoCorasick(list(meant)) if meant else None

    def found_in(self, view: bytes) -> set[tuple[int, str]]:
        found = set()
        if self.automaton:
            for number, start, end in self.automaton.find_matches_as_indexes(
                view, overlapping=True
            ):
                if self.is_whole(view, start, end):
                    found |= self.meant[number]
        return found

    def is_whole(self, view, start, end):
        return True


class Numbers(Patterns):
    def is_whole(self, view, start, end):
        """Digits with more digits beside them are part of another number."""
        return not (view[start - 1 : start].isdigit() or view[end : end + 1].isdigit())


class Search:
    """What is found is told as the needle's place in the list and the form it was in."""

    def __init__(self, needles: list[str]):
        meant = {FOLDED: {}, EXACT: {}, DIGITS: {}}
        for number, needle in enumerate(needles):
            for (way, pattern), form in forms_of(needle).items():
                meant[way].setdefault(pattern, set()).add((number, form))
        self.folded = Patterns(meant[FOLDED])
        self.exact = Patterns(meant[EXACT])
        self.numbers = Numbers(meant[DIGITS])
        # Each byte may have been escaped, and lines may have ended within.
        longest = max(each.longest for each in (self.folded, self.exact, self.numbers))
        self.overlap = 16 * longest

    def found_in(self, data: bytes) -> set[tuple[int, str]]:
        found = self.exact.found_in(data) | self.readable_in(data)
        text = data if b"\0" not in data else b"\0".join(READABLE.findall(data))
        joined = in_one_line(text)
        if joined != text:
            found |= self.exact.found_in(joined) | self.readable_in(joined)
        if any(self.readable_in(view) for view in without_escapes(joined)):
            found |= self.escaped_in(joined)
        return found

    def readable_in(self, view):
        found = self.folded.found_in(fold(view))
        if self.numbers.automaton:
            found |= self.numbers.found_in(BETWEEN_DIGITS.sub(b"", view))
        return found

    def escaped_in(self, joined):
        """By the name of the one escape that hides it, if it is one."""
        plainly = self.readable_in(joined)
        found, seen = set(), {needle for needle, _ in plainly}
        for name, escape in ESCAPES.items():
            for needle, form in self.readable_in(escape.sub(meant, joined)) - plainly:
                found.add((needle, name if form == "raw" else f"{form} in {name}"))
                seen.add(needle)
        for view in without_escapes(joined):
            for needle, form in self.readable_in(view):
                if needle not in seen:
                    found.add((needle, f"{form} in several escapes"))
        return found

    def found_in_stream(self, chunks: Iterable[bytes]) -> set[tuple[int, str]]:
        found, tail = set(), b""
        for chunk in chunks:
            window = tail + chunk
            found |= self.found_in(window)
            tail = window[-self.overlap :]
        return found


def in_one_line(data):
    """Where letters and base64 are cut into lines at any place."""
    lines = data
    for end in (b"\\r\\n", b"\\n", b"\r\n"):
        lines = lines.replace(end, b"\n")
    if b"=\n" in lines or any(CUT.fullmatch(line[-56:]) for line in lines.split(b"\n")):
        return lines.replace(b"=\n", b"").replace(b"\n", b"")
    return data


def without_escapes(joined) -> Iterator[bytes]:
    """What a reader would see, with the escapes of escapes; only where there are any."""
    yield from changed(ESCAPES[APART], joined)
    view = joined
    for _ in range(DEEPEST):
        before = view
        for view in changed(TOGETHER, before):
            yield view
        if view is before:
            return


def changed(escape, view):
    without = escape.sub(meant, view)
    if without != view:
        yield without


def meant(escape) -> bytes:
    sign, text = escape[0][:1], escape[0][1:]
    if sign in b"%=":
        return bytes.fromhex(text.decode())
    if sign == b"&":
        return entity(text.decode()) or escape[0]
    digits = text.replace(b"\\", b"").decode()
    if digits[0] in "xX":
        return bytes.fromhex(digits[1:])
    units = bytes.fromhex(digits.replace("u", "").replace("U", ""))
    return units.decode("utf-16-be", "replace").encode()


def entity(name):
    if not name.startswith("#"):
        return html5.get(name, html5.get(name.lower(), "")).encode()
    number = int(name[2:-1], 16) if name[1] in "xX" else int(name[1:-1])
    is_letter = number < 0x110000 and not 0xD800 <= number < 0xE000
    return chr(number).encode() if is_letter else b""


def in_chunks(file) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
