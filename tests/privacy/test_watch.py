from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from letters.models import Letter
from listings.models import Document, Leftover
from listings.watched import part_of_the_hour
from privacy import watch
from privacy.models import ConsentEntry, Request, SelfCheckRun, StaffAccess, Subject
from privacy.tasks import look_at_ourselves, verify_ledger
from tests.html import assert_valid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]


@pytest.fixture(autouse=True)
def files_of_its_own(private_folder):
    """Of each test."""


def found():
    """The faults of a self-check of now, by the name of the check."""
    look_at_ourselves()
    findings = SelfCheckRun.objects.first().findings
    return {name: finding["first"] for name, finding in findings.items()}


@pytest.mark.clause("P6.2")
def test_each_broken_promise_is_named_and_the_operator_written_to_once(
    aigul, marat, make_listing, policy, operator, mailoutbox
):
    assert found() == {}
    assert mailoutbox == []
    now = timezone.now()
    late = Request.objects.create(
        subject=aigul.subject, kind="access", due_at=now - timedelta(days=1)
    )
    cache.set("readyz", 1, timeout=None)
    for _each in range(31):
        StaffAccess.objects.create(
            subject=aigul.subject, by=marat.subject, reason="x", fields=["phone"], about="x"
        )
    stays = Leftover.objects.create(name="uploads/x", due_at=now - timedelta(days=2))
    part = part_of_the_hour()
    stray = storages["private"].save(f"documents/{part}/{uuid4().hex}.pdf", ContentFile(b"x"))
    listing = make_listing()
    for _each in range(256):
        Document.objects.create(
            listing=listing, file=f"documents/00/{uuid4().hex}.pdf", kind="pdf", name="x", size=1
        )
    Document.objects.update(uploaded_at=now - timedelta(hours=2))
    lost = Document.objects.get(
        pk__in=[d.pk for d in Document.objects.all() if d.pk % 256 == int(part, 16)]
    )

    findings = found()
    look_at_ourselves()

    assert findings == {
        "requests": [f"№ {late.pk}"],
        "keys": ["readyz"],
        "reveals": [f"{marat.subject.pk}: 31"],
        "purges": [f"№ {stays.pk}"],
        "files without rows": [stray],
        "rows without files": [f"document № {lost.pk}"],
    }
    [letter] = mailoutbox
    assert letter.to == [operator.email]
    assert "/admin/privacy/watch/" in letter.body
    storages["private"].delete(stray)


@pytest.mark.clause("P6.2")
@pytest.mark.django_db(transaction=True)
def test_one_broken_link_of_a_chain_raises_an_alarm_that_names_the_row(
    make_user, policy, mailoutbox, make_order
):
    make_order()
    entry = ConsentEntry.objects.first()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_consententry DISABLE TRIGGER append_only")
        cursor.execute("UPDATE privacy_consententry SET sentence = 'other'")
        cursor.execute("ALTER TABLE privacy_consententry ENABLE TRIGGER append_only")
    verify_ledger()

    findings = found()

    assert any(f"entry {entry.pk} " in fault for fault in findings["ledger"])
    assert "/admin/privacy/watch/" in mailoutbox[-1].body


@pytest.mark.clause("P6.2")
def test_when_the_scheduler_stops_the_alarm_is_raised_within_two_hours(
    client, policy, mailoutbox, time_machine
):
    look_at_ourselves()
    stopped = timezone.now()

    time_machine.move_to(stopped + timedelta(minutes=110))
    client.get("/readyz")
    assert mailoutbox == []
    time_machine.move_to(stopped + timedelta(minutes=121))
    client.get("/readyz")
    client.get("/readyz")

    [letter] = mailoutbox
    assert letter.subject
    assert "/admin/privacy/watch/" in letter.body


def test_a_check_that_breaks_is_a_finding_and_the_others_go_on(aigul, monkeypatch):
    def break_down():
        yield from Subject.objects.extra(where=["no_such_column"])  # noqa: S610

    broken = watch.Check("broken", "It breaks", break_down)
    monkeypatch.setitem(watch.CHECKS, "broken", broken)
    monkeypatch.setattr(watch, "CHECKS", {"broken": broken} | watch.CHECKS)
    late = Request.objects.create(
        subject=aigul.subject, kind="access", due_at=timezone.now() - timedelta(days=1)
    )

    findings = found()

    assert findings["broken"] == ["the check itself failed: ProgrammingError"]
    assert findings["requests"] == [f"№ {late.pk}"]


def test_the_notes_of_the_watch_are_sealed_and_cannot_be_changed():
    look_at_ourselves()
    look_at_ourselves()
    for act in (
        "UPDATE privacy_selfcheckrun SET findings = '{}'",
        "DELETE FROM privacy_selfcheckrun",
    ):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)
    assert found() == {}

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_selfcheckrun DISABLE TRIGGER append_only")
        cursor.execute("UPDATE privacy_selfcheckrun SET started_at = now() - interval '1 day'")
        cursor.execute("ALTER TABLE privacy_selfcheckrun ENABLE TRIGGER append_only")

    assert len(found()["runs"]) == 3


def test_the_command_names_the_faults_and_ends_with_one(aigul, capsys):
    call_command("watch")
    assert "no fault" in capsys.readouterr().out
    late = Request.objects.create(
        subject=aigul.subject, kind="access", due_at=timezone.now() - timedelta(days=1)
    )

    with pytest.raises(CommandError) as refusal:
        call_command("watch")

    assert refusal.value.returncode == 1
    assert f"requests: № {late.pk}" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_staff_see_the_watch_on_a_page(staff, aigul, language):
    client = staff
    client.cookies["language"] = language
    assert client.get("/admin/privacy/watch/").status_code == 200
    Request.objects.create(
        subject=aigul.subject, kind="access", due_at=timezone.now() - timedelta(days=1)
    )
    look_at_ourselves()

    page = client.get("/admin/privacy/watch/")

    assert page.status_code == 200
    assert f"№ {Request.objects.get().pk}" in page.content.decode()
    assert_valid(page)


def test_letters_that_do_not_leave_are_noticed(aigul):
    Letter.objects.create(
        recipient="a@example.com",
        sender="b@example.com",
        content=b"x",
        due_at=timezone.now() - timedelta(hours=2),
    )

    assert found() == {"letters": [f"№ {Letter.objects.get().pk}"]}
