"""Erasures and withdrawals outlast the database: each also stands in a store outside of it.

A row is written first, with the act or before it; the store follows. Who is buried is in both
before anything of theirs is destroyed. After a backup was restored the store knows what the
database does not: see `privacy.restoring`.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from privacy.data_map import DATA_MAP, People
from privacy.models import ConsentEntry, StoredAct, SubjectIdentifier
from privacy.models.consents import in_utc
from privacy.models.identifiers import digest
from privacy.people import holders
from privacy.restoring import store
from privacy.strategies import TEXT

AT_ONCE = 200
# Of PostgreSQL's advisory locks: who writes to the store.
LOCK = 5_060_001


class Behind(Exception):
    """The store knows acts that this database does not: a backup was restored, and not replayed."""


def bury(people: Iterable[UUID]) -> None:
    """Leave a mark of each of these people, in the database and in the store, before they go.

    Raises store.Away when the store does not answer: then nothing may be destroyed yet.
    """
    digests = digests_of(people)
    for person in people:
        write(person, digests[person])
    flush()


def write(person: UUID, digests: Iterable[str]) -> None:
    """Once for each person; `flush` brings it into the store."""
    if not StoredAct.objects.filter(kind=StoredAct.Kind.ERASURE, subject=person).exists():
        StoredAct.objects.create(
            kind=StoredAct.Kind.ERASURE,
            subject_id=person,
            content={"digests": sorted(set(digests))},
        )


def digests_of(people: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Keyed digests of what these people have proved, and of what guests gave as their address.

    What else a member typed may be somebody else's.
    """
    found = defaultdict(set)
    for person, kept in SubjectIdentifier.objects.filter(subject__in=people).values_list(
        "subject", "digest"
    ):
        found[person].add(kept)
    guests = set(people) - holders(people)
    for described, column in addresses():
        rows = described.model._base_manager.filter(**{f"{described.subject}__in": guests})
        for person, address in rows.values_list(described.subject, column):
            if address:
                found[person].add(digest(SubjectIdentifier.Kind.EMAIL, address))
    return found


def addresses():
    """Columns of the data map in which guests leave their e-mail address."""
    for described in DATA_MAP.values():
        if described.people != People.HOLDERS and isinstance(described.subject, str):
            for name, declared in described.personal_fields.items():
                field = described.model._meta.get_field(name)
                # What is encrypted cannot be read here, and is nobody's entry.
                if declared.category == "contact.email" and isinstance(field, TEXT):
                    yield described, name


def note_withdrawal(entry: ConsentEntry) -> None:
    """In the transaction of the entry; the store has it a moment after the commit."""
    StoredAct.objects.create(
        kind=StoredAct.Kind.WITHDRAWAL,
        subject_id=entry.subject_id,
        at=entry.at,
        content={
            name: getattr(entry, name)
            for name in (
                *("act", "purpose", "channel", "basis", "sentence", "version_digest"),
                *("language", "form", "button", "sequence", "hash"),
            )
        },
    )


def flush() -> None:
    """Bring what waits into the store; one at a time, in all processes together."""
    while flush_some() == AT_ONCE:
        pass


def flush_some():
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        waiting = list(StoredAct.objects.filter(number=None).order_by("at", "pk")[:AT_ONCE])
        number = last_number()
        if waiting and not number:
            store.make()
        for act in waiting:
            if not StoredAct.objects.filter(pk=act.pk, number=None).exists():
                continue  # it was there already, under a number that came before
            number = put(act, number + 1)
    return len(waiting)


def put(act, number):
    """Under this number, or the next free one."""
    while True:
        try:
            store.create(number, record_of(act))
            there = act.pk
        except store.Taken:
            # Written before, by somebody who was killed before the number was noted.
            there = UUID(store.read(number)["id"])
        if not StoredAct.objects.filter(pk=there, number=None).update(number=number):
            raise Behind
        if there == act.pk:
            return number
        number += 1


def last_number() -> int:
    return StoredAct.objects.aggregate(last=Max("number"))["last"] or 0


def record_of(act: StoredAct) -> dict:
    return {
        "id": str(act.pk),
        "kind": act.kind,
        "subject": str(act.subject_id),
        "at": in_utc(act.at),
        "content": act.content,
    }


def act_of(record: dict) -> StoredAct:
    return StoredAct(
        id=UUID(record["id"]),
        kind=record["kind"],
        subject_id=UUID(record["subject"]),
        at=parse_datetime(record["at"]),
        content=record["content"],
        number=record["number"],
    )


def forget_digests() -> int:
    """Of whom no backup can bring anything back, nobody needs to be recognised any more."""
    ended = timezone.now() - timedelta(days=settings.BACKUPS_KEPT_DAYS)
    old = StoredAct.objects.filter(
        kind=StoredAct.Kind.ERASURE, at__lt=ended, is_due=False, content__has_key="digests"
    ).exclude(number=None)
    forgotten = 0
    for act in old.order_by("number")[:AT_ONCE]:
        act.content = {}
        store.replace(act.number, record_of(act))
        act.save(update_fields=["content"])
        forgotten += 1
    return forgotten
