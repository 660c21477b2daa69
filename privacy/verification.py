"""Are the ledger and the documents as they were? Finds what was changed behind our back."""

import itertools
import time

from django.db import connection, transaction
from django.utils import timezone

from privacy.documents import digest_of, record_of
from privacy.models import ConsentChain, ConsentEntry, LedgerRun, Subject, Version
from privacy.models.consents import BEFORE_THE_FIRST, EVERYTHING, text_hash
from privacy.purposes import Basis

ROWS_AT_ONCE = 2000
VERSIONS_AT_ONCE = 20
# Of a version, and far too long to come with each entry that names it.
TEXTS = ["record", "summary_kk", "summary_ru", "summary_en"]
# More would not tell the operator more.
MOST_FAULTS = 1000


def start_run() -> LedgerRun:
    """A new run, or the one that somebody killed left unfinished."""
    return LedgerRun.objects.get_or_create(finished_at=None)[0]


def go_on(run: LedgerRun, seconds: float) -> bool:
    """Verify for about this long, a person's whole chain at a time; whether the run is finished."""
    end = time.monotonic() + seconds
    with transaction.atomic():
        # Whoever else works on this run waits, and goes on where we end.
        run.refresh_from_db(from_queryset=LedgerRun.objects.select_for_update())
        if run.finished_at:
            return True
        # The cursor sees one moment of the database, so an act of this second is no fault.
        entries = (
            ConsentEntry.objects.order_by("subject_id", "sequence")
            .select_related("version", "subject__consent_chain")
            .defer(*(f"version__{column}" for column in TEXTS))
        )
        if run.reached:
            entries = entries.filter(subject__gt=run.reached)
        started_after = run.reached
        for subject, chain in itertools.groupby(
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
            for fault in itertools.chain(faults_of_documents(), faults_of_whole(run)):
                add(run, fault)
            former = former_runs(run).last()
            run.seal = run.expected_seal(former.seal if former else "")
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
        if entry.version_digest != (entry.version.digest if entry.version else ""):
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
                "objected": ConsentEntry.Act.OBJECTED,
                "contract": Basis.CONTRACT,
            },
        )
        for subject, purpose, channel in cursor.fetchall():
            cell = f"{purpose}/{channel}" if channel else purpose
            yield f"state of {cell} (person {subject}): not what the ledger says"


def faults_of_documents():
    """Where what people are shown is not what was published."""
    published = Version.objects.published().order_by("pk").prefetch_related("clauses")
    for version in published.iterator(VERSIONS_AT_ONCE):
        where = f"version {version.pk} ({version.document_id}, number {version.number})"
        if version.digest != digest_of(version.record):
            yield f"{where}: its record is not what was published"
        if not shows_its_record(version):
            yield f"{where}: what it shows is not what its record says"


def shows_its_record(version):
    try:
        return version.record == record_of(version, version.clauses.all())
    except ValueError:  # the number of a clause is none
        return False


def faults_of_whole(run):
    empty = ConsentChain.objects.filter(length__gt=0, subject__consent_entries=None)
    for chain in empty.iterator(ROWS_AT_ONCE):
        yield f"chain of person {chain.subject_id}: all its {chain.length} entries are missing"
    seal, former = "", None
    for former in former_runs(run).iterator(ROWS_AT_ONCE):
        if former.seal != former.expected_seal(seal):
            yield f"the run № {former.pk}: it is not as it was, or those before it are missing"
        seal = former.seal
    if former:
        left = ConsentEntry.objects.filter(pk__lte=former.last_entry).count()
        if left < former.entries:
            yield (
                f"the ledger: of {former.entries} entries that the run № {former.pk} verified "
                f"{former.entries - left} are missing"
            )


def former_runs(run):
    return LedgerRun.objects.exclude(pk=run.pk).exclude(finished_at=None).order_by("pk")


STATE_BESIDE_LEDGER = """
WITH entry AS (
    SELECT id, subject_id, sequence, act, purpose, channel, basis
    FROM privacy_consententry
    WHERE purpose <> ''
      AND NOT EXISTS (
          SELECT 1 FROM privacy_subject person
          WHERE person.id = subject_id AND person.state = %(erased)s
      )
      AND (%(after)s::uuid IS NULL OR subject_id > %(after)s)
      AND (%(upto)s::uuid IS NULL OR subject_id <= %(upto)s)
), own AS (
    SELECT DISTINCT ON (subject_id, purpose, channel) *
    FROM entry WHERE purpose <> %(all)s
    ORDER BY subject_id, purpose, channel, sequence DESC
), whole AS (
    SELECT DISTINCT ON (subject_id) *
    FROM entry WHERE purpose = %(all)s
    ORDER BY subject_id, sequence DESC
), derived AS (
    SELECT own.subject_id, own.purpose, own.channel,
        COALESCE(whole.id, own.id) AS id, COALESCE(whole.act, own.act) AS act
    FROM own
    LEFT JOIN whole ON whole.subject_id = own.subject_id AND whole.sequence > own.sequence
        AND own.act <> %(objected)s AND own.basis <> %(contract)s
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
