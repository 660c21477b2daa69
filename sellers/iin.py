from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from privacy.bin import check_digit

CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000, "0": 2000}


def validate_iin(value: str):
    """Twelve digits that begin with a day of birth, the right last digit."""
    if (
        not (value.isascii() and value.isdecimal() and len(value) == 12)
        or not is_day(value)
        or check_digit(value) != int(value[11])
    ):
        raise ValidationError(
            _("This is no IIN. An IIN has twelve digits, and the last one proves the others."),
            code="iin",
        )


def is_day(value):
    try:
        date(CENTURIES[value[6]] + int(value[:2]), int(value[2:4]), int(value[4:6]))
    except (KeyError, ValueError):
        return False
    return True
