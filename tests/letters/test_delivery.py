import logging
import smtplib
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kazvek.logs import JsonFormatter
from letters.models import Letter
from letters.tasks import forget_old, send, send_waiting
from tests.letters.outside import ADDRESS

LAST_HARVEST = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def make_letter(cause_letter):
    def make(to=ADDRESS, **words):
        cause_letter(to, **words)
        return Letter.objects.latest("pk")

    return make


def wait_no_longer():
    """The pause before the next attempt is over."""
    Letter.objects.filter(state=Letter.State.WAITING).update(due_at=timezone.now())


@pytest.mark.django_db
def test_a_sent_letter_leaves_nothing_of_what_it_said(post_office, make_letter):
    letter = make_letter()

    send(letter.pk)
    send(letter.pk)

    [(receivers, content)] = post_office.took
    assert receivers == [ADDRESS]
    assert b"Forty tonnes of wheat" in content
    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT
    assert bytes(letter.content) == b""
    assert letter.sent_at


@pytest.mark.django_db
def test_a_letter_that_is_gone_is_nothing_to_send(post_office):
    send(404)

    assert post_office.connections == 0


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_the_same_moment_send_each_letter_once(post_office, make_letter):
    letters = [make_letter(f"buyer-{number}@example.com") for number in range(4)]
    post_office.slowness = 0.1

    def work(number):
        try:
            if number % 2:
                send(letters[0].pk)
            else:
                send_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert sorted(receivers for receivers, _ in post_office.took) == [
        [f"buyer-{number}@example.com"] for number in range(4)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_slow_mail_server_keeps_no_transaction_open_and_gets_the_letter_once(
    post_office, make_letter, own_session
):
    letter = make_letter()
    post_office.slowness = 0.6
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '200ms'")

    try:
        send(letter.pk)
        send(letter.pk)
    finally:
        connection.close_pool()  # else the next test would get this connection

    assert len(post_office.took) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 1)


@pytest.mark.django_db
def test_a_letter_that_died_with_its_worker_waits_for_the_end_of_its_lease(
    post_office, make_letter
):
    letter = make_letter()
    Letter.objects.claim_next()  # and the worker dies

    send(letter.pk)
    assert not post_office.took
    with time_machine.travel(timezone.now() + Letter.LEASE):
        send(letter.pk)

    assert len(post_office.took) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 2)


@pytest.mark.django_db
def test_a_worker_that_comes_back_too_late_does_not_undo_what_another_has_sent(
    post_office, make_letter
):
    letter = make_letter()
    late = Letter.objects.claim_next()
    wait_no_longer()
    send(letter.pk)

    late.postpone("TimeoutError")
    late.bounce("SMTPRecipientsRefused 550")

    letter.refresh_from_db()
    assert (letter.state, letter.error) == (Letter.State.SENT, "")


@pytest.mark.django_db
def test_all_that_waits_goes_over_one_connection(post_office, make_letter):
    for number in range(5):
        make_letter(f"buyer-{number}@example.com")

    send_waiting()

    assert len(post_office.took) == 5
    assert post_office.connections == 1


@pytest.mark.django_db
def test_with_the_mail_server_down_letters_wait_longer_each_time_and_then_arrive(
    post_office, make_letter
):
    letter = make_letter()
    post_office.close()
    pauses = []

    for _ in range(8):
        send(letter.pk)
        letter.refresh_from_db()
        pauses.append((letter.due_at - timezone.now()).total_seconds() / 60)
        send(letter.pk)  # before its time: nothing happens
        wait_no_longer()

    for pause, expected in zip(pauses, [1, 2, 4, 8, 16, 32, 60, 60], strict=True):
        assert 0.79 * expected < pause < 1.21 * expected
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.WAITING, 8)
    assert letter.error == "ConnectionRefusedError"

    post_office.open()
    send_waiting()

    assert len(post_office.took) == 1
    letter.refresh_from_db()
    assert (letter.state, letter.error) == (Letter.State.SENT, "")


@pytest.mark.django_db
def test_a_mail_server_in_trouble_is_tried_with_one_letter_not_with_all(post_office, make_letter):
    for number in range(3):
        make_letter(f"buyer-{number}@example.com")
    post_office.close()

    send_waiting()

    assert sorted(Letter.objects.values_list("attempts", flat=True)) == [0, 0, 1]


@pytest.mark.django_db
def test_a_mail_server_that_never_answers_is_left_after_the_time_limit(settings, make_letter):
    letter = make_letter()
    settings.LETTERS_MAILER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.3

    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.EMAIL_HOST, settings.EMAIL_PORT = mute.getsockname()
        started = time.monotonic()
        send(letter.pk)

    assert time.monotonic() - started < 2
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (Letter.State.WAITING, 1)


