"""Carries out what is due: many people at a time, each step done by everybody before the next.

A step may be cut short anywhere, by `kill -9` too, and is then done again from its beginning: it
finds by itself what is left to do. Whoever works holds a lease on the batch; when it runs out,
another may go on. Two at the same batch would do no harm, only the same work.
"""

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID, uuid4

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from letters.delivery import deliver
from letters.models import Letter
from privacy.data_map import DATA_MAP
from privacy.durability import redoable
from privacy.erasure import certificate, holding, mentions, registry
from privacy.erasure.among import Keys
from privacy.erasure.counting import Counted
from privacy.erasure.counting import count as count_rows
from privacy.erasure.letters import write_farewell
from privacy.erasure.plan import CHUNK, Change, open_fence, plan, same_values
from privacy.erasure.secrets import TELLING, seal, unseal
from privacy.erasure.statistics import wipe
from privacy.models import Erasure, Hold, Request, Subject
from privacy.models.identifiers import normal_email
from privacy.registers import forget_counters

BATCH = 500
# Of those that are looked for together.
ROUND = 20_000
# From here on: everybody is gone from the tables before the long search for what is left begins.
TOGETHER = (Erasure.Step.MENTIONS, Erasure.Step.SCAN)
# Seconds of work between begin and commit: others wait for the locks.
TRANSACTION = 0.08
LEASE = timedelta(minutes=5)
PAUSE_SECONDS = 0.2
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
CLAIMED = """
UPDATE privacy_erasure SET
    lease = %s, lease_until = %s, attempts = attempts + 1,
    began_at = coalesce(began_at, statement_timestamp()),
    state = CASE state WHEN 'waiting' THEN 'running' ELSE state END
WHERE id = ANY(ARRAY({due}))
RETURNING id, subject_id, step, attempts - 1 AS attempts, trouble, letter, found, secret
"""
COUNTED = """
UPDATE privacy_erasure SET secret = convert_to(given.secret, 'UTF8'), found = given.found::jsonb
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS given (id, secret, found)
WHERE privacy_erasure.id = given.id AND privacy_erasure.id = ANY(%s) AND lease = %s
"""
ANSWERED = """
WITH answered AS (
    UPDATE privacy_request SET state = %s, closed_at = %s
    WHERE state = %s AND id IN (SELECT request_id FROM privacy_erasure WHERE id = ANY(%s))
    RETURNING id
)
INSERT INTO privacy_requeststep (request_id, state, at, reason)
SELECT id, %s, %s, '' FROM answered
"""
# For the last letter nothing waits longer than this.
LETTER_WAITS = timedelta(hours=6)

State, Step = Erasure.State, Erasure.Step

log = logging.getLogger(__name__)


class Incomplete(Exception):
    """Rows are still there that were to go."""


class Overtaken(Exception):
    """The lease was over, and somebody else has the batch."""


