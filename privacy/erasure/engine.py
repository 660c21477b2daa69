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
from django.db.models import F, Q
from django.utils import timezone

from letters.delivery import deliver
from letters.models import Letter
from privacy.data_map import DATA_MAP
from privacy.erasure import holding, mentions, registry
from privacy.erasure.certificate import certificates
from privacy.erasure.letters import write_farewell
from privacy.erasure.plan import CHUNK, Change, count_all, nameless, open_fence, plan, same_values
from privacy.erasure.secrets import TELLING, seal, unseal
from privacy.erasure.statistics import wipe
from privacy.models import Erasure, Hold, Request, RequestStep, Subject

BATCH = 500
# Of those that are looked for together.
ROUND = 10_000
LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)
# For the last letter nothing waits longer than this.
LETTER_WAITS = timedelta(hours=6)

State, Step = Erasure.State, Erasure.Step

log = logging.getLogger(__name__)


class Incomplete(Exception):
    """Rows are still there that were to go."""


class Found(Exception):
    """Identifiers of people who are erased stand somewhere still."""


class Overtaken(Exception):
    """The lease was over, and somebody else has the batch."""


@dataclass
class Batch:
    """The erasures that are carried out together, and the lease on them."""

    lease: UUID
    jobs: list[Erasure]

    @cached_property
    def keys(self) -> list[int]:
        return [job.pk for job in self.jobs]

    @cached_property
    def people(self) -> dict[UUID, int]:
        """Everybody meant, each part of a person too, with the erasure they belong to."""
        jobs = {job.subject_id: job.pk for job in self.jobs}
        parts = Subject.objects.filter(joined_to__in=jobs).values_list("pk", "joined_to")
        return jobs | {part: jobs[head] for part, head in parts}

    @property
    def step(self) -> Step:
        return Step(self.jobs[0].step)

    @property
    def rows(self):
        return Erasure.objects.filter(pk__in=self.keys, lease=self.lease)

    def advance(self, **columns) -> None:
        """To the next step, with the lease for it."""
        until = timezone.now() + LEASE
        following = {"step": self.step + 1, "lease_until": until, "attempts": 0, "trouble": ""}
        if self.rows.update(**following | columns) != len(self.jobs):
            raise Overtaken
        for job in self.jobs:
            job.step += 1

    def drop(self, jobs: set[int], until) -> None:
        """These go on later, at the same step."""
        self.rows.filter(pk__in=jobs).update(lease=None, lease_until=until, attempts=0)
        self.jobs = [job for job in self.jobs if job.pk not in jobs]
        self.__dict__.pop("keys", None)
        self.__dict__.pop("people", None)

    def write(self, column: str, values: dict[int, dict | bytes]) -> None:
        """Of each erasure its own value, in one statement."""
        kind = "jsonb" if column in ("found", "certificate") else "bytea"
        as_stored = [
            json.dumps(value) if kind == "jsonb" else bytes(value) for value in values.values()
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE privacy_erasure SET {column} = given.value "  # noqa: S608 our own names
                f"FROM unnest(%s::bigint[], %s::{kind}[]) AS given (id, value) "
                "WHERE privacy_erasure.id = given.id AND lease = %s",
                [list(values), as_stored, self.lease],
            )


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
    with transaction.atomic():
        due = Erasure.objects.due().order_by("step", "starts_at", "pk")
        first = due.select_for_update(skip_locked=True).first()
        if first is None:
            return None
        jobs = [first]
        # Who was claimed before and came no further may be what stopped the others.
        if first.attempts == 0:
            most = BATCH if first.step < Step.MENTIONS else ROUND
            others = due.filter(step=first.step, attempts=0).exclude(pk=first.pk)
            jobs += others.select_for_update(skip_locked=True)[: most - 1]
        batch = Batch(uuid4(), jobs)
        claimed = Erasure.objects.filter(pk__in=batch.keys)
        claimed.update(
            lease=batch.lease, lease_until=timezone.now() + LEASE, attempts=F("attempts") + 1
        )
        claimed.filter(state=State.WAITING).update(state=State.RUNNING)
        if first.attempts >= MOST_ATTEMPTS:
            give_up(batch, first.trouble or "killed")
            return claim()
    return batch


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
            batch.advance(**({"lease": None, "lease_until": None} if is_joined else {}))
            if is_joined:
                break
    except Overtaken:
        log.warning("erasure overtaken")
    except Found as places:
        give_up(batch, str(places))
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
    now = timezone.now()
    with transaction.atomic():
        open_fence()
        answer(batch, Request.State.CHECKED, Request.State.IN_WORK, now)
        batch.rows.filter(began_at=None).update(began_at=now)


