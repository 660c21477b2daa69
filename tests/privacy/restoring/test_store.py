"""The store outside the database: what is in it, and what happens when it is not there."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from privacy import tombstones
from privacy.consents import withdraw
from privacy.models import ConsentChain, StoredAct, Subject, SubjectIdentifier
from privacy.restoring import gate, replay, store
from privacy.restoring.tasks import forget_digests, store_acts
from tests.letters.outside import database_url


@pytest.fixture
def folder(settings):
    return Path(settings.TOMBSTONES_URL.removeprefix("file://"))


@pytest.fixture
def person(db):
    person = Subject.objects.create()
    SubjectIdentifier.objects.file(person, "email", "aigul@example.com")
    SubjectIdentifier.objects.file(person, "phone", "+77012345678")
    return person


def test_a_record_says_who_by_keyed_digests_only(folder, person):
    tombstones.bury([person.pk])

    [file] = [path for path in folder.rglob("*") if path.is_file()]
    text = file.read_text()
    record = json.loads(text)
    assert record["subject"] == str(person.pk)
    assert len(record["content"]["digests"]) == 2
    assert "aigul" not in text
    assert "7012345678" not in text


def test_who_is_buried_twice_has_one_tombstone(folder, person):
    tombstones.bury([person.pk])
    tombstones.bury([person.pk])

    assert StoredAct.objects.get().number == 1
    assert store.read(2) is None


@pytest.mark.django_db(transaction=True)
def test_a_mark_is_safe_in_the_database_before_the_store_has_it(folder, person):
    written, safe = [], []

    def watch(execute, sql, *others):
        done = execute(sql, *others)
        if sql.startswith('INSERT INTO "privacy_storedact"'):
            written.append(position("insert"))
        elif sql.startswith('UPDATE "privacy_storedact" SET "number"'):
            safe.append(position("flush"))
        return done

    def position(of):
        [[place]] = beside.execute(f"SELECT pg_current_wal_{of}_lsn() - '0/0'")
        return place

    with psycopg.connect(database_url(), autocommit=True) as beside:
        connection.cursor().execute("SET synchronous_commit = on")
        with connection.execute_wrapper(watch):
            tombstones.bury([person.pk])
        connection.cursor().execute("RESET synchronous_commit")

    assert safe[0] > written[0]


def test_a_withdrawal_waits_as_a_row_and_is_written_once(subject, occasion, policy):
    withdraw(subject, "news", "email", occasion)
    assert StoredAct.objects.get().number is None

    store_acts()
    store_acts()

    record = store.read(1)
    assert record["content"]["purpose"] == "news"
    assert record["content"]["hash"] == ConsentChain.objects.get().head
    assert StoredAct.objects.get().number == 1
    assert store.read(2) is None


def test_a_withdrawal_that_is_undone_leaves_nothing(folder, subject, occasion, policy):
    with transaction.atomic():
        withdraw(subject, "news", "email", occasion)
        transaction.set_rollback(True)
    store_acts()

    assert not StoredAct.objects.exists()
    assert not folder.exists()


def test_a_number_that_was_not_noted_is_found_again(person):
    other = Subject.objects.create()
    tombstones.bury([person.pk])
    StoredAct.objects.update(number=None)  # killed between the store and the commit

    tombstones.bury([other.pk, person.pk])

    assert dict(StoredAct.objects.values_list("subject", "number")) == {person.pk: 1, other.pk: 2}


def test_many_at_once_overwrite_nobody(transactional_db):
    people = [Subject.objects.create().pk for _ in range(12)]

    def bury(person):
        try:
            tombstones.bury([person])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as beside:
        list(beside.map(bury, people))

    numbers = set(StoredAct.objects.values_list("number", flat=True))
    assert numbers == set(range(1, len(numbers) + 1))
    acts = [act for number in numbers for act in tombstones.acts_in(store.read(number))]
    assert sorted(act["subject"] for act in acts) == sorted(map(str, people))
    assert not StoredAct.objects.filter(number=None).exists()


def test_many_buried_together_share_a_record_and_come_back_each(person):
    others = [Subject.objects.create() for _ in range(3)]
    people = {person.pk, *(other.pk for other in others)}
    tombstones.bury(people)
    assert {UUID(act["subject"]) for act in tombstones.acts_in(store.read(1))} == people
    assert store.read(2) is None
    StoredAct.objects.exclude(subject=person).delete()  # out of a backup
    StoredAct.objects.update(number=None)
    assert gate.compare() == gate.BEHIND
    with pytest.raises(tombstones.Behind):
        tombstones.bury([Subject.objects.create().pk])

    replay.bring_in()

    due = StoredAct.objects.filter(is_due=True, number=1)
    assert set(due.values_list("subject", flat=True)) == {other.pk for other in others}


def test_nobody_is_erased_while_the_store_is_away_and_the_site_goes_on(client, settings, person):
    tombstones.bury([person.pk])
    assert gate.compare() == ""
    other = Subject.objects.create()
    settings.TOMBSTONES_URL = f"file:///nowhere/{uuid4().hex}"

    with pytest.raises(store.Away):
        tombstones.bury([other.pk])

    gate.looked = None
    assert client.get("/readyz").json()["restore"] == {"ok": True}


def test_a_database_never_compared_waits_for_the_store(settings, person):
    tombstones.bury([person.pk])
    settings.TOMBSTONES_URL = f"file:///nowhere/{uuid4().hex}"

    assert gate.compare() == gate.UNKNOWN


def test_an_empty_store_in_place_of_ours_is_noticed_and_can_be_filled(folder, person, capsys):
    tombstones.bury([person.pk])
    there = store.read(1)
    shutil.rmtree(folder)
    folder.mkdir()
    assert gate.compare() == gate.FOREIGN
    with pytest.raises(CommandError):
        call_command("privacy", "replay")

    call_command("privacy", "refill")

    assert store.read(1) == there
    assert gate.compare() == ""


@pytest.mark.parametrize("change", ["subject", "at", "number", "seal"])
def test_a_record_somebody_else_wrote_erases_nobody(folder, person, change):
    tombstones.bury([person.pk])
    StoredAct.objects.all().delete()
    [file] = [path for path in folder.rglob("*") if path.is_file()]
    record = json.loads(file.read_text())
    is_one = str(record[change]).endswith("1")
    record[change] = 7 if change == "number" else record[change][:-1] + ("2" if is_one else "1")
    file.write_text(json.dumps(record))

    with pytest.raises(CommandError):
        call_command("privacy", "replay")

    assert not StoredAct.objects.exists()
    assert Subject.objects.get().state == "active"


def test_digests_go_with_the_last_backup(settings, person):
    tombstones.bury([person.pk])
    forget_digests()
    assert store.read(1)["content"]["digests"]
    old = timezone.now() - timedelta(days=settings.BACKUPS_KEPT_DAYS + 1)
    StoredAct.objects.update(at=old)

    forget_digests()

    assert store.read(1)["content"] == StoredAct.objects.get().content == {}
    assert gate.compare() == ""
