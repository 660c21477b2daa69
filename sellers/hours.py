"""Working hours in words: days that are alike are said once."""

from dataclasses import dataclass, replace
from datetime import time

from babel.dates import get_day_names
from django.utils.text import capfirst
from django.utils.translation import get_language

from sellers.models import WorkingDay

# As schema.org names them.
SHORT_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True)
class Span:
    first: int
    last: int
    opens: time
    closes: time

    @property
    def days(self):
        first, last = capfirst(day_name(self.first)), day_name(self.last)
        return first if self.first == self.last else f"{first} – {last}"

    @property
    def is_round_the_clock(self):
        return self.opens == self.closes == WorkingDay.MIDNIGHT

    @property
    def schema(self):
        days = SHORT_NAMES[self.first]
        if self.first != self.last:
            days += f"-{SHORT_NAMES[self.last]}"
        closes = "23:59" if self.closes == WorkingDay.MIDNIGHT else f"{self.closes:%H:%M}"
        return f"{days} {self.opens:%H:%M}-{closes}"


def day_name(weekday: int) -> str:
    return get_day_names("wide", "stand-alone", get_language() or "en")[weekday]


def spans(days: list[WorkingDay]) -> list[Span]:
    """Days in order; neighbours with the same hours become one."""
    found = []
    for day in days:
        span = Span(day.weekday, day.weekday, day.opens, day.closes)
        if found and found[-1] == replace(span, first=found[-1].first, last=day.weekday - 1):
            span = replace(found.pop(), last=day.weekday)
        found.append(span)
    return found