def bury(batch):
    for hook in registry.BURY:
        hook(batch.people)


def say_farewell(batch):
    """A last letter with the way to the certificate; its row goes as soon as it is sent."""
    with transaction.atomic():
        for job in batch.rows.select_for_update().filter(letter=None).exclude(secret=b""):
            job.letter = write_farewell(job, unseal(job.secret))
            job.save(update_fields=["letter"])
    written = dict(batch.rows.exclude(letter=None).values_list("letter", "pk"))
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
    people = Subject.objects.filter(pk__in=batch.people)
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
            pk__in=[person for person, job in batch.people.items() if job not in busy],
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
    rows = same.model._base_manager.filter(**{f"{path}__in": people})
    return Q(**{f"{same.column}__in": list(rows.values_list(same.their_column, flat=True))})


def count(batch):
    """What there is, before anything goes; and by what it can be told that nothing is left."""
    for hook in registry.SETTLE:
        hook(batch.people)
    if all(job.found for job in batch.jobs):
        return  # only what was held is left
    found, needles = {job: Counter() for job in batch.keys}, {}
    counts = {work: each for work, each in count_all(batch.people).items() if work.described}
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
        batch.write("secret", secrets)
        batch.write("found", found)


def gather(work, batch, needles):
    for name, declared in work.described.personal_fields.items():
        if declared.category not in TELLING:
            continue
        rows = work.rows(batch.people).values_list(work.path, name)
        for person, value in rows:
            if value:
                of_job = needles.setdefault(batch.people[person], {})
                of_job.setdefault(declared.category, set()).add(str(value))


def erase_tables(batch):
    """In the order of the foreign keys; what is held is noted while it still can be found."""
    with transaction.atomic():
        holding.hold(batch.people)
    counts = count_all(batch.people)
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
    mentions.remove(needles_of(batch))


def needles_of(batch):
    together = {}
    for job in batch.jobs:
        for kind, values in unseal(job.secret).get("needles", {}).items():
            together.setdefault(kind, set()).update(values)
    return together


def wipe_statistics(batch):
    wipe(sorted({table for job in batch.jobs for table in job.found}))


def scan(batch):
    """Of what is still held somebody still has to find something; it is looked for at the end."""
    held = set(Hold.objects.filter(erasure__in=batch.keys, ended_at=None).values_list("erasure"))
    needles = {}
    for job in batch.jobs:
        if (job.pk,) not in held:
            for kind, values in unseal(job.secret).get("needles", {}).items():
                needles.setdefault(kind, set()).update(values)
    alone = [value for values in mentions.of_nobody_else(needles).values() for value in values]
    places = [place for look in registry.LOOK_FOR for place in look(alone)] if alone else []
    if places:
        raise Found(", ".join(sorted(set(places))))
    for part in chunks([pk for pk in batch.keys if (pk,) not in held]):
        batch.rows.filter(pk__in=part).update(secret=b"", state=State.VERIFIED)


def certify(batch):
    """A chunk at a time, for there may be thousands."""
    for part in chunks(batch.jobs):
        finish(Batch(batch.lease, part))
    batch.jobs = []


def finish(batch):
    now = timezone.now()
    held = set(
        Hold.objects.filter(erasure__in=batch.keys, ended_at=None).values_list("erasure", flat=True)
    )
    with transaction.atomic():
        open_fence()
        answer(batch, Request.State.IN_WORK, Request.State.ANSWERED, now)
        over = [person for person, job in batch.people.items() if job not in held]
        Subject.objects.filter(pk__in=over, state=Subject.State.ERASING).update(
            state=Subject.State.ERASED, erased_at=now
        )
        batch.write("certificate", certificates(batch.jobs, now))
        free = {"lease": None, "lease_until": None, "attempts": 0, "finished_at": now}
        Erasure.objects.filter(pk__in=held, lease=batch.lease).update(state=State.HELD, **free)
        batch.rows.update(state=State.DONE, secret=b"", **free)


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
        erasure__in=batch.keys, state=before
    )
    keys = list(requests.values_list("pk", flat=True))
    closed_at = None if after in Request.OPEN else now
    Request.objects.filter(pk__in=keys).update(state=after, closed_at=closed_at)
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