@dataclass
class Batch:
    """The erasures that are carried out together, and the lease on them."""

    lease: UUID
    jobs: list[Erasure]
    counted: Counted | None = None

    @cached_property
    def keys(self) -> list[int]:
        return [job.pk for job in self.jobs]

    @cached_property
    def people(self) -> dict[UUID, int]:
        """Everybody meant, each part of a person too, with the erasure they belong to."""
        jobs = {job.subject_id: job.pk for job in self.jobs}
        parts = Subject.objects.filter(joined_to__pk__among=jobs).values_list("pk", "joined_to")
        return Keys(jobs | {part: jobs[head] for part, head in parts})

    @cached_property
    def secrets(self) -> dict[int, dict]:
        return {job.pk: unseal(job.secret) for job in self.jobs}

    @property
    def needles(self) -> dict[int, dict[str, list[str]]]:
        """Of each erasure, by what its person can be told from all others."""
        return {pk: secret.get("needles", {}) for pk, secret in self.secrets.items()}

    @property
    def step(self) -> Step:
        return Step(self.jobs[0].step)

    @property
    def held(self):
        return Erasure.objects.filter(lease=self.lease)

    @property
    def rows(self):
        return self.held.filter(pk__among=self.keys)

    def advance(self) -> None:
        """To the next step; it is written down where the batch is given back."""
        for job in self.jobs:
            job.step += 1

    def give_back(self) -> None:
        """At this step they join with others."""
        free = {"lease": None, "lease_until": None, "attempts": 0, "trouble": ""}
        for part in chunks(self.keys):
            with redoable():
                given = self.held.filter(pk__among=part).update(step=self.step, **free)
            if given != len(part):
                raise Overtaken

    def drop(self, jobs: set[int], until) -> None:
        """These go on later, at the same step."""
        self.rows.filter(pk__in=jobs).update(lease=None, lease_until=until, attempts=0)
        self.leave(jobs)

    def leave(self, jobs) -> None:
        """They are in this batch no more."""
        self.jobs = [job for job in self.jobs if job.pk not in jobs]
        self.__dict__.pop("keys", None)
        self.__dict__.pop("people", None)


@dataclass
class Run:
    done: int = 0
    is_cut_short: bool = False


def run(seconds: float, *, waits: bool = False) -> Run:
    """Carry out what is due until nothing is, or the time is over. Who `waits` helps with the long
    search when others have come there; who does not leaves it to them.
    """
    end, so_far = time.monotonic() + seconds, Run()
    resume_held()
    while (batch := claim()) or (waits and others_are_on_the_way()):
        if batch:
            so_far.done += carry_out(batch)
        else:
            time.sleep(PAUSE_SECONDS)
        if time.monotonic() > end:
            so_far.is_cut_short = True
            break
    return so_far


def claim() -> Batch | None:
    """What nobody is at, the earliest steps first: what is looked for is looked for together."""
    lease, due = uuid4(), Erasure.objects.due().order_by("step", "starts_at", "pk")
    if others_are_on_the_way():
        # They join before the long search, which then reads everything once for all of them.
        due = due.filter(step__lt=Step.MENTIONS)
    jobs = claim_some(due, lease, 1)
    if not jobs:
        return None
    [first] = jobs
    if first.attempts >= MOST_ATTEMPTS:
        give_up(Batch(lease, jobs), first.trouble or "killed")
        return claim()
    # Who was claimed before and came no further may be what stopped the others.
    if first.attempts == 0:
        most = BATCH if first.step < Step.MENTIONS else ROUND
        others = due.filter(step=first.step, attempts=0)
        while len(jobs) < most and (
            more := claim_some(others, lease, min(BATCH, most - len(jobs)))
        ):
            jobs += more
    return Batch(lease, jobs)


def others_are_on_the_way():
    leased = Erasure.objects.filter(lease_until__gt=timezone.now(), state__in=Erasure.GOES_ON)
    return leased.filter(step__lt=Step.MENTIONS).exclude(lease=None).exists()


def claim_some(due, lease, most):
    """In one statement: these rows are the widest that are written so often."""
    with redoable():
        chosen = due.select_for_update(skip_locked=True).values("pk")[:most]
        text, values = chosen.query.sql_with_params()
        until = timezone.now() + LEASE
        return list(Erasure.objects.raw(CLAIMED.format(due=text), [lease, until, *values]))


@contextmanager
def kept(batch: Batch):
    """However long the search takes, the lease is renewed; it ends by itself when the process
    does. What comes before the search is short, or hangs and is left to another.
    """
    over = threading.Event()

    def renew():
        while not over.wait(LEASE.total_seconds() / 3):
            try:
                for part in chunks([job.pk for job in batch.jobs if job.step >= Step.MENTIONS]):
                    batch.held.filter(pk__among=part).update(lease_until=timezone.now() + LEASE)
            except DatabaseError:
                log.exception("lease not renewed")
            finally:
                connection.close()

    renewing = threading.Thread(target=renew)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()


