"""What an erasure does beside its tables: marks in the store, notices, letters, the scan."""

from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from privacy.erasure import engine, registry
from privacy.erasure.beginning import hasten
from privacy.models import Notice, Request, Subject
from privacy.recipients import tell_recipients
from privacy.requests import file_request
from privacy.residue import find
from privacy.residue.needles import why_unfit
from privacy.restoring import replay
from privacy.tombstones import bury

SECONDS = 60 * 60


def tell_of_erasure(people: Iterable[UUID]) -> None:
    """GDPR, Article 19: once for each person and recipient."""
    for person in Subject.objects.filter(pk__in=list(people), joined_to=None):
        tell_recipients(person, Notice.Act.ERASED, occasion="erasure")


def delete_letters_as_files(names: Callable[[str], bool]) -> None:
    """Where letters are written into a folder instead of being sent."""
    for path in Path(settings.LETTERS_FOLDER).glob("[!.]*"):
        if names(path.read_bytes().decode(errors="replace")):
            path.unlink(missing_ok=True)


def places_of(needles: list[str]) -> Iterable[str]:
    """Where something is left, without what it says. What stands everywhere is not looked for."""
    for hit in find(needle for needle in needles if not why_unfit(needle)):
        yield f"{hit.place}: {hit.where} ({hit.form})"


def erase_again(people: set[UUID]) -> None:
    """After a restore, and without delay: who was erased before the backup was put back."""
    for person in Subject.objects.filter(pk__in=people).exclude(joined_to__in=people):
        wish = file_request(
            person, Request.Kind.ERASURE, language=settings.LANGUAGE_CODE, at_once=True
        )
        hasten(wish.erasure)
    engine.run(SECONDS)


registry.BURY += [bury, tell_of_erasure]
registry.MENTIONED.append(delete_letters_as_files)
registry.LOOK_FOR.append(places_of)
replay.ERASE.append(erase_again)
