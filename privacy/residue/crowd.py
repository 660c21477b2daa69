"""Looking for many thousand addresses and numbers at once: everything is read a single time.

`Search` makes every form of every needle and looks for all of them, which takes memory for each.
Here it is the other way round: whatever looks like an address or a number, also where it is
encoded, is taken out of the data and looked up. That may find too much, never too little; what it
finds is then looked at by `Search`.
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator

from privacy.residue.forms import digests_of, fold, numbers
from privacy.residue.search import (
    BETWEEN_DIGITS,
    READABLE,
    Search,
    in_one_line,
    without_escapes,
)

# Others are looked for by `Search` alone.
EMAIL = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE | re.ASCII)
NUMBER = re.compile(r"\+?\d{8,}", re.ASCII)

DOMAIN = re.compile(rb"@(?=[a-z0-9-]{1,63}[.a-z0-9-])")
RUN = re.compile(rb"\d{8,}")
IN_HEXADECIMAL = re.compile(rb"40(?=(?:2[de]|[3-7][0-9a-f]){3})|(?:3\d){8,}")
HEXADECIMAL = re.compile(rb"[0-9a-f]*")
DIGEST = re.compile(rb"[0-9a-f]{32,}")
IN_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{11,}")
# A dot or three digits in a row, in base64, are never of these alone.
NO_BASE64 = b"0123456789abcdef-"
FROM_URLS = bytes.maketrans(b"-_", b"+/")
# Of a digest that is enough to know it by.
START = 16
AT_A_TIME = 500


def is_plain(needle: str) -> bool:
    return bool(EMAIL.fullmatch(needle) or NUMBER.fullmatch(needle))


class Crowd:
    """Found is told as by `Search`; the needles are plain."""

    def __init__(self, needles: list[str]):
        self.needles = needles
        self.domains, self.digits, self.digests = {}, {}, {}
        for number, needle in enumerate(needles):
            local, _, domain = needle.lower().encode().partition(b"@")
            if domain:
                self.domains.setdefault(domain, {}).setdefault(local, []).append(number)
            for digits in numbers(needle):
                self.digits.setdefault(digits.encode(), []).append(number)
            for _algorithm, digest in digests_of(needle):
                self.digests.setdefault(digest[:START].encode(), []).append(number)
        self.lengths = {
            "domain": lengths(self.domains),
            "local": lengths(local for locals in self.domains.values() for local in locals),
            "digits": lengths(self.digits),
        }
        # As in `Search`: the longest form is UTF-16 in base64, or a digest.
        self.overlap = 16 * max(64, 3 * max(map(len, needles), default=0))

    def found_in(self, data: bytes) -> set[tuple[int, str]]:
        found, meant = set(), sorted(self.candidates(data))
        for start in range(0, len(meant), AT_A_TIME):
            some = meant[start : start + AT_A_TIME]
            search = Search([self.needles[number] for number in some])
            found |= {(some[number], form) for number, form in search.found_in(data)}
        return found

    def found_in_stream(self, chunks: Iterable[bytes]) -> set[tuple[int, str]]:
        return Search.found_in_stream(self, chunks)

    def candidates(self, data: bytes) -> set[int]:
        text = data if b"\0" not in data else b"\0".join(READABLE.findall(data))
        joined = in_one_line(text)
        found = self.hidden_in(data)
        if joined != data:
            found |= self.hidden_in(joined)
        for view in dict.fromkeys([data, joined, *without_escapes(joined)]):
            found |= self.readable_in(fold(view))
        return found

    def hidden_in(self, data):
        """In UTF-16, or in base64."""
        found = set()
        if b"\0" in data:
            found |= self.plain_in(fold(data.replace(b"\0", b"")))
        for decoded in from_base64(data):
            found |= self.plain_in(fold(decoded))
            found |= self.plain_in(fold(decoded.replace(b"\0", b"")))
        return found

    def readable_in(self, view):
        found = self.plain_in(view)
        for decoded in from_hexadecimal(view):
            found |= self.plain_in(decoded)
        for run in set(DIGEST.findall(view)):
            for place in range(len(run) - 31):
                found.update(self.digests.get(run[place : place + START], ()))
        return found

    def plain_in(self, view):
        found = set()
        for at in DOMAIN.finditer(view):
            end = at.end()
            for length in self.lengths["domain"]:
                if locals := self.domains.get(view[end : end + length]):
                    for size in self.lengths["local"]:
                        start = at.start() - size
                        if start >= 0 and (there := locals.get(view[start : at.start()])):
                            found.update(there)
        runs = set(RUN.findall(view))
        runs.update(RUN.findall(BETWEEN_DIGITS.sub(b"", view)))
        for run in runs:
            for length in self.lengths["digits"]:
                for start in range(len(run) - length + 1):
                    found.update(self.digits.get(run[start : start + length], ()))
        return found


def lengths(texts) -> list[int]:
    return sorted(set(map(len, texts)))


def from_hexadecimal(view: bytes) -> Iterator[bytes]:
    """What stands around an encoded @, and encoded digits."""
    for match in IN_HEXADECIMAL.finditer(view):
        before = view[max(0, match.start() - 128) : match.start()]
        before = before[len(before) - len(HEXADECIMAL.match(before[::-1])[0]) :]
        after = HEXADECIMAL.match(view, match.end(), match.end() + 512)[0]
        digits = before[len(before) % 2 :] + match[0] + after[: len(after) // 2 * 2]
        yield bytes.fromhex(digits.decode()).lower()


def from_base64(data: bytes) -> Iterator[bytes]:
    """All that may be base64, decoded from each of the four places at which it may begin."""
    runs = [
        run.translate(FROM_URLS)
        for run in set(IN_BASE64.findall(data))
        if run.translate(None, NO_BASE64)
    ]
    for first in range(4 if runs else 0):
        yield b64decode(b"".join(whole(run[first:]) + b"AAAA" for run in runs))


def whole(run):
    return run + b"A" * (-len(run) % 4)
