"""Looking for what is left of somebody in everything the portal stores.

`find` takes what a person was known by and tells where it still stands. It never says what: the
needles are named by their places in the list, and a name that holds one is not written out.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import redis
from django.db import DatabaseError

from privacy.residue.crowd import Crowd, is_plain
from privacy.residue.database import database
from privacy.residue.files import folders
from privacy.residue.needles import Unfit, why_unfit
from privacy.residue.search import Search
from privacy.residue.valkey import databases

log = logging.getLogger(__name__)

TROUBLE = (DatabaseError, redis.RedisError, OSError)
# More at once would take too much memory: the plain ones of a crowd are looked for in another way,
# the others in several passes.
NEEDLES_A_PASS = 500


@dataclass(frozen=True)
class Hit:
    # Its place in the list of needles.
    needle: int
    form: str
    place: str
    where: str


class NotSearched(Exception):
    """Some places could not be searched, so nobody knows what is in them; `places` names them."""

    def __init__(self, places: list[str]):
        super().__init__(f"{len(places)} could not be searched")
        self.places = places


def everywhere() -> list:
    """All that this portal can read by itself."""
    return [*database(), *folders(), *databases()]


def find(
    needles: Iterable[str],
    *,
    places: list | None = None,
    tell: Callable[[str, int], None] = lambda place, size: None,
) -> Iterator[Hit]:
    """Each form of each needle, once for each row, file or key that holds it.

    `tell` gets the name of each place when it has been gone through, and how many bytes were in
    it. Raises `Unfit` before anything is searched, and `NotSearched` after the last hit.
    """
    needles = list(needles)
    if unfit := {n: why for n, needle in enumerate(needles) if (why := why_unfit(needle))}:
        raise Unfit(unfit)
    failed = []
    for search, numbers in passes(needles):
        for place in everywhere() if places is None else places:
            yield from gone_through(place, search, numbers, tell, failed)
    if failed:
        raise NotSearched(list(dict.fromkeys(failed)))


def look_for(needles: Iterable[str]) -> dict[str, set[str]]:
    """Of each that is found, the places in which somebody who was erased still stands.

    What would be found everywhere by chance is left out, and how much that was is logged.
    """
    needles = list(needles)
    fit = [needle for needle in needles if not why_unfit(needle)]
    if len(fit) < len(needles):
        log.warning("not looked for", extra={"count": len(needles) - len(fit)})
    places = {}
    for hit in find(fit):
        places.setdefault(fit[hit.needle], set()).add(f"{hit.place}: {hit.where}")
    return places


def passes(needles):
    """What is looked for in one reading of everything, with its places in the list."""
    left = list(range(len(needles)))
    if len(left) > NEEDLES_A_PASS:
        plain = [number for number in left if is_plain(needles[number])]
        if plain:
            yield Crowd([needles[number] for number in plain]), plain
        left = [number for number in left if not is_plain(needles[number])]
    for first in range(0, len(left), NEEDLES_A_PASS):
        numbers = left[first : first + NEEDLES_A_PASS]
        yield Search([needles[number] for number in numbers]), numbers


def gone_through(place, search, numbers, tell, failed):
    size = 0
    try:
        for part in place.parts(search):
            size += part.size
            where = veiled(part.where, search) if part.found or part.trouble else ""
            for needle, form in sorted(part.found):
                yield Hit(numbers[needle], form, place.name, where)
            if part.trouble:
                failed.append(f"{place.name}: {where}: {part.trouble}")
    except TROUBLE as trouble:
        failed.append(f"{place.name}: {type(trouble).__name__}")
    tell(place.name, size)


def veiled(where, search):
    """Names of files and keys may themselves hold what is looked for."""
    return "/".join(
        "…" if search.found_in(name.encode(errors="replace")) else name for name in where.split("/")
    )
