"""A backup is restored: nothing is served until what was erased and withdrawn since is so again."""

import os
import subprocess
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from letters.models import Letter
from letters.tasks import send_waiting
from local.postgres import program
from privacy import tombstones
from privacy.consents import allows, entries_seen, give, object_to, withdraw, withdraw_all
from privacy.models import Consent, ConsentEntry, StoredAct, Subject, SubjectIdentifier
from privacy.models.consents import text_hash
from privacy.restoring import gate, replay
from privacy.restoring.tasks import store_acts
from privacy.sentences import consent_sentence
from tests.letters.outside import direct_database_url


@pytest.fixture
def administration(transactional_db):
    """Beside the portal's own connections, which end when their database goes."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as beside:
        yield beside


@pytest.fixture
def databases(administration):
    """`copy(of, to)`: another database in the place of what was there."""
    ours, made = connection.settings_dict["NAME"], set()

    def copy(of, to):
        connection.close()
        connection.close_pool()
        # Also what a server or a thread of a test before left open.
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        administration.execute(ending, [of])
        administration.execute(f'DROP DATABASE IF EXISTS "{to}" WITH (FORCE)')
        administration.execute(f'CREATE DATABASE "{to}" TEMPLATE "{of}"')
        made.add(to)

    yield copy
    for name in made - {ours}:
        administration.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def back_up(databases):
    """`restore = back_up()`: what `restore()` puts back, as dropdb, createdb and pg_restore do."""
    ours = connection.settings_dict["NAME"]

    def back_up():
        backup = f"backup_{uuid4().hex}"
        databases(ours, backup)

        def restore():
            databases(backup, ours)
            gate.looked = None  # a portal that has just been started

        return restore

    return back_up


@pytest.fixture
def erasing(monkeypatch):
    """What an erasure leaves of an account, in short."""

    def erase(people):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for user in User.objects.filter(subject__in=people):
                user.emailaddress_set.all().delete()
                User.objects.filter(pk=user.pk).delete()
            SubjectIdentifier.objects.filter(subject__in=people).delete()
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        Subject.objects.filter(pk__in=people).update(
            state=Subject.State.ERASED, erased_at=timezone.now()
        )

    monkeypatch.setattr(replay, "ERASE", [erase])

    def bury_and_erase(*people):
        tombstones.bury({person.pk for person in people})
        erase({person.pk for person in people})

    return bury_and_erase


@pytest.fixture
def agree(occasion, policy):
    def agree(person, purpose="news", channel="email"):
        shown = text_hash(consent_sentence(purpose, channel))
        give(person, purpose, channel, occasion, shown=shown, seen=entries_seen(person))

    return agree


def is_back(email):
    return User.objects.filter(email=email).exists()


def serves(client):
    gate.looked = None
    return client.get("/en/help/").status_code == 200


@pytest.mark.clause("P5.1c", "P5.2b", "P6.1a")
def test_the_portal_is_shut_until_all_is_done_again(
    client, back_up, erasing, agree, occasion, make_user, capsys
):
    [aigul, marat, dana] = [make_user(f"{name}@example.com") for name in ("aigul", "marat", "dana")]
    for user in (aigul, marat, dana):
        agree(user.subject)
    restore = back_up()
    erasing(aigul.subject)
    withdraw(marat.subject, "news", "email", occasion)
    store_acts()
    assert serves(client)

    restore()

    assert is_back("aigul@example.com")
    assert allows(marat.subject, "news", "email")
    answer = client.get("/en/help/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "The portal is being restored" in answer.content.decode()
    assert client.post("/en/accounts/login/").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json()["restore"] == {"ok": False, "reason": gate.BEHIND}
    with pytest.raises(CommandError):
        call_command("privacy", "gate")

    call_command("privacy", "replay")

    assert capsys.readouterr().out.split("\n")[:4] == [
        "       1 erasures",
        "       1 withdrawals",
        "       1 people erased again",
        "       1 consents withdrawn again",
    ]
    assert serves(client)
    assert not is_back("aigul@example.com")
    assert not allows(marat.subject, "news", "email")
    assert allows(dana.subject, "news", "email")
    assert Subject.objects.get(pk=dana.subject_id).state == "active"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_speaks_the_readers_language(client, db, monkeypatch, language):
    monkeypatch.setattr(gate, "looked", gate.Look(gate.BEHIND, float("inf")))

    page = client.get(f"/{language}/").content.decode()

    words = {"kk": "Портал қалпына келтіріліп", "ru": "Портал восстанавливается"}
    assert words.get(language, "The portal is being restored") in page


def test_replaying_twice_changes_nothing_more(back_up, erasing, agree, occasion, make_user):
    aigul, marat = make_user("aigul@example.com"), make_user("marat@example.com")
    agree(marat.subject)
    restore = back_up()
    erasing(aigul.subject)
    withdraw(marat.subject, "news", "email", occasion)
    store_acts()
    restore()

    replay.replay()
    entries = list(ConsentEntry.objects.values_list("pk", flat=True))
    again = replay.replay()

    assert set(again.values()) == {0}
    assert list(ConsentEntry.objects.values_list("pk", flat=True)) == entries


def test_what_was_killed_in_the_middle_leaves_the_gate_shut(
    client, back_up, erasing, make_user, monkeypatch
):
    aigul, marat = make_user("aigul@example.com"), make_user("marat@example.com")
    restore = back_up()
    erasing(aigul.subject, marat.subject)
    restore()

    def killed(people):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(replay, "ERASE", [killed])
        with pytest.raises(KeyboardInterrupt):
            replay.replay()
    assert not serves(client)

    replay.replay()

    assert serves(client)
    assert not User.objects.exists()


def test_without_anybody_who_can_erase_the_portal_stays_shut(
    client, back_up, erasing, make_user, monkeypatch
):
    aigul = make_user("aigul@example.com")
    restore = back_up()
    erasing(aigul.subject)
    restore()
    monkeypatch.setattr(replay, "ERASE", [])

    with pytest.raises(CommandError, match="1 people could not be erased again"):
        call_command("privacy", "replay")

    assert not serves(client)


ENDS = {
    "one consent": lambda person, occasion: withdraw(person, "news", "email", occasion),
    "all": lambda person, occasion: withdraw_all(person, occasion, sentence="All of it."),
    "objection": lambda person, occasion: object_to(person, "statistics", occasion, sentence="No."),
}


def states(person):
    return dict(Consent.objects.filter(subject=person).values_list("purpose", "act"))


@pytest.mark.parametrize("end", ENDS)
def test_whatever_ended_a_consent_ends_it_again(back_up, agree, occasion, make_user, end):
    marat = make_user("marat@example.com")
    agree(marat.subject)
    restore = back_up()
    ENDS[end](marat.subject, occasion)
    before = states(marat.subject)
    [last] = ConsentEntry.objects.of(marat.subject).reverse()[:1]
    store_acts()
    restore()

    replay.replay()

    assert states(marat.subject) == before
    [entry] = ConsentEntry.objects.of(marat.subject).reverse()[:1]
    for name in ("act", "purpose", "channel", "basis", "sentence", "form", "button", "version"):
        assert getattr(entry, name) == getattr(last, name)
    call_command("ledger", "verify")


def test_who_came_back_is_somebody_new(
    back_up, erasing, make_user, make_order, make_listing, occasion
):
    """The database is younger than the erasure here; only what it knew of the store is lost."""
    wheat = make_listing(price=98_000, quantity=1000)
    make_order(wheat, email="Aigul@example.com")
    guest = Subject.objects.latest("created_at")
    make_order(wheat, email="other@example.com")
    other = Subject.objects.latest("created_at")
    aigul = make_user("aigul@example.com")
    SubjectIdentifier.objects.file(aigul.subject, "email", "aigul@example.com")
    erasing(aigul.subject)
    again = make_user("aigul@example.com")
    make_order(wheat, email="aigul@example.com")
    guest_again = Subject.objects.latest("created_at")
    StoredAct.objects.all().delete()
    gate.looked = None

    replay.replay()

    states = dict(Subject.objects.values_list("pk", "state"))
    assert states[guest.pk] in replay.GONE
    assert {states[person.pk] for person in (other, again.subject, guest_again)} == {"active"}
    assert is_back("aigul@example.com")


def test_a_number_used_again_is_nobodys(make_user):
    number = uuid4()
    tombstones.bury([number])
    StoredAct.objects.all().delete()
    marat = make_user("marat@example.com", subject=Subject.objects.create(pk=number))

    replay.replay()

    assert StoredAct.objects.get().subject_id == number
    marat.subject.refresh_from_db()
    assert marat.subject.state == "active"
    assert is_back("marat@example.com")


def test_letters_wait_while_the_portal_is_shut(db, monkeypatch, settings, tmp_path):
    settings.LETTERS_FOLDER = tmp_path
    Letter.objects.create(recipient="a@b.example", content=b"To: a@b.example\r\n\r\nx")
    monkeypatch.setattr(gate, "looked", gate.Look(gate.BEHIND, float("inf")))
    send_waiting()
    assert not list(tmp_path.iterdir())

    monkeypatch.setattr(gate, "looked", gate.Look("", float("inf")))
    send_waiting()

    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.proof
def test_a_dump_by_the_tools_of_postgresql_is_recognised(
    client, administration, erasing, make_user, tmp_path
):
    make_user("marat@example.com")
    saule = make_user("saule@example.com")
    ours, dump = connection.settings_dict["NAME"], tmp_path / "kazvek.dump"
    dumping = [
        program("pg_dump"),
        "--format=custom",
        f"--file={dump}",
        f"--dbname={direct_database_url()}",
    ]
    subprocess.run(dumping, check=True)
    erasing(saule.subject)
    connection.close()
    connection.close_pool()
    administration.execute(f'DROP DATABASE "{ours}" WITH (FORCE)')
    administration.execute(f'CREATE DATABASE "{ours}"')
    restoring = [
        program("pg_restore"),
        "--exit-on-error",
        f"--dbname={direct_database_url()}",
        dump,
    ]
    subprocess.run(restoring, check=True)

    assert not serves(client)
    call_command("privacy", "replay")

    assert serves(client)
    assert not is_back("saule@example.com")
    assert is_back("marat@example.com")
