"""What can be looked for: what stands in many places by chance says nothing about anybody."""

import functools
import re

from django.conf import settings

FEWEST_SIGNS = 5
FEWEST_DIFFERENT = 4
# Texts that come with the portal and are in its tables, too.
SHIPPED = ["locale/*/LC_MESSAGES/*.po", "listings/data/**/*", "places/data/**/*", "privacy/texts/*"]


class Unfit(ValueError):
    """`reasons` says by the needle's place in the list why it is not to be looked for."""

    def __init__(self, reasons: dict[int, str]):
        super().__init__(
            "; ".join(f"needle {number + 1}: {why}" for number, why in reasons.items())
        )
        self.reasons = reasons


def why_unfit(needle: str) -> str:
    """Empty for one that is fit."""
    if len(needle) < FEWEST_SIGNS:
        return f"it is shorter than {FEWEST_SIGNS} signs"
    if len({letter for letter in needle.casefold() if letter.isalnum()}) < FEWEST_DIFFERENT:
        return f"it has fewer than {FEWEST_DIFFERENT} different letters or digits"
    if "\0" in needle or needle != needle.strip():
        return "it begins or ends with a space, or holds a character that no text holds"
    if is_shipped(needle.casefold()):
        return "the portal's own texts hold it, so it would be found everywhere"
    return ""


def is_shipped(needle):
    """Thousands are asked about, and only few lines hold what makes up an address or a number."""
    if "@" in needle:
        return needle in shipped_words("@")
    return needle in shipped_words("[0-9]{5}" if needle.removeprefix("+").isdecimal() else "")


@functools.cache
def shipped_words(pattern: str) -> str:
    """The lines of the portal's own texts in which the pattern stands."""
    if pattern:
        lines = shipped_words("").split("\n")
        return "\n".join(line for line in lines if re.search(pattern, line))
    files = (
        file for shipped in SHIPPED for file in settings.BASE_DIR.glob(shipped) if file.is_file()
    )
    return "\n".join(
        file.read_text(encoding="utf-8", errors="replace") for file in files
    ).casefold()
