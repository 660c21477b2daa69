import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kazvek.logs import JsonFormatter
from privacy.acknowledgements import acknowledge, versions_in_force
from privacy.consents import allows, give, object_to, refuse, withdraw, withdraw_all
from privacy.ledger import PROCESSING, append, locked_chain
from privacy.models import (
    Consent,
    ConsentChain,
    ConsentEntry,
    ConsentEvidence,
    LedgerRun,
    ProcessingAct,
    Request,
    RequestStep,
    Subject,
)
from privacy.models.consents import text_hash
from privacy.requests import file_request
from privacy.sentences import acknowledgement_sentence, consent_sentence
from privacy.tasks import verify_ledger
from privacy.verification import start_run

Act = ConsentEntry.Act


@pytest.fixture
def agree(occasion):
    def agree(subject, purpose="news", channel="email", seen=None):
        if seen is None:
            seen = subject.consent_entries.count()
        shown = text_hash(consent_sentence(purpose, channel))
        give(subject, purpose, channel, occasion, shown=shown, seen=seen)

    return agree


@pytest.fixture
def lived(policy, agree, occasion):
    """A person with a chain of seven entries."""
    subject = Subject.objects.create()
    agree(subject)
    agree(subject, "offers", "phone")
    withdraw(subject, "news", "email", occasion)
    refuse(subject, "offers", "post", occasion)
    object_to(subject, "analytics", occasion, sentence="The browser objects.")
    withdraw_all(subject, occasion, sentence="Withdraw all")
    agree(subject, "promotions", "email")
    return subject


def faults():
    """What the command names, and the code it ends with."""
    try:
        call_command("ledger", "verify")
    except CommandError as error:
        return error.returncode, LedgerRun.objects.first().faults
    return 0, LedgerRun.objects.first().faults


