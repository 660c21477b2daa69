"""Carries out what is due: many people at a time, each step done by everybody before the next.

A step may be cut short anywhere, by `kill -9` too, and is then done again from its beginning: it
finds by itself what is left to do. Whoever works holds a lease on the batch; when it runs out,
another may go on. Two at the same batch would do no harm, only the same work.
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID, uuid4

from django.db import OperationalError, connection, transaction
from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Now
from django.utils import timezone

from letters.delivery import deliver
from letters.models import Letter
from privacy.data_map import DATA_MAP
from privacy.erasure import holding, mentions, registry
from privacy.erasure.among import Keys
from privacy.erasure.certificate import certificates
from privacy.erasure.letters import write_farewell
from privacy.erasure.plan import CHUNK, Change, count_all, nameless, open_fence, plan, same_values
from privacy.erasure.secrets import TELLING, seal, unseal
from privacy.erasure.statistics import wipe
from privacy.models import Erasure, Hold, Request, RequestStep, Subject

BATCH = 500
# Of those that are looked for together.
ROUND = 20_000
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
COUNTED = """
UPDATE privacy_erasure SET secret = convert_to(given.secret, 'UTF8'), found = given.found
FROM jsonb_to_recordset(%s) AS given (id bigint, secret text, found jsonb)
WHERE privacy_erasure.id = given.id AND lease = %s
"""
FINISHED = """
UPDATE privacy_erasure SET
    certificate = given.certificate,
    state = CASE WHEN given.is_held THEN 'held' ELSE 'done' END,
    secret = CASE WHEN given.is_held THEN secret ELSE '' END,
    step = given.step, finished_at = statement_timestamp(),
    lease = NULL, lease_until = NULL, attempts = 0, trouble = ''
FROM jsonb_to_recordset(%s) AS given (id bigint, certificate jsonb, is_held bool, step int)
WHERE privacy_erasure.id = given.id AND lease = %s
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
    counts: dict | None = None

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
    def needles(self) -> dict[int, dict[str, list[str]]]:
        """Of each erasure, by what its person can be told from all others."""
        return {job.pk: unseal(job.secret).get("needles", {}) for job in self.jobs}

    @property
    def step(self) -> Step:
        return Step(self.jobs[0].step)

    @property
    def rows(self):
        return Erasure.objects.filter(pk__among=self.keys, lease=self.lease)

    def advance(self) -> None:
        """To the next step; it is written down where the batch is given back."""
        for job in self.jobs:
            job.step += 1

    def give_back(self) -> None:
        """At this step they join with others."""
        free = {"lease": None, "lease_until": None, "attempts": 0, "trouble": ""}
        held = Erasure.objects.filter(lease=self.lease)
        for part in chunks(self.keys):
            if held.filter(pk__among=part).update(step=self.step, **free) != len(part):
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

    def write(self, values: list[dict], statement: str) -> None:
        """Of each erasure its own values, in one statement: one text goes over quickly, many
        arrays do not.
        """
        with connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(values), self.lease])


@dataclass
class Run:
    done: int = 0
    is_cut_short: bool = False


def run(seconds: float) -> Run:
    """Carry out what is due until nothing is, or the time is over."""
    end, so_far = time.monotonic() + seconds, Run()
    resume_held()
    while batch := claim():
        so_far.done += carry_out(batch)
        if time.monotonic() > end:
            so_far.is_cut_short = True
            break
    return so_far


def claim() -> Batch | None:
    """What nobody is at, the earliest steps first: what is looked for is looked for together."""
    lease, due = uuid4(), Erasure.objects.due().order_by("step", "starts_at", "pk")
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


def claim_some(due, lease, most):
    with transaction.atomic():
        jobs = list(due.select_for_update(skip_locked=True)[:most])
        claimed = Erasure.objects.filter(pk__among=[job.pk for job in jobs])
        claimed.update(
            lease=lease,
            lease_until=timezone.now() + LEASE,
            attempts=F("attempts") + 1,
            began_at=Coalesce("began_at", Now()),
            state=Case(When(state=State.WAITING, then=Value(State.RUNNING)), default=F("state")),
        )
    return jobs


def carry_out(batch: Batch) -> int:
    """Step by step to where the batch joins others, or to the end; how many have come there."""
    people = 0
    try:
        while batch.jobs and batch.step in STEPS:
            is_joined = batch.step == Step.MENTIONS - 1
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
    with transaction.atomic():
        open_fence()
        answer(batch, Request.State.CHECKED, Request.State.IN_WORK, timezone.now())


