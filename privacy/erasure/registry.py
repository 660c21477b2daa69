"""What apps above know of an erasure and this one may not: they fill these lists when they load.

Each is called with the keys of people (of a whole batch), may be called again, and then does
nothing more.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

from django.db import models

# Before anything is destroyed: marks that outlast the database's backups.
BURY: list[Callable[[Iterable[UUID]], None]] = []
# Behind the fence: whoever is still signed in is out, and cannot come back.
SHUT_OUT: list[Callable[[Iterable[UUID]], None]] = []
# Before the tables: what must be settled with others, and rows of others that name the person.
SETTLE: list[Callable[[Iterable[UUID]], None]] = []
# Of whom there were rows of this model, they change rows of these others, which name the person.
SETTLED: dict[type[models.Model], set[type[models.Model]]] = {}
# Delete the files of rows that have gone; how many are still there.
FILES: list[Callable[[], int]] = []
# Bring in line what is made of rows whose texts were changed.
REWRITTEN: dict[type[models.Model], Callable[[list[int]], None]] = {}
# Delete what is stored without a foreign key or a column to search, where `names(text)` says yes.
MENTIONED: list[Callable[[Callable[[str], bool]], None]] = []
# With the certificate: what counted until then whose it was.
CERTIFIED: list[Callable[[Iterable[UUID]], None]] = []
# Look for these identifiers in everything stored: of each that is found, the places.
LOOK_FOR: list[Callable[[list[str]], dict[str, Iterable[str]]]] = []