@pytest.mark.django_db
def test_after_about_three_days_of_attempts_the_letter_is_given_up(post_office, make_letter):
    letter = make_letter()
    post_office.close()
    waited = timedelta()

    while letter.state == Letter.State.WAITING:
        wait_no_longer()
        send(letter.pk)
        letter.refresh_from_db()
        waited += letter.due_at - timezone.now()

    assert letter.state == Letter.State.FAILED
    assert timedelta(days=2.7) < waited < timedelta(days=3.3)


@pytest.mark.django_db
def test_a_refused_address_bounces_at_once_and_the_others_get_theirs(post_office, make_letter):
    refused = make_letter("gone@example.com")
    greylisted = make_letter("later@example.com")
    good = make_letter()
    post_office.refused_addresses = {
        "gone@example.com": "550 No such user gone@example.com",
        "later@example.com": "450 Come back later, later@example.com",
    }

    send_waiting()

    refused.refresh_from_db()
    greylisted.refresh_from_db()
    good.refresh_from_db()
    assert (refused.state, refused.error) == ("bounced", "SMTPRecipientsRefused 550")
    assert (greylisted.state, greylisted.error) == ("waiting", "SMTPRecipientsRefused 450")
    assert good.state == "sent"
    assert post_office.connections == 1


@pytest.mark.django_db
def test_a_refused_message_fails_at_once_and_the_others_go(post_office, make_letter):
    refused = make_letter(body="Cheap watches")
    put_off = make_letter(body="Cheap clocks")
    good = make_letter()
    post_office.refused_words = {b"watches": "554 No spam", b"clocks": "451 Local error"}

    send_waiting()

    refused.refresh_from_db()
    put_off.refresh_from_db()
    good.refresh_from_db()
    assert (refused.state, refused.error) == ("failed", "SMTPDataError 554")
    assert (put_off.state, put_off.error) == ("waiting", "SMTPDataError 451")
    assert good.state == "sent"


@pytest.mark.django_db
def test_a_mail_server_that_closes_for_today_keeps_the_letters_waiting(post_office, make_letter):
    first, second = make_letter(), make_letter("buyer@example.com")
    post_office.refused_addresses = {ADDRESS: "421 Closing"}

    send_waiting()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts) == ("waiting", 1)
    assert (second.state, second.attempts) == ("waiting", 0)


@pytest.mark.django_db
def test_the_log_tells_which_letter_and_why_but_never_whose(post_office, make_letter, caplog):
    caplog.set_level(logging.DEBUG)
    make_letter("gone@example.com", subject="Hello Gone")
    make_letter("later@example.com")
    make_letter()
    post_office.refused_addresses = {
        "gone@example.com": "550 No such user gone@example.com",
        "later@example.com": "450 Come back later, later@example.com",
    }

    send_waiting()

    lines = [
        JsonFormatter().format(record)
        for record in caplog.records
        if record.name.startswith("letters")
    ]
    assert [line for line in lines if "SMTPRecipientsRefused 550" in line]
    for secret in ("@", "example.com", "Hello", "wheat"):
        assert secret not in "\n".join(lines)


@pytest.mark.django_db
def test_after_a_month_a_letter_is_forgotten_unless_it_still_waits(post_office, make_letter):
    sent, bounced, waiting, recent = (
        make_letter(f"{word}@example.com") for word in ("sent", "bounced", "waiting", "recent")
    )
    send(sent.pk)
    send(recent.pk)
    post_office.refused_addresses = {"bounced@example.com": "550 No such user"}
    send(bounced.pk)
    long_ago = timezone.now() - Letter.KEPT_FOR - timedelta(minutes=1)
    Letter.objects.exclude(pk=recent.pk).update(created_at=long_ago)

    forget_old()

    assert set(Letter.objects.all()) == {waiting, recent}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "lost"},
        {"state": "sent", "sent_at": LAST_HARVEST},
        {"state": "sent", "content": b""},
        {"state": "waiting", "content": b""},
        {"state": "waiting", "sent_at": LAST_HARVEST},
        {"state": "failed"},
    ],
    ids=[
        "unknown state",
        "sent with content",
        "sent at no time",
        "waiting without content",
        "waiting though sent",
        "failed for no reason",
    ],
)
def test_the_database_refuses_a_letter_that_cannot_be(make_letter, impossible):
    letter = make_letter()

    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**impossible)

    letter.refresh_from_db()
    assert (letter.state, letter.sent_at) == ("waiting", None)


def test_errors_of_smtplib_are_errors_of_the_system():
    """On this `letters.delivery` relies, so that no kind of trouble stops the sweep for good."""
    assert issubclass(smtplib.SMTPException, OSError)
