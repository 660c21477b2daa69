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
from django.db.models import Subquery
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from privacy.data_map import DATA_MAP, People
from privacy.durability import redoable
from privacy.erasure import among  # noqa: F401 registers the lookup
from privacy.models import ConsentEntry, StoredAct, SubjectIdentifier
from privacy.models.consents import in_utc
from privacy.models.identifiers import digest
from privacy.people import holders
from privacy.restoring import store
from privacy.strategies import TEXT

# Acts in one record: a disk that is asked to be sure takes as long for one as for many.
AT_ONCE = 500
LAST = StoredAct.objects.exclude(number=None).order_by("-number").values("number")[:1]


class Behind(Exception):
    """The store knows acts that this database does not: a backup was restored, and not replayed."""


def bury(people: Iterable[UUID]) -> None:
    """Leave a mark of each of these people, in the database and in the store, before they go.

    Raises store.Away when the store does not answer: then nothing may be destroyed yet.
    """
    erasures = StoredAct.objects.filter(kind=StoredAct.Kind.ERASURE)
    buried = set(erasures.filter(subject__pk__among=people).values_list("subject", flat=True))
    left = [person for person in people if person not in buried]
    digests = digests_of(left)
    marks = [
        StoredAct(
            kind=StoredAct.Kind.ERASURE,
            subject_id=person,
            content={"digests": sorted(digests[person])},
        )
        for person in left
    ]
    # Safe before anybody sees it, or another who flushes would bring into the store what a primary
    # that dies has not handed on: that would look like a restored backup.
    StoredAct.objects.bulk_create(marks)
    flush()


def digests_of(people: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Keyed digests of what these people have proved, and of what guests gave as their address.

    What else a member typed may be somebody else's.
    """
    found = defaultdict(set)
    proved = SubjectIdentifier.objects.filter(subject__pk__among=people)
    for person, kept in proved.values_list("subject", "digest"):
        found[person].add(kept)
    guests = set(people) - holders(people)
    for described, column in addresses() if guests else ():
        rows = described.model._base_manager.filter(**{f"{described.subject}__pk__among": guests})
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
    """Bring what waits into the store. Any number may do so at once: a record is created by one of
    them, and noted by all, before any of them creates the next.
    """
    while flush_some() == AT_ONCE:
        pass


def flush_some():
    # Of one moment: what waits then stands in no record up to the last that is noted.
    waiting = StoredAct.objects.filter(number=None).annotate(last=Subquery(LAST))
    acts = list(waiting.order_by("at", "pk")[:AT_ONCE])
    if acts:
        put(acts, (acts[0].last or 0) + 1)
    return len(acts)


def put(acts, number):
    """In one record, under the next free number; no transaction waits for the store."""
    if number == 1:
        store.make()
    while acts:
        try:
            store.create(number, record_of(acts))
            there = {act.pk for act in acts}
        except store.Taken:
            # By another, who may have been killed before the number was noted.
            there = {UUID(act["id"]) for act in acts_in(store.read(number))}
        note(there, number)
        acts = [act for act in acts if act.pk not in there]
        number += 1


def note(there, number):
    written = StoredAct.objects.filter(pk__among=there)
    with redoable():
        written.filter(number=None).update(number=number)
        if written.filter(number=number).count() != len(there):
            raise Behind


def record_of(acts: list[StoredAct]) -> dict:
    """Of all that stand under one number."""
    told = [
        {
            "id": str(act.pk),
            "kind": act.kind,
            "subject": str(act.subject_id),
            "at": in_utc(act.at),
            "content": act.content,
        }
        for act in acts
    ]
    return told[0] if len(told) == 1 else {"acts": told}


def acts_in(record: dict) -> list[dict]:
    return [act | {"number": record["number"]} for act in record.get("acts", [record])]


def act_of(act: dict) -> StoredAct:
    return StoredAct(
        id=UUID(act["id"]),
        kind=act["kind"],
        subject_id=UUID(act["subject"]),
        at=parse_datetime(act["at"]),
        content=act["content"],
        number=act["number"],
    )


def forget_digests() -> int:
    """Of whom no backup can bring anything back, nobody needs to be recognised any more."""
    ended = timezone.now() - timedelta(days=settings.BACKUPS_KEPT_DAYS)
    old = StoredAct.objects.filter(
        kind=StoredAct.Kind.ERASURE, at__lt=ended, is_due=False, content__has_key="digests"
    ).exclude(number=None)
    forgotten = 0
    for number in old.order_by("number").values_list("number", flat=True).distinct()[:AT_ONCE]:
        acts = list(StoredAct.objects.filter(number=number).order_by("at", "pk"))
        forgets = [
            act
            for act in acts
            if act.kind == StoredAct.Kind.ERASURE and act.at < ended and not act.is_due
        ]
        for act in forgets:
            act.content = {}
        store.replace(number, record_of(acts))
        forgotten += StoredAct.objects.filter(pk__in=[act.pk for act in forgets]).update(content={})
    return forgotten