def behind_the_back(sql, *values):
    """As a superuser who switches the triggers off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what came before was in order
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_an_entry_says_all_that_was_shown_and_done(policy, subject, agree):
    moment = timezone.now() + timedelta(days=100)
    with time_machine.travel(moment, tick=False):
        agree(subject)

    entry = ConsentEntry.objects.get()
    assert entry.sentence == consent_sentence("news", "email")
    assert entry.sentence_hash == text_hash(entry.sentence)
    assert (entry.act, entry.purpose, entry.channel) == ("given", "news", "email")
    assert (entry.basis, entry.processing) == ("consent", "recording")
    assert (entry.version, entry.version_digest) == (policy, policy.digest)
    assert (entry.language, entry.form, entry.button) == ("ru", "test form", "Yes")
    assert entry.at == moment
    assert (entry.evidence.network, entry.evidence.browser) == ("203.0.113.0/24", "Firefox")


def test_an_untouched_ledger_verifies(lived):
    code, found = faults()

    assert (code, found) == (0, [])
    assert LedgerRun.objects.get().entries == 7
    assert [entry.sequence for entry in ConsentEntry.objects.of(lived)] == list(range(1, 8))


def test_the_chain_still_verifies_when_erasure_took_the_evidence(lived):
    ConsentEvidence.objects.all().delete()

    assert faults() == (0, [])


@pytest.mark.clause("P6.1a")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE privacy_consententry SET act = 'given'",
        "UPDATE privacy_consententry SET act = 'given' WHERE false",
        "DELETE FROM privacy_consententry",
        "TRUNCATE privacy_consententry CASCADE",
        "TRUNCATE privacy_subject CASCADE",
        "UPDATE privacy_consentevidence SET network = ''",
        "TRUNCATE privacy_consentevidence",
        "UPDATE privacy_requeststep SET state = 'answered'",
        "UPDATE privacy_requeststep SET reason = 'Another.'",
        "UPDATE privacy_requeststep SET reason = '', at = now() + interval '1 day'",
        "UPDATE privacy_requeststep SET reason = '', id = id + 1000",
        "DELETE FROM privacy_requeststep",
        "TRUNCATE privacy_requeststep",
    ],
)
def test_sql_cannot_change_the_ledger_or_the_history_of_requests(lived, sql):
    file_request(lived, Request.Kind.ERASURE, language="en")

    cursor = connection.cursor()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE waits for them otherwise

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute(sql)

    assert ConsentEntry.objects.count() == ConsentEvidence.objects.count() == 7
    assert RequestStep.objects.count() == 3
    assert faults() == (0, [])


@pytest.mark.clause("P6.1a")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("act", "given"),
        ("purpose", "offers"),
        ("channel", "post"),
        ("scope", json.dumps(["foreign.example"])),
        ("basis", "contract"),
        ("processing", "transfer"),
        ("version_id", None),
        ("version_digest", "0" * 64),
        ("sentence", "I agree to everything."),
        ("sentence_hash", "0" * 64),
        ("language", "en"),
        ("form", "another"),
        ("button", "No"),
        ("at", "2020-01-01T00:00:00Z"),
        ("hash", "0" * 64),
        ("previous_hash", "0" * 64),
        ("sequence", 30),
        ("subject_id", "00000000-0000-4000-8000-000000000000"),
    ],
)
def test_a_row_changed_with_triggers_off_is_found_and_named(lived, column, value):
    Subject.objects.create(pk="00000000-0000-4000-8000-000000000000")
    victim = ConsentEntry.objects.get(subject=lived, sequence=3)

    behind_the_back(
        f"UPDATE privacy_consententry SET {column} = %s WHERE id = %s", value, victim.pk
    )

    code, found = faults()
    assert code == 1
    assert any(fault.startswith(f"entry {victim.pk} (") for fault in found)


def test_a_row_deleted_with_triggers_off_is_found(lived):
    victim = ConsentEntry.objects.get(subject=lived, sequence=4)
    behind_the_back("DELETE FROM privacy_consententry WHERE id = %s", victim.pk)

    code, found = faults()

    assert code == 1
    assert (
        f"entry {victim.pk + 1} (person {lived.pk}, number 5): number 4 is missing before it"
        in found
    )


def test_a_chain_cut_short_is_found(lived):
    behind_the_back("DELETE FROM privacy_consententry WHERE sequence = 7")

    code, found = faults()

    assert code == 1
    assert f"chain of person {lived.pk}: entries after number 6 are missing or foreign" in found


def test_a_chain_computed_anew_is_found_because_the_seal_needs_the_key(lived):
    behind_the_back("DELETE FROM privacy_consententry WHERE sequence = 7")
    head = ConsentEntry.objects.get(sequence=6).hash
    ConsentChain.objects.update(length=6, head=head)

    code, found = faults()

    assert code == 1
    assert f"chain of person {lived.pk}: its seal was not made by the portal" in found


def test_a_person_whose_whole_chain_went_is_found(lived):
    assert faults() == (0, [])
    behind_the_back("DELETE FROM privacy_consententry")

    code, found = faults()

    assert code == 1
    assert f"chain of person {lived.pk}: all its 7 entries are missing" in found
    assert any("of 7 entries" in fault and fault.endswith("7 are missing") for fault in found)


def test_a_state_that_is_not_what_the_ledger_says_is_found(lived):
    Consent.objects.filter(purpose="news", channel="email").update(act=Act.GIVEN)

    code, found = faults()

    assert code == 1
    assert found == [f"state of news/email (person {lived.pk}): not what the ledger says"]


def test_a_state_without_any_entry_is_found(lived):
    Consent.objects.create(
        subject=lived,
        purpose="group",
        channel="email",
        act=Act.GIVEN,
        entry=ConsentEntry.objects.get(sequence=1),
    )

    code, found = faults()

    assert code == 1
    assert found == [f"state of group/email (person {lived.pk}): not what the ledger says"]


@pytest.mark.clause("P7.1a")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE privacy_version SET title_en = 'Another'",
        "UPDATE privacy_version SET summary_kk = 'Another'",
        "UPDATE privacy_version SET is_material = NOT is_material",
        "UPDATE privacy_version SET effective_at = effective_at + interval '1 day'",
        "UPDATE privacy_version SET published_at = published_at - interval '1 day'",
        "UPDATE privacy_version SET number = 7",
        "UPDATE privacy_version SET record = '{}'",
        "UPDATE privacy_version SET record = '{}',"
        " digest = encode(sha256(convert_to('{}', 'UTF8')), 'hex')",
        "UPDATE privacy_version SET digest = repeat('0', 64)",
        "UPDATE privacy_clause SET text_en = 'You owe us your farm.' WHERE number = '1'",
        "UPDATE privacy_clause SET purposes = '{analytics}' WHERE number = '1'",
        "UPDATE privacy_clause SET is_suspended = TRUE WHERE number = '2'",
        "UPDATE privacy_clause SET number = 'x' WHERE number = '2'",
        "DELETE FROM privacy_clause WHERE number = '2'",
    ],
)
def test_a_published_document_changed_with_triggers_off_is_found(policy, change):
    assert faults() == (0, [])

    behind_the_back(change)

    code, found = faults()
    assert code == 1
    assert all(fault.startswith(f"version {policy.pk} (privacy, number ") for fault in found)


def test_a_document_that_went_is_missed_by_who_agreed_to_it(policy, subject, agree):
    agree(subject)
    behind_the_back("DELETE FROM privacy_version")

    code, found = faults()

    assert code == 1
    assert any(fault.endswith("the document it names is not what it was") for fault in found)


def test_documents_announced_from_another_time_zone_verify(publish_version):
    at = datetime(2030, 3, 3, 9, 20, tzinfo=ZoneInfo("Asia/Almaty"))
    publish_version(effective_at=at)

    assert faults() == (0, [])


def test_the_texts_of_a_document_do_not_come_with_each_entry(lived):
    with CaptureQueriesContext(connection) as queries:
        faults()

    [of_entries] = [
        query["sql"] for query in queries if 'ORDER BY "privacy_consententry"' in query["sql"]
    ]
    assert '"privacy_version"."digest"' in of_entries
    assert '"privacy_version"."record"' not in of_entries


def test_a_chain_put_back_as_it_once_was_is_found_if_a_run_had_counted_it(policy, agree, occasion):
    subject = Subject.objects.create()
    agree(subject)
    before = ConsentChain.objects.values().get()
    withdraw(subject, "news", "email", occasion)
    assert faults() == (0, [])

    behind_the_back("DELETE FROM privacy_consentevidence")
    behind_the_back("UPDATE privacy_consent SET act = 'given', entry_id = entry_id - 1")
    behind_the_back("DELETE FROM privacy_consententry WHERE sequence = 2")
    ConsentChain.objects.update(**before)

    run = LedgerRun.objects.get()
    assert faults() == (
        1,
        [f"the ledger: of 2 entries that the run № {run.pk} verified 1 are missing"],
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE privacy_ledgerrun SET entries = 0 WHERE id = %s",
        "UPDATE privacy_ledgerrun SET last_entry = 0 WHERE id = %s",
        "UPDATE privacy_ledgerrun SET faults = '[\"x\"]' WHERE id = %s",
        "UPDATE privacy_ledgerrun SET finished_at = now() WHERE id = %s",
        "UPDATE privacy_ledgerrun SET seal = '' WHERE id = %s",
        "DELETE FROM privacy_ledgerrun WHERE id < %s",
    ],
)
def test_a_run_that_was_changed_or_whose_forerunner_went_is_found(lived, change):
    assert faults() == faults() == faults() == (0, [])
    last = LedgerRun.objects.first()

    behind_the_back(change, last.pk)

    code, found = faults()
    assert code == 1
    assert f"the run № {last.pk}: it is not as it was, or those before it are missing" in found


def test_two_runs_at_the_same_time_are_one(lived):
    first = start_run()

    assert start_run() == first
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        LedgerRun.objects.create()

    assert LedgerRun.objects.get() == first


def test_the_seal_of_each_run_is_kept_outside_the_database_too(lived, caplog):
    caplog.set_level(logging.INFO)

    verify_ledger()

    seal = LedgerRun.objects.get().seal
    assert len(seal) == 64
    assert any(seal in JsonFormatter().format(record) for record in caplog.records)


@pytest.mark.parametrize("purpose", ["statistics", "analytics"])
def test_an_objection_outlives_the_withdrawal_of_all_consents(
    publish_version, subject, agree, occasion, purpose
):
    publish_version("privacy", purposes=["news", "statistics", "analytics"])
    agree(subject)
    object_to(subject, purpose, occasion, sentence="The browser objects.")

    withdraw_all(subject, occasion, sentence="Withdraw all")

    assert not allows(subject, purpose)
    assert not allows(subject, "news", "email")
    assert Consent.objects.get(purpose=purpose).act == Act.OBJECTED
    assert faults() == (0, [])


@pytest.mark.clause("P1.3")
def test_an_unknown_processing_act_is_refused_by_the_database(policy, subject, occasion):
    with pytest.raises(IntegrityError, match="processing_known"), transaction.atomic():
        ConsentEntry.objects.create(
            subject=subject, sequence=1, act="refused", processing="selling", at=policy.published_at
        )

    assert not ConsentEntry.objects.exists()


@pytest.mark.clause("P1.3")
def test_the_kinds_of_processing_are_the_closed_list_of_the_policy():
    assert set(ProcessingAct.values) == {
        *("access", "accumulation", "blocking", "clarification", "collection", "deletion"),
        *("depersonalisation", "distribution", "provision", "recording", "storage"),
        *("systematisation", "transfer", "updating", "other"),
    }
    with pytest.raises(ValueError, match="selling"):
        ProcessingAct("selling")


@pytest.mark.clause("P1.3")
def test_every_act_of_the_ledger_and_every_request_is_one_of_that_list(lived, agree, occasion):
    versions = versions_in_force()
    shown = text_hash(acknowledgement_sentence(versions))
    acknowledge(lived, versions, occasion, shown=shown)

    kinds = dict(ConsentEntry.objects.of(lived).values_list("act", "processing"))

    assert kinds == {
        "given": ProcessingAct.RECORDING,
        "acknowledged": ProcessingAct.RECORDING,
        "refused": ProcessingAct.RECORDING,
        "withdrawn": ProcessingAct.BLOCKING,
        "objected": ProcessingAct.BLOCKING,
    }
    assert set(PROCESSING) == set(Act)
    assert set(Request.PROCESSING) == set(Request.Kind)
    assert all(type(act) is ProcessingAct for act in PROCESSING.values())
    assert all(type(act) is ProcessingAct for act in Request.PROCESSING.values())


@pytest.mark.clause("P1.3")
def test_an_act_the_ledger_does_not_know_raises_and_writes_nothing(policy, subject, occasion):
    with pytest.raises(KeyError), transaction.atomic():
        append(locked_chain(subject), "sold", occasion, sentence="", basis="consent", version=None)

    assert not ConsentEntry.objects.exists()


def test_beat_verifies_and_keeps_a_row_of_each_run(lived):
    verify_ledger()
    verify_ledger()

    assert [run.faults for run in LedgerRun.objects.exclude(finished_at=None)] == [[], []]


def test_a_long_ledger_is_verified_in_steps(policy, agree, monkeypatch):
    people = [Subject.objects.create() for _ in range(3)]
    for subject in people:
        agree(subject)
    behind_the_back(
        "UPDATE privacy_consententry SET button = '' WHERE subject_id = %s", people[1].pk
    )
    monkeypatch.setattr("privacy.tasks.SECONDS", 0)

    verify_ledger()
    unfinished = LedgerRun.objects.get()
    assert (unfinished.entries, unfinished.finished_at) == (1, None)
    for _ in range(3):
        verify_ledger()

    run = LedgerRun.objects.get()
    assert run.finished_at
    assert run.entries == 3
    assert len(run.faults) == 1
    assert str(people[1].pk) in run.faults[0]


@pytest.mark.django_db(transaction=True)
def test_acts_of_one_person_from_many_connections_make_one_unbroken_chain(policy, occasion):
    subject = Subject.objects.create()

    def act(number):
        try:
            withdraw(subject, "news", "email", occasion)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(40)))

    sequence = [entry.sequence for entry in ConsentEntry.objects.of(subject)]
    assert sequence == list(range(1, 41))
    assert faults() == (0, [])


@pytest.mark.django_db(transaction=True)
def test_one_person_never_waits_for_another(policy, occasion):
    one, other = Subject.objects.create(), Subject.objects.create()

    def act():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '3s'")
                withdraw(other, "news", "email", occasion)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        withdraw(one, "news", "email", occasion)
        pool.submit(act).result()

    assert ConsentEntry.objects.get(subject=other).sequence == 1


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_nothing(policy, occasion):
    subject = Subject.objects.create()

    with transaction.atomic():
        chain = locked_chain(subject)
        append(chain, Act.REFUSED, occasion, sentence="", basis="consent", version=None)
        transaction.set_rollback(True)

    assert not ConsentEntry.objects.exists()
    assert not ConsentChain.objects.exists()
