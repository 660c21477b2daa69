"""The identification numbers of Kazakhstan: BIN of an organisation, IIN of a person."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
# Asked only when the first row leaves a remainder of 10, which is no digit.
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def validate_bin(value: str):
    """Twelve digits, a month and a kind of organisation where they belong, the right last digit."""
    if (
        not (value.isascii() and value.isdecimal() and len(value) == 12)
        or not 1 <= int(value[2:4]) <= 12
        or value[4] not in "456"
        or check_digit(value) != int(value[11])
    ):
        raise ValidationError(
            _("This is no BIN. A BIN has twelve digits, and the last one proves the others."),
            code="bin",
        )


def check_digit(number: str) -> int:
    """10 for numbers that are never given out."""
    digits = [int(digit) for digit in number[:11]]
    for weights in (WEIGHTS, SECOND_WEIGHTS):
        remainder = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        if remainder < 10:
            break
    return remainder
