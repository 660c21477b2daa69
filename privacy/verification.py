"""Is the ledger as it was written? Finds what was changed behind the application's back."""

import time
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone

from privacy.models import ConsentChain, ConsentEntry, LedgerRun, Subject
from privacy.models.consents import BEFORE_THE_FIRST, EVERYTHING, text_hash

ROWS_AT_ONCE = 2000
# More would not tell the operator more.
MOST_FAULTS = 1000


def start_run() -> LedgerRun:
    """A new run, or the one that somebody killed left unfinished."""
    return LedgerRun.objects.filter(finished_at=None).first() or LedgerRun.objects.create()


def go_on(run: LedgerRun, seconds: float) -> bool:
    """Verify for about this long, a person's whole chain at a time; whether the run is finished."""
    end = time.monotonic() + seconds
    with transaction.atomic():
        # Whoever else works on this run waits, and goes on where we end.
        run.refresh_from_db(from_queryset=LedgerRun.objects.select_for_update())
        if run.finished_at:
            return True
        # The cursor sees one moment of the database, so an act of this second is no fault.
        entries = ConsentEntry.objects.order_by("subject_id", "sequence").select_related(
            "version", "subject__consent_chain"
        )
        if run.reached:
            entries = entries.filter(subject__gt=run.reached)
        started_after = run.reached
        for subject, chain in groupby(
            entries.iterator(ROWS_AT_ONCE), key=lambda entry: entry.subject
        ):
            for fault in faults_of_chain(subject, chain, run):
                add(run, fault)
            run.reached = subject.pk
            if time.monotonic() > end:
                break
        else:
            run.finished_at = timezone.now()
        for fault in faults_of_state(started_after, None if run.finished_at else run.reached):
            add(run, fault)
        if run.finished_at:
            for fault in faults_of_whole(run):
                add(run, fault)
        run.save()
    return run.finished_at is not None


def add(run, fault):
    if len(run.faults) < MOST_FAULTS:
        run.faults.append(fault)


def faults_of_chain(subject, entries, run):
    length, head = 0, BEFORE_THE_FIRST
    for entry in entries:
        run.entries += 1
        run.last_entry = max(run.last_entry, entry.pk)
        where = f"entry {entry.pk} (person {subject.pk}, number {entry.sequence})"
        if entry.sequence != length + 1:
            yield f"{where}: number {length + 1} is missing before it"
        elif entry.previous_hash != head:
            yield f"{where}: does not follow the entry before it"
        if entry.hash != entry.content_hash():
            yield f"{where}: its content is not what was written"
        if entry.sentence_hash != text_hash(entry.sentence):
            yield f"{where}: the sentence is not the one that was shown"
        if entry.version and entry.version_digest != entry.version.digest:
            yield f"{where}: the document it names is not what it was"
        length, head = entry.sequence, entry.hash
    end = getattr(subject, "consent_chain", None)
    if end is None:
        yield f"chain of person {subject.pk}: its end is not recorded"
    elif (end.length, end.head) != (length, head):
        yield f"chain of person {subject.pk}: entries after number {length} are missing or foreign"
    elif end.seal != end.expected_seal():
        yield f"chain of person {subject.pk}: its seal was not made by the portal"


def faults_of_state(after, upto):
    """Where the state is not what the entries say. Of the erased only the entries are left."""
    with connection.cursor() as cursor:
        cursor.execute(
            STATE_BESIDE_LEDGER,
            {
                "after": after,
                "upto": upto,
                "all": EVERYTHING,
                "erased": Subject.State.ERASED,
            },
        )
        for subject, purpose, channel in cursor.fetchall():
            cell = f"{purpose}/{channel}" if channel else purpose
            yield f"state of {cell} (person {subject}): not what the ledger says"


def faults_of_whole(run):
    empty = ConsentChain.objects.filter(length__gt=0, subject__consent_entries=None)
    for chain in empty.iterator(ROWS_AT_ONCE):
        yield f"chain of person {chain.subject_id}: all its {chain.length} entries are missing"
    former = LedgerRun.objects.exclude(pk=run.pk).exclude(finished_at=None).first()
    if former:
        left = ConsentEntry.objects.filter(pk__lte=former.last_entry).count()
        if left < former.entries:
            yield (
                f"the ledger: of {former.entries} entries that the run № {former.pk} verified "
                f"{former.entries - left} are missing"
            )


STATE_BESIDE_LEDGER = """
WITH entry AS (
    SELECT id, subject_id, sequence, act, purpose, channel
    FROM privacy_consententry
    WHERE purpose <> ''
      AND NOT EXISTS (
          SELECT 1 FROM privacy_subject person
          WHERE person.id = subject_id AND person.state = %(erased)s
      )
      AND (%(after)s::uuid IS NULL OR subject_id > %(after)s)
      AND (%(upto)s::uuid IS NULL OR subject_id <= %(upto)s)
), derived AS (
    SELECT DISTINCT ON (cell.subject_id, cell.purpose, cell.channel)
        cell.subject_id, cell.purpose, cell.channel, last.id, last.act
    FROM (
        SELECT subject_id, purpose, channel, min(sequence) AS since
        FROM entry WHERE purpose <> %(all)s GROUP BY 1, 2, 3
    ) cell
    JOIN entry last ON last.subject_id = cell.subject_id AND last.sequence >= cell.since
        AND (last.purpose = %(all)s
             OR (last.purpose = cell.purpose AND last.channel = cell.channel))
    ORDER BY cell.subject_id, cell.purpose, cell.channel, last.sequence DESC
), state AS (
    SELECT subject_id, purpose, channel, entry_id, act
    FROM privacy_consent
    WHERE (%(after)s::uuid IS NULL OR subject_id > %(after)s)
      AND (%(upto)s::uuid IS NULL OR subject_id <= %(upto)s)
)
SELECT subject_id, purpose, channel
FROM derived FULL JOIN state USING (subject_id, purpose, channel)
WHERE derived.id IS DISTINCT FROM state.entry_id OR derived.act IS DISTINCT FROM state.act
ORDER BY 1, 2, 3
"""