def carry_out(batch: Batch) -> int:
    """Step by step to where the batch joins others, or to the end; how many have come there."""
    with kept(batch):
        return go_through_steps(batch)


def go_through_steps(batch):
    people = 0
    try:
        while batch.jobs and batch.step in STEPS:
            is_joined = batch.step + 1 in TOGETHER
            if batch.step == Step.CERTIFY:
                people = len(batch.jobs)
            STEPS[batch.step](batch)
            if not batch.jobs:
                break
            batch.advance()
            if is_joined:
                batch.give_back()
                break
    except Overtaken:
        log.warning("erasure overtaken")
    except Exception as trouble:  # whatever it is, it must be seen, and the others go on
        log.exception("erasure stopped", extra={"count": len(batch.jobs)})
        pause = FIRST_PAUSE * 2 ** min(batch.jobs[0].attempts, 6)
        words = f"{batch.step.name}: {type(trouble).__name__} {trouble if is_ours(trouble) else ''}"
        batch.rows.update(
            lease=None, lease_until=timezone.now() + pause, trouble=words.strip()[:300]
        )
    return people


def is_ours(trouble):
    """Its words name tables; those of others may name values."""
    return isinstance(trouble, Incomplete)


def give_up(batch, places):
    """Until somebody has looked: see the erasures in the admin."""
    log.error("erasure failed", extra={"count": len(batch.jobs)})
    batch.rows.update(state=State.FAILED, trouble=places[:300], lease=None, lease_until=None)


# The steps


def begin(batch):
    with redoable():
        open_fence()
        answer(batch, Request.State.CHECKED, Request.State.IN_WORK, timezone.now())


def bury(batch):
    for hook in registry.BURY:
        hook(batch.people)


def say_farewell(batch):
    """A last letter with the way to the certificate; its row goes as soon as it is sent."""
    reached = [pk for pk, secret in batch.secrets.items() if secret.get("email")]
    if not reached:
        return
    rows = batch.rows.filter(pk__among=reached)
    with transaction.atomic():
        for job in rows.select_for_update().filter(letter=None):
            if letter := write_farewell(job, batch.secrets[job.pk]):
                batch.rows.filter(pk=job.pk).update(letter=letter)
    written = dict(rows.filter(letter__gt=0).values_list("letter", "pk"))
    letters = Letter.objects.filter(pk__among=written)
    if letters.filter(state=Letter.State.WAITING).exists():
        deliver(letters)
    too_late = timezone.now() - LETTER_WAITS
    waiting = letters.filter(state=Letter.State.WAITING, created_at__gt=too_late)
    still = {written[letter] for letter in waiting.values_list("pk", flat=True)}
    letters.exclude(pk__in=waiting.values("pk")).delete()
    if still:
        batch.drop(still, timezone.now() + FIRST_PAUSE)


def raise_fence(batch):
    """Whoever writes for one of them at this moment is waited for; nobody does afterwards."""
    people = Subject.objects.filter(pk__among=batch.people)
    with redoable():
        locked = set(
            people.order_by("pk")
            .select_for_update(skip_locked=True, no_key=True)
            .values_list("pk", flat=True)
        )
        busy = {job for person, job in batch.people.items() if person not in locked}
        if busy:
            batch.drop(busy, timezone.now() + timedelta(seconds=2))
        Subject.objects.filter(
            pk__among=[person for person, job in batch.people.items() if job not in busy],
            state__in=[Subject.State.ACTIVE, Subject.State.RESTRICTED],
        ).update(state=Subject.State.ERASING, epoch=F("epoch") + 1)
    if not batch.jobs:
        return
    for model, same in same_values():
        model._base_manager.filter(in_rows_of(same, batch.people)).delete()
    for hook in registry.SHUT_OUT:
        with redoable():
            open_fence()
            hook(batch.people)


