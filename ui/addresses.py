"""Addresses of rows. A list bears two of each row, and Django looks for each anew."""

from functools import cache

from django.urls import reverse
from django.utils.translation import get_language

# No argument of an address looks like it by chance.
MARK = 7_000_000_000


def address(name: str, *arguments) -> str:
    """As `reverse`, for numbers and slugs."""
    return form_of(name, len(arguments), get_language()).format(*arguments)


@cache
def form_of(name, count, language):
    path = reverse(name, args=[MARK + place for place in range(count)])
    for place in range(count):
        path = path.replace(str(MARK + place), f"{{{place}}}")
    return path
