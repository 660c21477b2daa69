"""What an erasure does beside its tables: marks in the store, notices, letters, the scan."""

from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce

from privacy.erasure import engine, registry
from privacy.erasure.beginning import begin, hasten
from privacy.models import Disclosure, Erasure, Notice, Request, RequestStep, Subject
from privacy.recipients import TELLERS, tell_recipients
from privacy.residue import look_for
from privacy.restoring import replay
from privacy.tombstones import bury

SECONDS = 60


def tell_of_erasure(people: Iterable[UUID]) -> None:
    """GDPR, Article 19: once for each person and recipient."""
    given = Disclosure.objects.filter(subject__pk__among=people, kind__in=TELLERS)
    told = given.annotate(head=Coalesce("subject__joined_to", "subject")).values("head")
    for person in Subject.objects.filter(pk__in=told):
        tell_recipients(person, Notice.Act.ERASED, occasion="erasure")


def delete_letters_as_files(names: Callable[[str], bool]) -> None:
    """Where letters are written into a folder instead of being sent."""
    for path in Path(settings.LETTERS_FOLDER).glob("[!.]*"):
        if names(path.read_bytes().decode(errors="replace")):
            path.unlink(missing_ok=True)


def erase_again(people: set[UUID]) -> None:
    """After a restore, to the end, at once and without a letter: they have had theirs."""
    heads = Subject.objects.filter(pk__in=people).exclude(joined_to__in=people)
    for person in heads:
        with transaction.atomic():
            standing = Erasure.objects.filter(subject=person, state__in=Erasure.OPEN).first()
            if standing:
                hasten(standing)
                continue
            request = Request.objects.create(subject=person, kind=Request.Kind.ERASURE)
            RequestStep.objects.create(request=request, state=request.state)
            request.step(Request.State.ACKNOWLEDGED)
            request.step(Request.State.CHECKED)
            begin(request, language=settings.LANGUAGE_CODE, at_once=True)
    while engine.run(SECONDS, waits=True).is_cut_short:
        pass
    over = Erasure.objects.filter(
        subject__in=heads, state__in=[Erasure.State.DONE, Erasure.State.HELD]
    )
    done = set(over.values_list("subject", flat=True))
    if left := [person for person in heads if person.pk not in done]:
        raise replay.NotErased(len(left))


registry.BURY += [bury, tell_of_erasure]
registry.MENTIONED.append(delete_letters_as_files)
registry.LOOK_FOR.append(look_for)
replay.ERASE.append(erase_again)
