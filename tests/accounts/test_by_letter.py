"""What people without an account ask about their data, by a link in a letter."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from moderation.models import Complaint
from orders.models import Order
from privacy.by_letter import forget_keys, send_link
from privacy.consents import allows
from privacy.export.building import build_waiting
from privacy.export.keys import url_for_guest
from privacy.models import (
    Consent,
    Erasure,
    Export,
    LetterKey,
    Request,
    RequestStep,
    Subject,
    SubjectIdentifier,
)
from privacy.people import filed_under
from sellers.models import Invitation
from tests.accounts.conftest import link_in
from tests.accounts.test_held import SAME_ORIGIN, catalogue, places  # noqa: F401 fixtures
from tests.accounts.test_sign_up import sign_up
from tests.conftest import BUYER
from tests.html import assert_valid
from tests.listings.conftest import few_places, small, small_file  # noqa: F401 fixtures

ASK = "/en/privacy/request/"
GUEST = BUYER["email"]
KINDS = [kind.value for kind in Request.Kind]
pytestmark = pytest.mark.django_db


@pytest.fixture
def guest():
    """A browser without an account, which sends as browsers do."""
    return Client(**SAME_ORIGIN)


@pytest.fixture
def ask(guest, mailoutbox):
    """`ask("access")`: the address of the link in the letter."""

    def ask(kind="access", email=GUEST, language="en"):
        guest.post(f"/{language}/privacy/request/", {"email": email, "kind": kind})
        return link_in(mailoutbox[-1])

    return ask


@pytest.fixture
def order(make_order, mailoutbox):
    order = make_order()
    mailoutbox.clear()
    return order


def neutral(client, email, language="en"):
    answer = client.post(f"/{language}/privacy/request/", {"email": email, "kind": "access"})
    page = client.get(answer["Location"])
    return answer.status_code, answer["Location"], page.status_code, page.content


@pytest.mark.clause("P5.1d")
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_answer_is_the_same_for_everybody_byte_for_byte(
    guest, order, aigul, mailoutbox, language
):
    answers = {
        neutral(guest, email, language)
        for email in (GUEST, aigul.email, "nobody@example.com", GUEST.upper())
    }

    assert len(answers) == 1
    assert not guest.cookies
    assert len(mailoutbox) == 4


def test_after_five_letters_a_day_an_address_is_left_in_peace_and_nothing_shows(
    guest, order, mailoutbox
):
    answers = {neutral(guest, GUEST if odd else GUEST.upper()) for odd in (1, 0, 1, 0, 1, 0, 1)}

    assert len(answers) == 1
    assert len(mailoutbox) == 5


def test_one_network_asks_ten_times_an_hour(guest, mailoutbox):
    for number in range(10):
        guest.post(ASK, {"email": f"a{number}@example.com", "kind": "access"})
    refused = guest.post(ASK, {"email": "b@example.com", "kind": "access"})

    assert refused.status_code == 429
    assert refused["Retry-After"] == "3600"
    assert "was not sent" in refused.content.decode()
    assert len(mailoutbox) == 10


@pytest.mark.parametrize(
    "form",
    [
        {"email": "no address", "kind": "access"},
        {"email": "a@example.com", "kind": "nonsense"},
        {"email": "", "kind": ""},
        {"email": f"{'a' * 300}@example.com", "kind": "access"},
    ],
)
def test_what_makes_no_sense_is_named_and_nothing_is_sent(guest, mailoutbox, form):
    answer = guest.post(ASK, form)

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert mailoutbox == []
    assert not LetterKey.objects.exists()


def test_a_form_of_another_site_sends_nothing(client, mailoutbox):
    form = {"email": GUEST, "kind": "erasure"}

    for headers in ({}, {"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://bad.kz"}):
        assert Client().post(ASK, form, **headers).status_code == 403

    assert mailoutbox == []
    assert not LetterKey.objects.exists()


def test_the_letter_holds_a_link_of_which_only_a_digest_is_kept(ask, order, mailoutbox):
    link = ask("erasure")

    key = LetterKey.objects.get()
    token = link.partition("key=")[2]
    assert len(token) > 40
    assert token not in str(LetterKey.objects.values())
    assert GUEST not in link
    assert abs(key.expires_at - key.created_at - timedelta(hours=72)) < timedelta(seconds=5)
    assert mailoutbox[-1].to == [GUEST]
    assert "72 hours" in mailoutbox[-1].body


@pytest.mark.clause("P5.2b")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_opening_the_link_changes_nothing(ask, guest, order, kind, language):
    link = ask(kind, language=language)

    for _twice in range(2):
        answer = guest.get(link)
        assert_valid(answer)
        assert "no-store" in answer["Cache-Control"]
        assert "None" not in answer.content.decode()

    assert not Request.objects.exists()
    assert not SubjectIdentifier.objects.exists()
    assert LetterKey.objects.get().used_at is None


def test_the_letter_that_asked_for_a_copy_leads_to_it_and_no_other_letter_does(
    ask, guest, order, private_folder
):
    link, other = ask("export"), ask("rectification")
    guest.post(link)
    guest.post(other, {"words": "My name."})
    assert "The copy is being made" in guest.get(link).content.decode()
    build_waiting()

    page, elsewhere = guest.get(link), guest.get(other)

    assert_valid(page)
    address = url_for_guest(Export.objects.get())
    assert address in page.content.decode()
    assert "/privacy/export/" not in elsewhere.content.decode()
    assert "The copy is ready" in guest.get(address, follow=True).content.decode()


@pytest.mark.clause("P5.1c", "P5.2a")
def test_pressing_it_proves_the_address_and_files_the_request_once(
    ask, guest, make_order, order, mailoutbox
):
    second = make_order(order.lines.get().listing, email=GUEST.upper())
    other = make_order(order.lines.get().listing, email="other@example.com")
    mailoutbox.clear()
    link = ask("erasure")

    for _twice in range(2):
        page = guest.post(link, follow=True)

    wish = Request.objects.get()
    assert (wish.kind, wish.state, wish.language) == ("erasure", "checked", "en")
    assert filed_under(GUEST) == [wish.subject]
    assert Subject.families([wish.subject]) == {order.buyer_id, second.buyer_id}
    assert wish.subject.state == Subject.State.RESTRICTED
    assert Subject.objects.get(pk=other.buyer_id).state == Subject.State.ACTIVE
    assert f"№ {wish.pk}" in page.content.decode()
    to_guest = [letter for letter in mailoutbox if letter.to == [GUEST]]
    # The link, what becomes of it, and where it is seen.
    assert len(to_guest) == 3
    assert link in to_guest[-1].body
    assert RequestStep.objects.count() == 3


def test_the_guest_takes_the_request_back_by_the_same_link(ask, guest, order):
    link = ask("erasure")
    guest.post(link)
    wish = Request.objects.get()

    guest.post(link.replace("confirm", "take-back"), {"request": wish.pk})

    wish.refresh_from_db()
    order.buyer.refresh_from_db()
    assert (wish.state, order.buyer.state) == ("taken_back", Subject.State.ACTIVE)


@pytest.mark.clause("P4.1b")
def test_nobody_takes_back_the_request_of_another_guest(ask, guest, make_order, order):
    make_order(order.lines.get().listing, email="other@example.com")
    guest.post(ask("erasure"))
    wish = Request.objects.get()
    theirs = ask("export", email="other@example.com")
    guest.post(theirs)

    for number in (wish.pk, "", "x", "9" * 30):
        answer = guest.post(theirs.replace("confirm", "take-back"), {"request": number})
        assert answer.status_code == 404

    wish.refresh_from_db()
    assert wish.is_open


@pytest.mark.clause("P4.1b")
def test_the_guest_sees_everything_held_under_the_address_and_nothing_else(
    ask, guest, make_order, order
):
    second = make_order(order.lines.get().listing, email=GUEST.upper())
    other = make_order(
        order.lines.get().listing, email="other@example.com", full_name="Somebody Else"
    )
    link = ask("access")
    held = link.replace("confirm/", "data/")
    assert guest.get(held).status_code == 404

    page = guest.post(link, follow=True)
    assert held.partition("?")[0] in page.content.decode()
    overview = guest.get(held)
    rows = guest.get(held.replace("data/", "data/orders_order/"))

    assert Request.objects.get().state == "answered"
    for answer in (overview, rows):
        assert_valid(answer)
        assert "no-store" in answer["Cache-Control"]
    shown = rows.content.decode()
    assert order.reference in shown
    assert second.reference in shown
    assert BUYER["full_name"] in shown
    assert other.reference not in shown
    assert "Somebody Else" not in shown
    assert f"given to {order.seller.name} on " in shown


@pytest.mark.parametrize("kind", ["export", "erasure", "restriction"])
def test_a_link_for_something_else_shows_no_data(ask, guest, order, kind):
    guest.post(ask("access"))
    link = ask(kind)
    guest.post(link)

    for path in ("data/", "data/orders_order/"):
        assert guest.get(link.replace("confirm/", path)).status_code == 404


def test_after_72_hours_the_link_is_nothing(ask, guest, order, time_machine):
    link = ask("erasure")

    time_machine.move_to(timezone.now() + timedelta(hours=73))
    answers = [guest.get(link), guest.post(link)]

    assert {answer.status_code for answer in answers} == {404}
    assert "opens nothing any more" in answers[0].content.decode()
    assert not Request.objects.exists()
    assert not SubjectIdentifier.objects.exists()
    assert forget_keys() == 1
    assert not LetterKey.objects.exists()


def test_a_link_that_was_used_stays_open_as_long_as_the_request_may_take(
    ask, guest, order, time_machine
):
    link = ask("erasure")
    guest.post(link)

    time_machine.move_to(timezone.now() + timedelta(days=20))

    assert guest.get(link).status_code == 200
    assert forget_keys() == 0
    time_machine.shift(timedelta(days=20))
    assert guest.get(link).status_code == 404


@pytest.mark.parametrize(
    "token",
    ["", "x", "\0", "a" * 5_000, "қазақша"],
    ids=["empty", "short", "nul", "long", "letters"],
)
def test_a_made_up_key_opens_nothing(guest, ask, order, token):
    ask("erasure")

    for path in ("confirm/", "data/", "data/orders_order/"):
        assert guest.get(f"{ASK}{path}", {"key": token}).status_code == 404
    assert guest.post(f"{ASK}take-back/?key={token[:10]}", {"request": 1}).status_code == 404
    assert not Request.objects.exists()


def test_under_an_address_nobody_gave_there_is_nothing_and_only_its_owner_learns_it(
    ask, guest, order
):
    page = guest.post(ask("access", email="new@example.com"), follow=True)

    assert "We hold nothing under this address" in page.content.decode()
    assert not Request.objects.exists()
    assert not SubjectIdentifier.objects.exists()
    assert Subject.objects.filter(pk=order.buyer_id, joined_to=None).exists()


@pytest.mark.clause("P5.1d")
@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("access", "/en/account/privacy/data/"),
        ("erasure", "/en/account/privacy/leave/erasure/"),
        ("rectification", "/en/account/privacy/ask/rectification/"),
        ("withdrawal", "/en/account/privacy/"),
    ],
)
def test_who_has_an_account_is_led_to_it(client, guest, policy, mailoutbox, kind, page):
    sign_up(client, email=GUEST)
    client.post(link_in(mailoutbox[-1]))

    guest.post(ASK, {"email": GUEST, "kind": kind})

    assert link_in(mailoutbox[-1]) == page
    assert "key=" not in mailoutbox[-1].body
    assert not LetterKey.objects.exists()
    assert not Request.objects.exists()


@pytest.mark.clause("P4.1b")
def test_who_signed_up_after_asking_finds_it_in_the_account(ask, guest, client, order, mailoutbox):
    link = ask("access")
    used = ask("access")
    guest.post(used)
    sign_up(client, email=GUEST)
    client.post(link_in(mailoutbox[-1]))
    member = User.objects.get(email=GUEST).subject

    page = guest.post(link, follow=True)

    assert "You have an account" in page.content.decode()
    assert guest.get(used.replace("confirm/", "data/")).status_code == 404
    assert order.buyer_id in Subject.families([member])
    assert Request.objects.count() == 1


@pytest.mark.clause("P5.1a")
def test_a_correction_is_told_after_the_address_is_proved(ask, guest, order, mailoutbox):
    link = ask("rectification")

    refused = guest.post(link, {"words": ""})
    assert refused.status_code == 400
    assert not Request.objects.exists()
    page = guest.post(link, {"words": "My name is spelled Айгүл."}, follow=True)

    wish = Request.objects.get()
    assert (wish.words, wish.state) == ("My name is spelled Айгүл.", "checked")
    assert "My name is spelled Айгүл." in page.content.decode()
    assert (
        "Айгүл"
        not in next(letter for letter in mailoutbox if letter.to == ["support@kazvek.com"])
        .message()
        .as_string()
    )


@pytest.mark.clause("P5.1c")
def test_withdrawing_by_letter_is_done_at_once(ask, guest, order):
    guest.post(ask("withdrawal"))

    assert Request.objects.get().state == "answered"
    entry = order.buyer.consent_entries.order_by("sequence").last()
    assert (entry.act, entry.purpose, entry.form) == ("withdrawn", "*", "request-by-letter")


@pytest.mark.clause("P5.2a")
def test_a_restriction_holds_for_everything_a_guest_left_also_once_they_sign_up(
    ask, guest, order, make_order, make_listing, mailoutbox
):
    make_order(make_listing(price=98_000, quantity=100))
    link = ask("restriction")
    guest.post(link)
    states = Subject.objects.filter(orders__email=GUEST).values_list("state", flat=True)
    assert list(states) == ["restricted"] * 2

    guest.post(ask("objection"), {"purpose": "statistics", "words": ""})
    sign_up(guest, email=GUEST)
    guest.post(link_in(mailoutbox[-1]))
    person = Subject.objects.get(user__email=GUEST)
    assert person.state == "restricted"
    wish = Request.objects.get(kind="restriction")
    guest.post(f"/en/account/privacy/requests/{wish.pk}/take-back/")
    person.refresh_from_db()
    # An objection stops only what it is made to.
    assert not allows(person, "statistics")
    assert (person.state, list(states.all())) == ("active", ["active"] * 2)


@pytest.mark.clause("P5.2a")
def test_a_restriction_by_letter_holds_until_it_is_ended(ask, guest, order):
    link = ask("restriction")
    guest.post(link)
    wish = Request.objects.get()
    order.buyer.refresh_from_db()
    assert (wish.state, order.buyer.state) == ("answered", "restricted")

    guest.post(link.replace("confirm", "take-back"), {"request": wish.pk})

    order.buyer.refresh_from_db()
    assert order.buyer.state == "active"


def test_a_deletion_by_letter_that_has_begun_is_not_taken_back(ask, guest, order):
    link = ask("erasure")
    guest.post(link)
    Erasure.objects.update(state="running")

    wish = Request.objects.get()
    answer = guest.post(link.replace("confirm", "take-back"), {"request": wish.pk})

    assert answer.status_code == 302
    wish.refresh_from_db()
    assert wish.is_open


def test_an_objection_by_letter_holds_at_once(ask, guest, order):
    link = ask("objection")

    assert guest.post(link, {"purpose": "orders"}).status_code == 400
    guest.post(link, {"purpose": "statistics", "words": ""})

    assert Request.objects.get().purpose == "statistics"
    assert Consent.objects.get(purpose="statistics").act == "objected"
    assert not allows(order.buyer, "statistics")


def test_a_report_is_found_too(ask, guest, make_listing, aigul, mailoutbox):
    listing = make_listing()
    said = {"reason": "fraud", "text": "He wants money.", "email": GUEST}
    guest.post(f"/en/listing/{listing.pk}/report/", said)
    link = ask("access")

    guest.post(link)

    held = link.replace("confirm/", "data/moderation_complaint/")
    assert "He wants money." in guest.get(held).content.decode()
    assert Complaint.objects.get().subject == Request.objects.get().subject


def test_letters_in_three_languages_say_the_same(ask, mailoutbox):
    bodies = set()
    for language in ("kk", "ru", "en"):
        link = ask("export", language=language)
        assert link.startswith(f"/{language}/privacy/request/confirm/?key=")
        bodies.add(mailoutbox[-1].subject)

    assert len(bodies) == 3


def test_the_mailbox_sends_the_same_link(order, mailoutbox):
    send_link(GUEST, "erasure", "ru")

    assert link_in(mailoutbox[-1]).startswith("/ru/privacy/request/confirm/?key=")
    assert LetterKey.objects.get().kind == "erasure"


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pages_are_proper_html(guest, language):
    for path in ("", "sent/"):
        assert_valid(guest.get(f"/{language}/privacy/request/{path}"))


def test_the_addresses_are_looked_up_by_an_index(order):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    for model, index in (
        (Order, "order_of_email"),
        (Complaint, "complaint_of_email"),
        (Invitation, "invitation_of_email"),
    ):
        assert index in model.objects.filter(email__iexact=GUEST).order_by().explain()