def in_rows_of(same, people):
    path = DATA_MAP[same.model].subject
    rows = same.model._base_manager.filter(**{f"{path}__pk__among": people})
    return Q(**{f"{same.column}__in": list(rows.values_list(same.their_column, flat=True))})


def count(batch):
    """What there is, before anything goes; and by what it can be told that nothing is left."""
    for hook in registry.SETTLE:
        hook(batch.people)
    if all(job.found for job in batch.jobs):
        return  # only what was held is left
    batch.counted = count_rows(batch.people)
    needles = gather(batch)
    forget_what_was_counted(needles.values())
    secrets, found = [], batch.counted.found
    for pk, secret in batch.secrets.items():
        known = secret.setdefault("needles", {})
        for kind, values in needles.get(pk, {}).items():
            known[kind] = sorted(values.union(known.get(kind, [])))
        secrets.append(seal(secret).decode())
    numbers = [found.get(pk, "{}") for pk in batch.secrets]
    with redoable(), connection.cursor() as cursor:
        cursor.execute(COUNTED, [batch.keys, secrets, numbers, batch.keys, batch.lease])


def forget_what_was_counted(needles):
    """Under an address, while it is still known."""
    addresses = {each for of_job in needles for each in of_job.get("contact.email", ())}
    spelled = {each.lower() for each in addresses} | set(map(normal_email, addresses))
    forget_counters("email", spelled)


def gather(batch):
    """The values themselves, by whose erasure and of what kind."""
    needles = {}
    for work in batch.counted.works:
        if not (work.described and isinstance(work.described.subject, str)):
            continue
        for name, declared in work.described.personal_fields.items():
            if declared.category not in TELLING:
                continue
            # As text: a number would be taken apart and put together again.
            rows = work.rows(batch.people).values_list(work.path, Cast(name, TextField()))
            for person, value in rows:
                if value:
                    of_job = needles.setdefault(batch.people[person], {})
                    of_job.setdefault(declared.category, set()).add(value)
    return needles


def erase_tables(batch):
    """In the order of the foreign keys; what is held is noted while it still can be found."""
    # Behind the fence there is no more than was counted.
    counted = batch.counted or count_rows(batch.people)
    tables = {work.model for work in counted.works}
    with redoable():
        holding.hold(batch.people, tables)
    left = {work: counted.works[work] for work in plan() if work in counted.works}
    while left:
        left = retried(lambda left=left: erase_some(batch.people, left))
    with redoable():
        holding.hold(batch.people, tables)
    refuse_leftovers(batch, counted)


def erase_some(people, left):
    """As much as one short transaction takes; what is left then."""
    ends, left = time.monotonic() + TRANSACTION, dict(left)
    with redoable():
        open_fence()
        while left and time.monotonic() < ends:
            work = next(iter(left))
            done = work.do(people)
            left[work] -= done
            if left[work] <= 0 or not done:
                del left[work]
    return left


def refuse_leftovers(batch, counted):
    """Nothing gone where something was is an error, never a success."""
    stayed = [
        work.model._meta.db_table
        for work in plan()
        if work in counted.works and work.left(batch.people).exists()
    ]
    if stayed:
        raise Incomplete(", ".join(sorted(set(stayed))))


def retried(do):
    """Who deletes one's own row deletes those of others that hang on it: two may cross."""
    try:
        return do()
    except OperationalError:
        return do()


def delete_files(batch):
    if any(hook() for hook in registry.FILES):
        raise Incomplete("files")


def remove_mentions(batch):
    mentions.remove(together(batch.needles.values()))


def together(needles):
    values = {}
    for of_person in needles:
        for kind, each in of_person.items():
            values.setdefault(kind, set()).update(each)
    return values


