"""What the words of an ad and those of whoever searches become before they are compared."""

import re
from decimal import Decimal

from phonenumbers import PhoneNumberMatcher

from ui import alphabet

# A part of a number or model: has digits, or is so short that it may stand before them.
LONGEST_LETTERS = 6
MOST_PARTS = 4
CODE_LENGTH = range(3, 25)

# What Latin and Cyrillic letters have in common, for whoever writes A500C in the one or the other.
LOOK_ALIKE = str.maketrans("авекмнорстухі", "abekmhopctyxi")

ENGLISH_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
RUSSIAN_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбю"
TO_RUSSIAN = str.maketrans(ENGLISH_KEYS, RUSSIAN_KEYS)
TO_ENGLISH = str.maketrans(RUSSIAN_KEYS, ENGLISH_KEYS)

ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.|t\.me/|wa\.me/)\S+", re.IGNORECASE)
MANY_DIGITS = re.compile(r"(?:\d[\s().-]*){10}")
TWELVE_DIGITS = re.compile(r"(?<!\d)\d{12}(?!\d)")


def without_contacts(text: str) -> str:
    """Without addresses, phones and the numbers of people, which nobody finds an ad by."""
    text = TWELVE_DIGITS.sub(" ", ADDRESS.sub(" ", text))
    if not MANY_DIGITS.search(text):
        return text
    found = [(match.start, match.end) for match in PhoneNumberMatcher(text, "KZ")]
    for start, end in reversed(found):
        text = f"{text[:start]} {text[end:]}"
    return text


def codes(text: str) -> set[str]:
    """Numbers of parts and models, in every way to part them: RE 504836, re-504836, RE504836."""
    parts = alphabet.folded(text).split()
    return {code for start, end in spans(parts) for code in spellings(parts[start:end])}


def asked_for(text: str) -> list[tuple[str, set[str]]]:
    """Each word with the numbers that it may be a part of: an ad has the word or one of these."""
    parts = alphabet.folded(text).split()
    found = [(part, set()) for part in parts]
    for start, end in spans(parts):
        for _part, numbers in found[start:end]:
            numbers |= spellings(parts[start:end])
    return found


def spans(parts):
    for start in range(len(parts)):
        for end in range(start + 1, min(start + MOST_PARTS, len(parts)) + 1):
            if not is_of_code(parts[end - 1]):
                break
            yield start, end


def spellings(parts: list[str]) -> set[str]:
    code = "".join(parts)
    if len(code) not in CODE_LENGTH or code.isalpha():
        return set()
    if code.isascii():
        return {code}
    return {code.translate(LOOK_ALIKE), code.translate(alphabet.IN_LATIN)}


def is_of_code(part):
    return len(part) <= LONGEST_LETTERS or not part.isalpha()


def other_layout(text: str) -> str:
    """As if it had been typed with the other of the two keyboards: ghbdtn, привет."""
    text = text.lower()
    to_russian = sum(letter in alphabet.LATIN for letter in text) * 2 >= sum(map(str.isalpha, text))
    return text.translate(TO_RUSSIAN if to_russian else TO_ENGLISH)


# Numbers as tokens. One stands in the bag with its length and all its beginnings (1250.5 as 4|,
# 4|1, 4|12, 4|125, 4|1250, 4|1250.5 and its end, 4|1250.5=), so that a range is some of these
# and nothing has to be read twice.

DECIMALS = 4
LENGTHS = range(1, 15)
SMALLEST = Decimal(1).scaleb(-DECIMALS)


def number_tokens(value: Decimal | int | str) -> set[str]:
    sign, whole, decimals = written(Decimal(value))
    digits = whole + decimals
    node = f"{sign}{len(whole)}|"
    return {f"{node}{digits[:end]}" for end in range(len(digits) + 1)} | {f"{node}{digits}="}


def range_tokens(low: Decimal | None, high: Decimal | None) -> list[str]:
    """One of these stands in the bag of every number from low to high, and of no other."""
    found = []
    if high is None or high >= 0:
        found += of_sign("", max(low or Decimal(0), Decimal(0)), high)
    if low is None or low < 0:
        # Below nothing it goes the other way; nothing itself has no sign.
        nearest = None if high is None or high >= 0 else -high
        found += of_sign("-", nearest or Decimal(0), None if low is None else -low)
    return found


def of_sign(sign, low, high):
    found = []
    for length in LENGTHS:
        first = Decimal(0) if length == 1 else Decimal(10) ** (length - 1)
        last = Decimal(10) ** length
        if low <= first and (high is None or high >= last - SMALLEST):
            found.append(f"{sign}{length}|")
        elif (high is None or high >= first) and low < last:
            found += below(f"{sign}{length}|", "", length, low, high)
    return found


def below(node, digits, length, low, high):
    start, width = interval(digits, length)
    if start >= low and (high is None or start + width - SMALLEST <= high):
        return [f"{node}{digits}"]
    if start + width <= low or (high is not None and start > high):
        return []
    found = []
    if start >= low and (len(digits) == length or len(digits) > length and digits[-1] != "0"):
        found.append(f"{node}{digits}=")
    if len(digits) < length + DECIMALS:
        for digit in "123456789" if not digits and length > 1 else "0123456789":
            found += below(node, digits + digit, length, low, high)
    return found


def interval(digits, length):
    width = Decimal(10) ** (length - len(digits))
    return int(digits or "0") * width, width


def written(value):
    value = value.quantize(SMALLEST)
    whole, _dot, decimals = f"{abs(value):f}".partition(".")
    return "-" if value < 0 else "", whole, decimals.rstrip("0")
