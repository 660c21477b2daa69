"""The list of all sellers, page after page. A page begins behind a seller, not at a number, so
that nobody is shown twice or skipped while others come and go.
"""

import re
from dataclasses import dataclass

from sellers.models import Seller

PAGE = 30
PLACE = re.compile(r"([ -~]{0,160})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class Page:
    sellers: list[Seller]
    # Where the following page begins; empty on the last one.
    following: str


def narrowed(sellers, q="", region=None):
    if q:
        sellers = sellers.found_by(q)
    return sellers.filter(region=region) if region else sellers


def page_of(sellers, behind: str) -> Page:
    """The page behind this place; the first when it is no place."""
    if place := PLACE.fullmatch(behind):
        sellers = sellers.behind(place[1], int(place[2]))
    found = list(sellers.in_order()[: PAGE + 1])
    shown = found[:PAGE]
    following = f"{shown[-1].sort_key}-{shown[-1].pk}" if len(found) > PAGE else ""
    return Page(shown, following)
