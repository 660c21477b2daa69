"""The shapes in which a text may stand somewhere: which bytes to look for."""

import hashlib
import json
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

import phonenumbers
from django.conf import settings

from privacy.models.identifiers import normal_email

# How something is looked for: with capitals and small letters alike, exactly, or as a number.
FOLDED, EXACT, DIGITS = "folded", "exact", "digits"

NUMBER = re.compile(r"\+?[\d\s().\-–/]{8,}")
FEWEST_DIGITS = 8


def forms_of(needle: str) -> dict[tuple[str, bytes], str]:
    """By how it is looked for and its bytes: what to call it."""
    forms = {}
    for way, name, pattern in every_form(needle):
        forms.setdefault((way, fold(pattern) if way == FOLDED else pattern), name)
    return forms


def fold(text: bytes) -> bytes:
    """Without the difference between capitals and small letters; what is no text stays."""
    if text.isascii():
        return text.lower()
    return text.decode("utf-8", "surrogateescape").casefold().encode("utf-8", "surrogateescape")


def every_form(needle: str) -> Iterator[tuple[str, str, bytes]]:
    for digits in numbers(needle):
        yield DIGITS, "digits", digits.encode()
        yield from hidden_forms(digits)
    for spelling in spellings(needle):
        yield FOLDED, "raw", spelling.encode()
        yield FOLDED, "URL", spelling.replace(" ", "+").encode()
        yield FOLDED, "quoted-printable", spelling.replace(" ", "_").encode()
        yield FOLDED, "raw", escaped_quotes(spelling).encode()
        yield from hidden_forms(spelling)
    for algorithm, digest in digests_of(needle):
        yield FOLDED, algorithm, digest.encode()
    with suppress(ValueError):
        number = UUID(needle)
        yield FOLDED, "raw", number.hex.encode()
        yield EXACT, "bytes of a UUID", number.bytes


def digests_of(needle: str) -> Iterator[tuple[str, str]]:
    for spelling in usual_spellings(needle):
        for algorithm in ("md5", "sha1", "sha256"):
            digest = hashlib.new(algorithm, spelling.encode(), usedforsecurity=False)
            yield algorithm, digest.hexdigest()


def spellings(needle):
    """As it is and as programs spell it; letters with marks in one piece and in two."""
    cases = [needle, needle.lower(), needle.upper(), needle.title(), needle.casefold()]
    with suppress(ValueError):
        cases.append(normal_email(needle))
    forms = (unicodedata.normalize(form, case) for case in cases for form in ("NFC", "NFD"))
    return dict.fromkeys([*cases, *forms])


def usual_spellings(needle):
    """Those that somebody would take a digest of."""
    found = [needle, needle.lower(), needle.upper(), needle.casefold()]
    with suppress(ValueError):
        found.append(normal_email(needle))
    for digits in numbers(needle):
        found += [digits, f"+{digits}"]
    return dict.fromkeys(unicodedata.normalize("NFC", each) for each in found)


def numbers(needle):
    """The digits of a number, with its country, with the 8 of long distance, and without."""
    if not NUMBER.fullmatch(needle):
        return []
    digits = re.sub(r"\D", "", needle)
    if len(digits) < FEWEST_DIGITS:
        return []
    found = [digits]
    with suppress(phonenumbers.NumberParseException):
        number = phonenumbers.parse(needle, settings.PHONENUMBER_DEFAULT_REGION)
        if phonenumbers.is_possible_number(number):
            national = phonenumbers.national_significant_number(number)
            found += [f"{number.country_code}{national}", f"8{national}", national]
    return list(dict.fromkeys(found))


def escaped_quotes(text):
    """As JSON and the text of a dump write what would end or break a value."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def hidden_forms(text):
    """Nobody can read these as they stand."""
    for codec in ("utf-16-le", "utf-16-be"):
        yield EXACT, codec.upper(), text.encode(codec)
    yield FOLDED, "hexadecimal", text.encode().hex().encode()
    inner = [text.encode(), text.encode("utf-16-le"), json.dumps(text)[1:-1].encode()]
    for content in dict.fromkeys(inner):
        for offset in range(3):
            encoded = b64encode(b"\0" * offset + content)
            # Less the letters that the neighbours have a share in.
            own = encoded[-(-offset * 8 // 6) : (offset + len(content)) * 8 // 6]
            yield EXACT, f"base64, offset {offset}", own
            yield EXACT, f"base64, offset {offset}", own.replace(b"+", b"-").replace(b"/", b"_")
