"""After a backup was restored: do again what the store knows and the database does not.

Found are people by their own number, and guests by the digest of their address; only who was there
before the erasure. Who came back afterwards is somebody new. It may run any number of times, and
goes on where it was killed.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import groupby, islice
from operator import attrgetter
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from privacy.ledger import Occasion, append, locked_chain
from privacy.models import ConsentEntry, StoredAct, Subject, SubjectIdentifier, Version
from privacy.models.identifiers import digest
from privacy.people import holders
from privacy.restoring import gate, store
from privacy.tombstones import Behind, act_of, acts_in, addresses, flush, record_of

# Filled by whoever can erase: called with the keys of people, returns when all of theirs is gone.
ERASE: list[Callable[[set[UUID]], None]] = []

GONE = [Subject.State.ERASING, Subject.State.ERASED]
AT_ONCE = 1000


class Foreign(Exception):
    """The store does not hold what this database has written to it."""


class NotErased(Exception):
    """Some of these people are still there, so the portal stays shut."""

    def __init__(self, count):
        super().__init__(f"{count} people could not be erased again.")


def replay() -> Counter:
    """What there was to do, and what was done."""
    bring_in()
    due = StoredAct.objects.filter(is_due=True).order_by("number")
    withdrawals = due.filter(kind=StoredAct.Kind.WITHDRAWAL)
    erasures = list(due.filter(kind=StoredAct.Kind.ERASURE))
    done = Counter({"erasures": len(erasures), "withdrawals": withdrawals.count()})
    # First, so that nothing is written for people who are about to go.
    done["people erased again"] = erase_again(erasures)
    for act in withdrawals.iterator(AT_ONCE):
        done["consents withdrawn again"] += withdraw_again(act)
    flush()
    return done


def bring_in():
    """What the store knows becomes rows, all at once; until they are done the portal is shut."""
    head = StoredAct.objects.exclude(number=None).order_by("-number").first()
    if head is None:
        store.make()
    elif not gate.is_there(head):
        raise Foreign
    with transaction.atomic():
        unknown = gate.unknown(after=head.number if head else 0)
        for some in in_parts(unknown):
            acts = [act_of(told) for told in some]
            for act in acts:
                act.is_due = True
            # Twice at the same time is as good as once.
            StoredAct.objects.bulk_create(acts, ignore_conflicts=True)


def erase_again(acts: list[StoredAct]) -> int:
    people = still_there(acts)
    Subject.objects.filter(pk__in=people, state=Subject.State.ACTIVE).update(
        state=Subject.State.RESTRICTED
    )
    if people:
        for erase in ERASE:
            erase(people)
    if left := Subject.objects.filter(pk__in=people).exclude(state__in=GONE).count():
        raise NotErased(left)
    StoredAct.objects.filter(pk__in=[act.pk for act in acts]).update(is_due=False)
    return len(people)


def still_there(acts: list[StoredAct]) -> set[UUID]:
    """Who was erased and is back, with what belongs to them."""
    erased = {act.subject_id: act.at for act in acts}
    people = Subject.objects.exclude(state__in=GONE)
    back = set()
    for keys in in_parts(erased):
        family = people.filter(Q(pk__in=keys) | Q(joined_to__in=keys))
        for pk, head, created_at in family.values_list("pk", "joined_to", "created_at"):
            if any(created_at < erased[key] for key in (pk, head) if key in erased):
                back.add(pk)
    return back | guests_again(acts, people)


def guests_again(acts, people):
    """Guests are found by what they gave; who has an account is meant by their number alone."""
    erased = {}
    for act in acts:
        for kept in act.content.get("digests", []):
            erased[kept] = max(act.at, erased.get(kept, act.at))
    if not erased:
        return set()
    filed = {}
    for keys in in_parts(erased):
        proved = SubjectIdentifier.objects.filter(digest__in=keys)
        for person, kept in proved.values_list("subject", "digest"):
            filed.setdefault(person, set()).add(kept)
    for described, column in addresses():
        rows = described.model._base_manager.exclude(**{column: ""})
        for person, address in rows.values_list(described.subject, column).iterator(AT_ONCE):
            kept = digest(SubjectIdentifier.Kind.EMAIL, address) if address else ""
            if kept in erased:
                filed.setdefault(person, set()).add(kept)
    back = set()
    for keys in in_parts(filed):
        for pk, created_at in people.filter(pk__in=keys).values_list("pk", "created_at"):
            if any(created_at < erased[kept] for kept in filed[pk]):
                back.add(pk)
    return back - holders(back)


def withdraw_again(act: StoredAct) -> bool:
    """An entry of its own at the end of the chain: entries cannot be put between others."""
    with transaction.atomic():
        act = StoredAct.objects.select_for_update().get(pk=act.pk)
        person = Subject.objects.filter(pk=act.subject_id, created_at__lte=act.at)
        person = person.exclude(state__in=GONE).first()
        is_needed = act.is_due and person is not None and not is_known(act, person)
        if is_needed:
            said = act.content
            with override(said["language"]):
                append(
                    locked_chain(person),
                    ConsentEntry.Act(said["act"]),
                    Occasion(said["form"], said["button"]),
                    sentence=said["sentence"],
                    basis=said["basis"],
                    version=Version.objects.filter(digest=said["version_digest"]).first(),
                    purpose=said["purpose"],
                    channel=said["channel"],
                )
        act.is_due = False
        act.save(update_fields=["is_due"])
    return is_needed


def is_known(act, person):
    """It is in the ledger, or the person has agreed since."""
    entries = ConsentEntry.objects.of(person)
    agreed = entries.filter(
        act=ConsentEntry.Act.GIVEN,
        at__gt=act.at,
        purpose=act.content["purpose"],
        channel=act.content["channel"],
    )
    return entries.filter(hash=act.content["hash"]).exists() or agreed.exists()


def refill() -> int:
    """Write all that this database knows into an empty store; how many acts there are."""
    count = 0
    known = StoredAct.objects.exclude(number=None).order_by("number", "at", "pk")
    for number, acts in groupby(known.iterator(AT_ONCE), attrgetter("number")):
        acts = list(acts)
        try:
            store.create(number, record_of(acts))
        except store.Taken:
            there = {act["id"] for act in acts_in(store.read(number))}
            if not there.issuperset(str(act.pk) for act in acts):
                raise Behind from None
        count += len(acts)
    flush()
    return count


def in_parts(items: Iterable):
    items = iter(items)
    while part := list(islice(items, AT_ONCE)):
        yield part