def bury(batch):
    for hook in registry.BURY:
        hook(batch.people)


def say_farewell(batch):
    """A last letter with the way to the certificate; its row goes as soon as it is sent."""
    with transaction.atomic():
        for job in batch.rows.select_for_update().filter(letter=None):
            if letter := write_farewell(job, unseal(job.secret)):
                batch.rows.filter(pk=job.pk).update(letter=letter)
    written = dict(batch.rows.filter(letter__gt=0).values_list("letter", "pk"))
    letters = Letter.objects.filter(pk__in=written)
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
    with transaction.atomic():
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
        with transaction.atomic():
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
    found, needles = {job: Counter() for job in batch.keys}, {}
    batch.counts = count_all(batch.people)
    counts = {work: each for work, each in batch.counts.items() if work.described}
    counts |= {work: work.count(batch.people) for work in nameless()}
    for work, of_person in counts.items():
        for person, rows in of_person.items():
            found[batch.people[person]][work.model._meta.db_table] += rows
        if of_person and isinstance(work.described.subject, str):
            gather(work, batch, needles)
    with transaction.atomic():
        secrets = {}
        for job in batch.rows.select_for_update().only("secret"):
            secret = unseal(job.secret)
            known = secret.get("needles", {})
            for kind, values in needles.get(job.pk, {}).items():
                known[kind] = sorted({*known.get(kind, []), *values})
            secrets[job.pk] = seal(secret | {"needles": known})
        values = [
            {"id": pk, "secret": secret.decode(), "found": found[pk]}
            for pk, secret in secrets.items()
        ]
        batch.write(values, COUNTED)


def gather(work, batch, needles):
    for name, declared in work.described.personal_fields.items():
        if declared.category not in TELLING:
            continue
        # As text: a number would be taken apart and put together again.
        rows = work.rows(batch.people).values_list(work.path, Cast(name, TextField()))
        for person, value in rows:
            if value:
                of_job = needles.setdefault(batch.people[person], {})
                of_job.setdefault(declared.category, set()).add(str(value))


def erase_tables(batch):
    """In the order of the foreign keys; what is held is noted while it still can be found."""
    with transaction.atomic():
        holding.hold(batch.people)
    # Behind the fence there is no more than was counted.
    counts = batch.counts or count_all(batch.people)
    for work in plan():
        while counts.get(work) and retried(lambda work=work: work.do(batch.people)) == CHUNK:
            pass
    with transaction.atomic():
        holding.hold(batch.people)
    refuse_leftovers(batch)


def refuse_leftovers(batch):
    """Nothing gone where something was is an error, never a success."""
    stayed = [
        work.model._meta.db_table
        for work, there in count_all(batch.people).items()
        if there and work.left(batch.people).exists()
    ]
    if stayed:
        raise Incomplete(", ".join(sorted(set(stayed))))


def retried(do: Callable[[], int]) -> int:
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
    with transaction.atomic():
        open_fence()
        answer(batch, Request.State.IN_WORK, Request.State.ANSWERED, now)
        over = [person for person, job in batch.people.items() if job not in held]
        Subject.objects.filter(pk__among=over, state=Subject.State.ERASING).update(
            state=Subject.State.ERASED, erased_at=now
        )
        values = [
            {"id": pk, "certificate": facts, "is_held": pk in held, "step": Step.CERTIFY}
            for pk, facts in certificates(batch.jobs, now).items()
        ]
        batch.write(values, FINISHED)


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
    requests = Request.objects.select_for_update(no_key=True).filter(
        erasure__pk__among=batch.keys, state=before
    )
    keys = list(requests.values_list("pk", flat=True))
    closed_at = None if after in Request.OPEN else now
    Request.objects.filter(pk__among=keys).update(state=after, closed_at=closed_at)
    RequestStep.objects.bulk_create(
        [RequestStep(request_id=pk, state=after, at=now) for pk in keys]
    )


def chunks(whole: list) -> list[list]:
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]


def resume_held() -> None:
    """Erase what no rule holds any more, and let the erasure go on from there."""
    works = {work.model: work for work in plan() if isinstance(work, Change)}
    for rule in holding.RULES.values():
        while holds := holding.ended(rule, CHUNK):
            with transaction.atomic():
                works[rule.model].do_rows([each.row for each in holds])
                holding.end(holds)
    Erasure.objects.filter(state=State.HELD).exclude(holds__ended_at=None).update(
        state=State.RUNNING, step=Step.MENTIONS, attempts=0, lease=None, lease_until=None
    )
