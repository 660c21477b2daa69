import base64
import json
import socket
import time

import pytest
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from letters.models import Letter
from letters.tasks import send
from tests.letters.outside import ADDRESS


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_promised_by_the_transaction_and_handed_over_after_it(broker, cause_letter):
    with transaction.atomic():
        cause_letter()
        assert broker.waiting() == []

    letter = Letter.objects.get()
    assert letter.state == Letter.State.WAITING
    assert letter.recipient == ADDRESS
    assert len(broker.waiting()) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_causes_no_letter(broker, cause_letter):
    with transaction.atomic():
        cause_letter()
        transaction.set_rollback(True)

    assert not Letter.objects.exists()
    assert broker.waiting() == []


@pytest.mark.django_db(transaction=True)
def test_the_queue_learns_the_number_of_the_letter_and_nothing_of_what_it_says(
    broker, cause_letter
):
    cause_letter()

    [promise] = [json.loads(raw) for raw in broker.waiting()]
    args, kwargs, _ = json.loads(base64.b64decode(promise["body"]))
    assert args == [Letter.objects.get().pk]
    assert kwargs == {}
    for secret in (ADDRESS, "harvest", "wheat"):
        assert secret not in json.dumps(promise)
        assert secret not in str(Letter.objects.get())


@pytest.mark.django_db(transaction=True)
def test_every_receiver_gets_the_letter_and_a_blind_one_is_not_named(broker, post_office):
    EmailMessage(
        "Your harvest",
        "Forty tonnes.",
        "no-reply@kazvek.example",
        ["first@example.com", "Сергей Ковальчук <second@example.com>"],
        cc=["third@example.com", "first@example.com"],
        bcc=["fourth@example.com"],
    ).send()

    for letter in Letter.objects.all():
        send(letter.pk)

    assert sorted(receivers for receivers, _ in post_office.took) == [
        ["first@example.com"],
        ["fourth@example.com"],
        ["second@example.com"],
        ["third@example.com"],
    ]
    assert len({content for _, content in post_office.took}) == 1
    assert b"fourth" not in post_office.took[0][1]


@pytest.mark.django_db(transaction=True)
def test_a_letter_arrives_as_django_would_have_sent_it(broker, post_office):
    letter = EmailMultiAlternatives(
        "Сіздің астығыңыз",
        "Қырық тонна бидай.\n.\nFrom the field\n",
        "Kazvek <no-reply@kazvek.example>",
        ["buyer@example.com"],
        headers={"X-Kind": "harvest", "Message-ID": "<one@kazvek.example>"},
        reply_to=["support@kazvek.example"],
    )
    letter.attach_alternative("<p>Қырық тонна бидай.</p>", "text/html")
    letter.attach("слип.bin", b"\x00\xff\r\n.\r\n", "application/octet-stream")

    letter.send()
    send(Letter.objects.get().pk)

    [(_, content)] = post_office.took
    assert b"Message-ID: <one@kazvek.example>" in content
    assert b"X-Kind: harvest" in content
    assert b"Reply-To: support@kazvek.example" in content
    assert b"Auto-Submitted: auto-generated" in content
    assert b"\r\n.\r\nFrom the field" in content
    assert base64.b64encode(b"\x00\xff\r\n.\r\n") in content
    assert "<p>Қырық тонна бидай.</p>".encode() in content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "injected",
    [
        {"subject": "Hello\nBcc: victim@example.com"},
        {"to": ["buyer@example.com\nBcc: victim@example.com"]},
        {"bcc": ["buyer@example.com\r\nDATA"]},
        {"from_email": "Kazvek\r\nBcc: victim@example.com <no-reply@kazvek.example>"},
        {"headers": {"X-Kind": "one\r\nBcc: victim@example.com"}},
        {"headers": {"Message-ID": "<one>\r\nBcc: victim@example.com"}},
    ],
    ids=lambda injected: next(iter(injected)),
)
def test_a_line_break_in_a_header_is_refused(injected):
    message = EmailMessage(
        **{"subject": "Hello", "body": "Hello", "to": ["buyer@example.com"]} | injected
    )

    with pytest.raises((BadHeaderError, ValueError)):
        message.send()

    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_of_several_letters_all_are_written_or_none():
    good = EmailMessage("Hello", "Hello", to=["buyer@example.com"])
    bad = EmailMessage("Hello\nBcc: victim@example.com", "Hello", to=["buyer@example.com"])

    with pytest.raises(BadHeaderError):
        good.get_connection().send_messages([good, bad])

    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_a_letter_to_nobody_is_no_letter():
    assert send_mail("Hello", "Hello", None, []) == 0
    assert not Letter.objects.exists()


@pytest.fixture(params=["nobody listens", "never answers", "full"])
def broken_broker(request, monkeypatch, broker):
    if request.param == "full":
        broker.database.config_set("maxmemory", 1)
        yield
        return
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if request.param == "nobody listens":
            server.close()
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"redis://127.0.0.1:{port}/1")
        yield


@pytest.mark.django_db(transaction=True)
def test_a_broken_queue_neither_undoes_nor_delays_what_was_done(broken_broker, cause_letter):
    cause_letter("warm@example.com")  # what is loaded once, however the queue is

    started = time.monotonic()
    for number in range(20):
        cause_letter(f"buyer-{number}@example.com")

    assert time.monotonic() - started < 1
    assert Letter.objects.due().count() == 21


@pytest.mark.django_db(transaction=True)
def test_a_page_that_causes_a_letter_answers_soon_though_the_queue_never_does(client, monkeypatch):
    User.objects.create_user(ADDRESS, None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("CELERY_BROKER_WRITE_URL", f"redis://127.0.0.1:{port}/1")

        started = time.monotonic()
        response = client.post(reverse("account_reset_password"), {"email": ADDRESS})

    assert response.status_code == 302
    assert time.monotonic() - started < 3
    assert Letter.objects.due().get().recipient == ADDRESS