def wipe_statistics(batch):
    found = {table for job in batch.jobs for table in job.found}
    for model, others in registry.SETTLED.items():
        if model._meta.db_table in found:
            found |= {other._meta.db_table for other in others}
    wipe(sorted(found | mentions.remembering(together(batch.needles.values()))))


def scan(batch):
    """Of what is still held somebody still has to find something; it is looked for at the end.

    Who is found stays behind; for the others the night looks once more: see looking_again.py.
    """
    held = held_of(batch)
    places = places_of({pk: each for pk, each in batch.needles.items() if pk not in held})
    for pk, of_person in places.items():
        give_up(Batch(batch.lease, [job for job in batch.jobs if job.pk == pk]), of_person)
    batch.leave(places)
    for part in chunks([pk for pk in batch.keys if pk not in held]):
        with redoable():
            batch.rows.filter(pk__among=part).update(
                secret=b"", sealed=F("secret"), state=State.VERIFIED
            )


def places_of(needles: dict[int, dict[str, list[str]]]) -> dict[int, str]:
    """Where people whose needles these are still stand, by their erasures; without the others."""
    if not registry.LOOK_FOR:
        return {}
    everybody = mentions.of_nobody_else(together(needles.values()))
    alone = sorted(value for values in everybody.values() for value in values)
    found = {}
    for look in registry.LOOK_FOR if alone else ():
        for needle, places in look(alone).items():
            found.setdefault(needle, set()).update(places)
    places = {
        pk: {
            place
            for values in of_person.values()
            for value in values
            for place in found.get(value, ())
        }
        for pk, of_person in needles.items()
    }
    return {pk: ", ".join(sorted(of_person)) for pk, of_person in places.items() if of_person}


def held_of(batch) -> set[int]:
    """Those of which something has to stay for a while."""
    holds = Hold.objects.filter(ended_at=None, erasure__state__in=Erasure.GOES_ON)
    return set(holds.values_list("erasure", flat=True)).intersection(batch.keys)


def certify(batch):
    """A chunk at a time, for there may be thousands."""
    for part in chunks(batch.jobs):
        finish(Batch(batch.lease, part))
    batch.jobs = []


def finish(batch):
    now, held = timezone.now(), held_of(batch)
    # Whoever is shown the certificate is told so for ever.
    with transaction.atomic():
        open_fence()
        answer(batch, Request.State.IN_WORK, Request.State.ANSWERED, now)
        over = [person for person, job in batch.people.items() if job not in held]
        Subject.objects.filter(pk__among=over, state=Subject.State.ERASING).update(
            state=Subject.State.ERASED, erased_at=now
        )
        certificate.write(batch.keys, batch.lease, now)
        for hook in registry.CERTIFIED:
            hook(over)


STEPS = {
    Step.BEGIN: begin,
    Step.BURY: bury,
    Step.FAREWELL: say_farewell,
    Step.FENCE: raise_fence,
    Step.COUNT: count,
    Step.TABLES: erase_tables,
    Step.FILES: delete_files,
    Step.MENTIONS: remove_mentions,
    Step.STATISTICS: wipe_statistics,
    Step.SCAN: scan,
    Step.CERTIFY: certify,
}


def answer(batch, before, after, now):
    """The requests go on, each once."""
    closed_at = None if after in Request.OPEN else now
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, [after, closed_at, before, batch.keys, after, now])


def chunks(whole: list) -> list[list]:
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]


def resume_held() -> None:
    """Erase what no rule holds any more, and let the erasure go on from there."""
    works = {work.model: work for work in plan() if isinstance(work, Change)}
    for rule in holding.RULES.values():
        while holds := holding.ended(rule, CHUNK):
            with transaction.atomic():
                open_fence()
                works[rule.model].do_rows([each.row for each in holds])
                holding.end(holds)
    Erasure.objects.filter(state=State.HELD).exclude(holds__ended_at=None).update(
        state=State.RUNNING, step=Step.MENTIONS, attempts=0, lease=None, lease_until=None
    )
