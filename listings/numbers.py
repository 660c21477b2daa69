"""Numbers as people here type them: 12,5 and 98 500 and 1 200.50."""

import re
from decimal import Decimal

from babel.numbers import format_decimal, get_decimal_symbol
from django import forms
from django.utils.translation import get_language

GROUPED = re.compile(r"\A-?\d{1,3}(?:[.,'’]\d{3})+\Z")


def plain(typed: str) -> str:
    """The number with a point, where that is clear; otherwise as it was typed."""
    number = re.sub(r"[\s'’]", "", typed)
    marks = [mark for mark in number if mark in ".,"]
    if not marks:
        return number
    last = marks[-1]
    if len(set(marks)) == 2:
        # 1,200.50 or 1.200,50: the last one parts the decimals.
        first = "," if last == "." else "."
        return number.replace(first, "").replace(last, ".")
    is_decimal = last == get_decimal_symbol(get_language() or "en")
    if GROUPED.match(number) and (len(marks) > 1 or not is_decimal and last == ","):
        return number.replace(last, "")
    return number.replace(",", ".") if len(marks) == 1 else number


class Measure(forms.TextInput):
    """A number and its unit in one frame."""

    template_name = "listings/_measure.html"

    def __init__(self, unit=""):
        super().__init__({"inputmode": "decimal", "autocomplete": "off"})
        self.unit = unit

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["unit"] = self.unit
        return context


class NumberField(forms.DecimalField):
    def __init__(self, *, unit="", **options):
        super().__init__(**{"required": False, "widget": Measure(unit)} | options)

    def to_python(self, value):
        return super().to_python(plain(value) if isinstance(value, str) else value)

    def prepare_value(self, value):
        if isinstance(value, Decimal):
            return format_decimal(value.normalize(), "0.####", locale=get_language() or "en")
        return value
