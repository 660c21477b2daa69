"""May the portal serve? Not with a database out of a backup in which people are back.

Each process compares its database with the store before its first answer, and again every few
seconds: one record has to be there and the next must not.
"""

import logging
import time
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError, connection

from letters import delivery
from privacy.models import ComparedDatabase, StoredAct
from privacy.restoring import store
from privacy.tombstones import acts_in

SECONDS = 5

BEHIND = "The store knows erasures or withdrawals that this database does not: a backup was restored. Run `manage.py privacy replay`."  # noqa: E501
FOREIGN = "The store does not hold what this database has written to it. Look at TOMBSTONES_URL; if the store is lost, run `manage.py privacy refill`."  # noqa: E501
FORGED = "A record of the store is not as this portal wrote it. Look at PRIVACY_KEY, and at who can write to the store."  # noqa: E501
UNKNOWN = "The store does not answer, and this database has not been compared with it. Look at TOMBSTONES_URL."  # noqa: E501

# The same database for as long as nobody puts another in its place.
THIS_DATABASE = """
    SELECT concat_ws(':', system_identifier, timeline_id, oid)
    FROM pg_control_system(), pg_control_checkpoint(), pg_database
    WHERE datname = current_database()
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    trouble: str
    holds_until: float


# Of this process.
looked: Look | None = None


def trouble() -> str:
    """Why the portal must not serve, in words for operators; empty when it may."""
    global looked
    if looked is None or time.monotonic() > looked.holds_until:
        try:
            found = compare()
        except DatabaseError:
            # Whoever asks will meet it again, and knows how to say so.
            if looked is None:
                raise
            found = looked.trouble
        if found and (looked is None or looked.trouble != found):
            log.error("the portal is shut: see /readyz or `manage.py privacy gate`")
        looked = Look(found, time.monotonic() + SECONDS)
    return looked.trouble


def is_open() -> bool:
    return not trouble()


def compare() -> str:
    if StoredAct.objects.filter(is_due=True).exists():
        return BEHIND
    head = StoredAct.objects.exclude(number=None).order_by("-number").first()
    try:
        if head is None:
            store.make()
        elif not is_there(head):
            return FOREIGN
        if next(unknown(after=head.number if head else 0), None):
            return BEHIND
    except store.Forged:
        return FORGED
    except store.Away as away:
        log.warning("the store is away", extra={"reason": str(away)})
        return "" if ComparedDatabase.objects.filter(name=this_database()).exists() else UNKNOWN
    remember()
    return ""


def is_there(act):
    record = store.read(act.number)
    return record is not None and str(act.pk) in {each["id"] for each in acts_in(record)}


def unknown(after: int):
    """Acts in the store that the database does not know, from its own last record on."""
    number = after + 1
    while record := store.read(number):
        acts = {UUID(act["id"]): act for act in acts_in(record)}
        known = set(StoredAct.objects.filter(pk__in=acts).values_list("pk", flat=True))
        yield from (act for pk, act in acts.items() if pk not in known)
        number += 1


def remember():
    name = this_database()
    if not ComparedDatabase.objects.filter(name=name).exists():
        ComparedDatabase.objects.all().delete()
        ComparedDatabase.objects.bulk_create([ComparedDatabase(name=name)], ignore_conflicts=True)


def this_database():
    with connection.cursor() as cursor:
        cursor.execute(THIS_DATABASE)
        return cursor.fetchone()[0]


# Letters wait with everything else: they may be to people who are back by mistake.
delivery.ASK_FIRST.append(is_open)
