"""Requests by e-mail, read from a real IMAP server."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from letters.models import Letter
from privacy import watch
from privacy.consents import allows
from privacy.data_map import DATA_MAP
from privacy.mailbox.reading import forget_old, read_mailbox
from privacy.models import IncomingLetter, Mailbox, Request, Subject
from privacy.models.identifiers import SubjectIdentifier, digest
from privacy.requests import take_step
from tests.accounts.conftest import link_in
from tests.conftest import BUYER
from tests.letters.outside import database_url, kill, wait_until
from tests.privacy.mail_corpus import ERASE, forged, requests_of
from tests.privacy.mail_server import (
    SERVER,
    USER,
    MailServer,
    message,
)

State = IncomingLetter.State


@pytest.fixture(scope="module")
def mail_server():
    server = MailServer()
    yield server
    server.stop()


@pytest.fixture
def mail(mail_server, settings, operator):
    settings.MAILBOX_URL = mail_server.url
    settings.MAILBOX_AUTHSERV_ID = SERVER
    mail_server.empty()
    return mail_server


@pytest.fixture
def make_filed(make_user):
    """An account whose address is proved."""

    def make(email):
        user = make_user(email)
        SubjectIdentifier.objects.file(user.subject, "email", email)
        return user

    return make


@pytest.fixture
def aigul(aigul):
    SubjectIdentifier.objects.file(aigul.subject, "email", aigul.email)
    return aigul


def states():
    return Counter(IncomingLetter.objects.values_list("state", flat=True))


def bytes_of(letter):
    """What stands in a letter, less what no two letters share."""
    unlike = ("Message-ID", "In-Reply-To", "References", "Date")
    headers = {k: v for k, v in letter.extra_headers.items() if k not in unlike}
    return letter.subject, letter.body, str(letter.alternatives), str(headers), letter.from_email


@pytest.mark.clause("P5.1d", "P5.2a")
def test_a_request_by_mail_is_taken_down_acknowledged_and_stops_what_is_harmless_to_stop(
    mail, aigul, policy, mailoutbox
):
    asked = message(f"Айгүл <{aigul.email}>", "Прошу удалить мои персональные данные.")
    mail.take(asked)

    read_mailbox()

    request = Request.objects.get()
    assert (request.subject, request.kind) == (aigul.subject, "erasure")
    assert list(request.steps.values_list("state", flat=True)) == ["received", "acknowledged"]
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED
    assert not allows(aigul.subject, "news", "email")
    letter = IncomingLetter.objects.get()
    assert (letter.state, list(letter.requests.all())) == ("taken", [request])
    answer, link, notice = mailoutbox
    assert answer.to == link.to == [aigul.email]
    assert f"№ {request.pk}" in answer.subject
    assert "/ru/privacy/request/" in answer.body
    assert answer.extra_headers["Auto-Submitted"] == "auto-replied"
    assert answer.extra_headers["In-Reply-To"] == asked["Message-ID"]
    assert answer.extra_headers["Reply-To"] == "support@kazvek.com"
    # Who has an account goes on there.
    assert "/ru/account/privacy/leave/erasure/" in link.body
    assert notice.to == ["support@kazvek.com"]
    assert f"№ {request.pk}" in notice.body
    assert aigul.email not in notice.message().as_string()


@pytest.mark.clause("P5.1d")
@pytest.mark.proof(every=3)
def test_of_a_hundred_messages_every_request_is_opened_and_no_forged_one(
    mail, make_filed, policy, mailoutbox
):
    addresses = [f"p{n}@farm.kz" for n in range(12)]
    people = {address: make_filed(address).subject for address in addresses}
    real = requests_of(addresses, 80)
    victim = make_filed("aigul@example.com")
    lies = forged(victim.email)
    mail.take(*[m for *_, m in real[:50]], *lies.values(), *[m for *_, m in real[50:]])
    assert len(mail.uids()) == 100

    read_mailbox()

    opened = {(r.subject_id, r.kind) for r in Request.objects.all()}
    assert opened == {(people[address].pk, kind) for address, kind, *_ in real}
    assert Request.objects.count() == len(real)
    assert set(Request.objects.values_list("state", flat=True)) == {"acknowledged"}
    victim.subject.refresh_from_db()
    assert victim.subject.state == Subject.State.ACTIVE
    answers = [letter for letter in mailoutbox if letter.to != [USER]]
    confirmed = {
        (letter.to[0], language): letter
        for letter in answers
        for language in ["kk", "ru", "en"]
        if f"/{language}/privacy/request/" in letter.body and "№" in letter.subject
    }
    assert sum("№" in letter.subject for letter in answers) == len(real)
    assert confirmed.keys() == {(address, language) for address, _, language, _ in real}
    erased = Subject.objects.exclude(state__in=[Subject.State.ACTIVE, Subject.State.RESTRICTED])
    assert not erased.exists()
    stopped = {a for a, kind, *_ in real if kind in (*Request.STOPPING, *Request.PAUSING)}
    restricted = Subject.objects.filter(state=Subject.State.RESTRICTED)
    assert set(restricted) == {people[address] for address in stopped}

    read_mailbox()

    assert Request.objects.count() == len(real)
    assert len([letter for letter in mailoutbox if letter.to != [USER]]) == len(answers)


@pytest.mark.clause("P5.1d", "P6.1a")
def test_who_forges_learns_nothing_and_changes_nothing(mail, make_filed, policy, mailoutbox):
    ways = len(forged("somebody@example.com"))
    known, unknown = [
        [f"{name}{n}@example.com" for n in range(ways)] for name in ("known", "nobody")
    ]
    victims = [make_filed(address).subject for address in known]
    mail.take(
        *[
            list(forged(address).values())[n]
            for addresses in (known, unknown)
            for n, address in enumerate(addresses)
        ]
    )

    read_mailbox()

    assert not Request.objects.exists()
    assert not Subject.objects.exclude(state=Subject.State.ACTIVE).exists()
    assert set(Subject.objects.all()) >= set(victims)
    told = Counter(letter.to[0] for letter in mailoutbox)
    assert len(told) == len(mailoutbox) == 2 * (ways - 4)
    assert {address.replace("known", "nobody") for address in told} == {
        address for address in told if address.startswith("nobody")
    }
    [letter] = set(map(bytes_of, mailoutbox))
    assert letter[0] == "We have your message"
    rows = IncomingLetter.objects.order_by("uid").values_list("state", "kinds", "is_authentic")
    assert list(rows[:ways]) == list(rows[ways:])


def test_without_a_server_of_our_own_nobody_is_believed(mail, aigul, settings, mailoutbox):
    settings.MAILBOX_AUTHSERV_ID = ""
    mail.take(message(aigul.email, ERASE))

    read_mailbox()

    assert not Request.objects.exists()
    assert [letter.subject for letter in mailoutbox] == ["We have your message"]


@pytest.mark.parametrize(
    "verdicts",
    [
        "dmarc=pass header.from=example.com",
        "dkim=pass header.d=example.com",
        "dmarc=none; dkim=fail header.d=x.org; dkim=pass header.i=@example.com",
        "spf=pass smtp.mailfrom=bounce@example.com",
    ],
)
def test_what_our_server_may_say_for_a_sender(mail, aigul, verdicts):
    mail.take(message(aigul.email, ERASE, Authentication_Results=f"{SERVER}; {verdicts}"))

    read_mailbox()

    assert Request.objects.get().subject == aigul.subject


def test_a_guest_is_known_by_the_address_of_an_order(mail, make_order, mailoutbox):
    first, second = make_order(), make_order()
    mail.take(message(BUYER["email"], "Деректерімді жойыңыздар"))
    mailoutbox.clear()

    read_mailbox()

    people = {first.buyer, second.buyer}
    assert {request.subject for request in Request.objects.all()} == people
    assert set(Subject.objects.filter(state=Subject.State.RESTRICTED)) == people
    assert [letter.to[0] for letter in mailoutbox] == [BUYER["email"]] * 2 + [USER]


@pytest.mark.clause("P5.1d", "P5.2a")
@pytest.mark.parametrize(
    ("words", "kind", "state"),
    [
        ("Деректерімді жойыңыздар", "erasure", "checked"),
        ("Отзываю своё согласие.", "withdrawal", "answered"),
    ],
)
def test_only_the_link_proves_and_what_was_asked_for_everybody_goes_on_as_one(
    mail, make_order, mailoutbox, client, words, kind, state
):
    first, second = make_order(), make_order()
    mail.take(message(BUYER["email"], words))
    mailoutbox.clear()
    read_mailbox()
    assert set(Request.objects.values_list("state", flat=True)) == {"acknowledged"}

    client.post(link_in(mailoutbox[1]), headers={"Sec-Fetch-Site": "same-origin"})

    first.buyer.refresh_from_db()
    second.buyer.refresh_from_db()
    [head] = {first.buyer.joined_to or first.buyer, second.buyer.joined_to or second.buyer}
    asked = dict(Request.objects.filter(kind=kind).values_list("subject", "state"))
    assert asked.pop(head.pk) == state
    assert list(asked.values()) == ["taken_back"]
    head.refresh_from_db()
    is_stopped = head.state == Subject.State.RESTRICTED
    assert is_stopped == (kind == "erasure")


def test_several_wishes_are_all_taken_down_and_somebody_looks_at_them(mail, aigul, policy):
    mail.take(message(aigul.email, "Пришлите копию моих данных. Затем удалите мой аккаунт."))

    read_mailbox()

    assert set(Request.objects.values_list("kind", flat=True)) == {"export", "erasure"}
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED
    assert IncomingLetter.objects.get().state == State.UNCLEAR


@pytest.mark.parametrize(
    "words",
    [
        "Сколько стоит пшеница третьего класса?",
        "Не удаляйте мои данные, я передумал.",
        "How do I delete my account?",
        "Деректерімді жоймаңыздаршы",
        "On Sun, 22 Nov 2026 Kazvek wrote:\n> Delete my account and my data",
    ],
)
def test_what_is_no_clear_request_is_left_to_people_and_everybody_is_told_the_way(
    mail, aigul, policy, mailoutbox, words
):
    mail.take(message(aigul.email, words, subject="?"))

    read_mailbox()

    assert not Request.objects.exists()
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.ACTIVE
    assert states() == {State.UNCLEAR: 1}
    assert [letter.to for letter in mailoutbox] == [[aigul.email]]
    assert "/privacy/request/" in mailoutbox[0].body


def test_an_address_gets_one_answer_a_day(mail, db, mailoutbox, time_machine):
    mail.take(*[message("stranger@example.com", f"{n}. Сколько стоит пшеница?") for n in range(5)])
    read_mailbox()
    assert len(mailoutbox) == 1

    time_machine.move_to(datetime.now(UTC) + timedelta(hours=25))
    mail.take(message("Stranger@Example.com", "А ячмень?"))
    read_mailbox()

    assert len(mailoutbox) == 2
    assert states() == {State.UNCLEAR: 6}


AUTOMATIC = {
    "an absence": {"Auto-Submitted": "auto-replied"},
    "a mailing": {"Precedence": "bulk"},
    "a list": {"List-Id": "<grain.example.com>"},
    "a bounce": {"Return-Path": "<>"},
    "an answer to an answer of ours": {"X-Loop": USER},
    "a letter of the portal to its operator": {"From": "Kazvek <no-reply@kazvek.com>"},
    "the operator's own address": {"From": USER},
    "a loop": {"Received": ["from a by b"] * 60},
    "a report": {"Content-Type": "multipart/report; boundary=x"},
}


@pytest.mark.clause("P5.1d")
def test_programs_lists_and_our_own_letters_are_never_answered(
    mail, aigul, policy, mailoutbox, settings
):
    settings.DEFAULT_FROM_EMAIL = "Kazvek <no-reply@kazvek.com>"
    for headers in AUTOMATIC.values():
        sent = message(aigul.email, ERASE)
        for name, value in headers.items():
            del sent[name]
            for one in value if isinstance(value, list) else [value]:
                sent[name] = one
        mail.take(sent)
    mail.take(message("no-reply@shop.example", "Вам письмо"))

    read_mailbox()

    assert states() == {State.LEFT: len(AUTOMATIC) + 1}
    assert not mailoutbox
    assert not Request.objects.exists()


def nested(depth):
    lines = [b"From: aigul@example.com", b"Subject: delete my data"]
    for level in range(depth):
        lines += [b'Content-Type: multipart/mixed; boundary="b%d"' % level, b"", b"--b%d" % level]
    return b"\n".join(lines)


HOSTILE = {
    "zeros": b"\x00" * 5000,
    "zeros in the headers": b"From: ai\x00gul@example.com\nSubject: \x00\n\ndelete my data\x00",
    "ten thousand headers": b"X-Header: y\n" * 10_000 + b"\n\ndelete my data",
    "a thousand senders": b"From: aigul@example.com\n" * 1000 + b"\ndelete my data",
    # As deep as the server of the tests takes them.
    "parts in parts": nested(80),
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 40,
    "a page of beginnings": b"From: a@b.kz\nContent-Type: text/html\n\n" + b"<a " * 150_000,
    "no number": b"From: a@b.kz\nContent-Type: text/html\n\n&#" + b"9" * 9000 + b";",
    "an encoding that is none": b"From: a@b.kz\nContent-Type: text/plain; charset=zlib\n\nx\x9c",
    "broken words in headers": b"From: a@b.kz\nSubject: =?utf-8?b?!!!?= =?x?q?=ZZ?=\n\n\xff\xfe",
    "nothing but an end of line": b"\n",
    "twelve megabytes": b"From: a@b.kz\n\n" + b"grain " * 2_000_000,
}


@pytest.mark.clause("P5.1d")
def test_no_bad_message_stops_the_others(mail, aigul, policy, mailoutbox):
    mail.take(*HOSTILE.values(), message(aigul.email, ERASE))

    read_mailbox()

    assert Request.objects.get().subject == aigul.subject
    assert not IncomingLetter.objects.filter(state=State.WAITING).exists()
    assert states()[State.UNREADABLE] >= 1
    assert IncomingLetter.objects.count() == len(HOSTILE) + 1


def test_a_message_that_ends_its_worker_is_left_to_people(mail, aigul, policy):
    mail.take(message(aigul.email, ERASE))
    letter = IncomingLetter.objects.create(
        generation=1, uid=1, size=1, received_at=timezone.now(), attempts=3
    )

    read_mailbox()

    letter.refresh_from_db()
    assert letter.state == State.UNREADABLE
    assert Request.objects.count() == 1


def test_a_message_delivered_twice_is_one(mail, aigul, policy, mailoutbox):
    sent = message(aigul.email, ERASE)
    mail.take(sent, sent)

    read_mailbox()

    assert states() == {State.TAKEN: 1, State.LEFT: 1}
    assert len(mailoutbox) == 3


def test_numbered_anew_the_mailbox_is_not_answered_anew(mail, aigul, policy, mailoutbox):
    mail.take(message("late@example.com", "?"), at=datetime.now(UTC) - timedelta(days=90))
    mail.take(message(aigul.email, ERASE), message("stranger@example.com", "Сколько стоит?"))
    read_mailbox()
    assert IncomingLetter.objects.count() == 2
    told = len(mailoutbox)
    IncomingLetter.objects.update(generation=7)
    Mailbox.objects.update(generation=7, uid=5000)

    read_mailbox()

    assert states() == {State.TAKEN: 1, State.UNCLEAR: 1, State.LEFT: 2}
    assert len(mailoutbox) == told
    assert Request.objects.count() == 1


@pytest.mark.clause("P5.1d")
def test_a_reply_finds_its_request(mail, aigul, policy, mailoutbox, staff):
    mail.take(message(aigul.email, ERASE))
    read_mailbox()
    request, answer = Request.objects.get(), mailoutbox[0]
    mailoutbox.clear()

    mail.take(
        message(
            "aigul.at.work@example.org",
            "Иә, бұл мен едім.",
            f"Re: {answer.subject}",
            In_Reply_To=answer.extra_headers["Message-ID"],
        ),
        message(aigul.email, "Yes, that was me.", f"RE: {answer.subject}"),
    )
    read_mailbox()

    assert states() == {State.TAKEN: 1, State.REPLY: 2}
    assert request.letters.count() == 3
    assert not mailoutbox
    page = staff.get(f"/admin/privacy/request/{request.pk}/change/").content.decode()
    assert page.count("a reply to a request came") == 2


@pytest.mark.clause("P6.1a")
def test_a_number_that_is_not_ours_leads_to_no_request(mail, aigul, policy, mailoutbox):
    mail.take(message(aigul.email, ERASE))
    read_mailbox()
    request = Request.objects.get()
    ours = mailoutbox[0].extra_headers["Message-ID"]
    seal = ours.split(".")[3].split("@")[0]

    mail.take(
        message("a@example.org", "Hm.", In_Reply_To=ours.replace(seal, "0" * len(seal))),
        message("b@example.org", "Hm.", In_Reply_To=ours.replace(f".{request.pk}.", ".999.")),
        message("c@example.org", "Hm.", f"Re: № {request.pk}"),
        message(aigul.email, "Hm.", f"Re: № {request.pk}", authentic=False),
    )
    read_mailbox()

    assert request.letters.count() == 1
    assert states() == {State.TAKEN: 1, State.UNCLEAR: 4}


def test_what_needs_nobody_is_moved_away_and_what_waits_stands_out(mail, aigul, policy):
    mail.add_folder("Done")
    mail.take(message(aigul.email, ERASE), message(aigul.email, "Сколько стоит пшеница?"))

    read_mailbox()

    assert len(mail.uids(folder="Done")) == 1
    assert mail.uids() == mail.uids("FLAGGED")
    waiting = IncomingLetter.objects.get(state=State.UNCLEAR)
    assert mail.uids() == [str(waiting.uid)]
    waiting.settle()
    read_mailbox()
    assert mail.uids() == []


@pytest.mark.clause("P5.1d")
def test_staff_says_what_a_message_asks_and_settles_the_rest(
    mail, aigul, policy, staff, mailoutbox
):
    mail.take(
        message(aigul.email, "Мне тут больше ничего не нужно.", subject="?"),
        message("stranger@example.com", "Сколько стоит пшеница?"),
    )
    read_mailbox()
    page = staff.get("/admin/privacy/incomingletter/").content.decode()
    first, second = IncomingLetter.objects.order_by("uid")
    assert page.count("somebody has to read it") >= 2
    assert aigul.email not in page
    mailoutbox.clear()

    press(staff, "asks_for_erasure", first)
    press(staff, "settle", second)
    read_mailbox()

    assert (Request.objects.get().kind, Request.objects.get().subject) == ("erasure", aigul.subject)
    assert states() == {State.TAKEN: 1, State.SETTLED: 1}
    assert [letter.to[0] for letter in mailoutbox] == [aigul.email] * 2 + [USER]
    page = staff.get(f"/admin/privacy/incomingletter/{first.pk}/change/").content.decode()
    assert "Deletion" in page


def test_staff_without_the_right_only_reads(mail, make_user, client, mailoutbox):
    reader = make_user("reader@example.com", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_incomingletter"))
    mail.take(message("stranger@example.com", "Сколько стоит пшеница?"))
    read_mailbox()
    letter = IncomingLetter.objects.get()
    client.force_login(reader)

    press(client, "settle", letter)

    letter.refresh_from_db()
    assert letter.state == State.UNCLEAR


def press(client, action, *letters):
    client.post(
        "/admin/privacy/incomingletter/?waits=all",
        {"action": action, "_selected_action": [letter.pk for letter in letters]},
    )


def test_staff_is_told_when_the_mailbox_is_not_read(mail, staff, settings, time_machine):
    read_mailbox()
    settings.MAILBOX_URL = "imap://a:b@127.0.0.1:1/INBOX"
    time_machine.move_to(datetime.now(UTC) + timedelta(minutes=20))

    read_mailbox()

    mailbox = Mailbox.current()
    assert mailbox.is_late
    assert mailbox.error == "ConnectionRefusedError"
    page = staff.get("/admin/privacy/incomingletter/").content.decode()
    assert "The mailbox has not been read since" in page
    [fault] = watch.run().findings["mailbox"]["first"]
    assert fault.endswith("UTC ConnectionRefusedError")


def test_a_wrong_password_is_no_crash(mail, settings):
    settings.MAILBOX_URL = mail.url.replace("snow", "rain")

    read_mailbox()

    assert Mailbox.current().error
    assert not IncomingLetter.objects.exists()


@pytest.mark.clause("P5.2a", "P5.1c")
@pytest.mark.parametrize("kind", ["withdrawal", "objection"])
def test_who_is_answered_is_released_and_a_withdrawal_holds(mail, aigul, policy, kind):
    words = {"withdrawal": "I withdraw my consent.", "objection": "I object to the use of my data."}
    mail.take(message(aigul.email, words[kind]))
    read_mailbox()
    request = Request.objects.get()
    assert request.kind == kind
    assert not allows(aigul.subject, "news", "email")

    for state in ("checked", "in_work", "answered"):
        aigul.subject.refresh_from_db()
        assert aigul.subject.state == Subject.State.RESTRICTED
        take_step(request, Request.State(state), by=aigul.subject)

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.ACTIVE
    assert not allows(aigul.subject, "news", "email")


@pytest.mark.clause("P1.1")
def test_nothing_of_a_message_is_kept_and_the_sender_for_a_day(mail, aigul, policy, time_machine):
    canary = "Менің қырық гектар бидайым"
    mail.take(message(f"Канарейка <{aigul.email}>", f"{canary}. {ERASE}", canary))
    read_mailbox()
    [row] = IncomingLetter.objects.values_list()
    assert canary not in str(row)
    assert aigul.email not in str(row)
    letter = IncomingLetter.objects.get()
    assert letter.sender == digest("email", aigul.email)
    assert list(DATA_MAP[IncomingLetter].rows_of(aigul.subject)) == [letter]

    time_machine.move_to(datetime.now(UTC) + timedelta(hours=25))
    forget_old()
    letter.refresh_from_db()
    assert letter.sender == ""

    time_machine.move_to(datetime.now(UTC) + timedelta(days=61))
    forget_old()
    assert not IncomingLetter.objects.exists()
    assert Request.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_everything_once(mail, make_filed, policy, mailoutbox):
    people = [make_filed(f"p{n}@farm.kz") for n in range(4)]
    sent = [message(person.email, ERASE) for person in people]
    mail.take(*sent, *sent)

    def work(_):
        try:
            read_mailbox()
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(work, range(3)))

    assert Request.objects.count() == 4
    assert states() == {State.TAKEN: 4, State.LEFT: 4}
    assert Counter(letter.to[0] for letter in mailoutbox) == {USER: 4} | {
        person.email: 2 for person in people
    }


PROGRAM = (
    "import django; django.setup(); from privacy.mailbox.tasks import read_mailbox; "
    "print('begins', flush=True); read_mailbox()"
)


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof(every=3)
def test_killed_in_between_it_loses_and_doubles_nothing(mail, make_filed, policy, settings):
    settings.EMAIL_BACKEND = "letters.backend.OutboxBackend"
    people = [make_filed(f"p{n}@farm.kz") for n in range(12)]
    mail.take(*[message(person.email, ERASE) for person in people])
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "kazvek.settings",
        "DATABASE_URL": database_url(),
        "MAILBOX_URL": mail.url,
        "MAILBOX_AUTHSERV_ID": SERVER,
    }

    for done in (0, 4):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )
        wait_until(lambda done=done: IncomingLetter.objects.filter(attempts=1).count() > done)
        kill(process)
        # Whoever held one is gone: its lease is over.
        IncomingLetter.objects.update(due_at=timezone.now())
    read_mailbox()

    assert states() == {State.TAKEN: 12}
    assert {request.subject_id for request in Request.objects.all()} == {
        p.subject_id for p in people
    }
    assert Request.objects.count() == 12
    told = Counter(Letter.objects.exclude(recipient=USER).values_list("recipient", flat=True))
    assert told == {person.email: 2 for person in people}
