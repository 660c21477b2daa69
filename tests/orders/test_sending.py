"""An order is sent: all of it or nothing, once, and as the buyer has seen it."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Event
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from letters.models import Letter
from listings.models import Listing
from orders import sending
from orders.letters import key_of
from orders.models import CartLine, Change, Order
from orders.states import State
from orders.views import ordering
from privacy.ledger import Occasion
from privacy.models import Consent, ConsentEntry, ConsentEvidence, Disclosure, Subject
from privacy.models.consents import text_hash
from sellers.models import Member, Payment, Shipping
from tests.conftest import BUYER
from tests.letters.outside import wait_for_waiting
from tests.orders.ordering import FROM_HERE, TYPED, fill_cart, form_of, seal_of, send, words_of

pytestmark = pytest.mark.django_db

SENTENCE = "By clicking the «SEND ORDER» button, I consent to the processing of personal data"


@pytest.fixture
def wheat(make_seller, make_listing):
    return make_listing(seller=make_seller("Жарқын дала"), price=98_000, quantity=100)


@pytest.fixture
def form(client, policy, wheat):
    """Its address, for a guest with forty tonnes of wheat in the cart."""
    fill_cart(client, (wheat, 40))
    return form_of(wheat)


# All of it or nothing


@pytest.mark.clause("P1.4d")
@pytest.mark.clause("F22")
def test_an_order_stands_with_its_consent_its_disclosure_its_letters_and_less_stock(
    client, form, policy, wheat, mailoutbox
):
    answer = send(client, form)

    order = Order.objects.get()
    assert answer["Location"] == f"/en/orders/{order.reference}/"
    assert order.state == State.NEW
    assert order.total == Decimal(3_920_000)
    assert Listing.objects.get(pk=wheat.pk).quantity == 60
    assert not CartLine.objects.exists()
    entry = ConsentEntry.objects.get()
    assert entry == order.consent
    assert (entry.act, entry.purpose, entry.basis) == ("given", "orders", "contract")
    assert (entry.version, entry.version_digest) == (policy, policy.digest)
    assert (entry.sentence, entry.sentence_hash) == (SENTENCE, text_hash(SENTENCE))
    assert (entry.form, entry.button, entry.language) == ("order", "Send order", "en")
    assert ConsentEvidence.objects.get().network == "127.0.0.0"
    assert Disclosure.objects.get(subject=order.buyer).fields == [
        "address",
        "comment",
        "email",
        "full_name",
        "organization",
        "phone",
    ]
    assert [letter.to for letter in mailoutbox] == [
        ["buyer@example.com"],
        ["owner-0@example.com"],
    ]
    call_command("ledger", "verify")


@pytest.mark.clause("P1.4d")
def test_what_fails_at_the_end_leaves_nothing_of_the_beginning(client, form, wheat, settings):
    """The last letter is refused by the database itself."""
    settings.EMAIL_BACKEND = "letters.backend.OutboxBackend"
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE letters_letter ADD CHECK (recipient <> 'owner-0@example.com') NOT VALID"
        )

    answer = send(client, form)

    assert answer.status_code == 500
    for model in (Order, ConsentEntry, Consent, Disclosure, Letter, Change):
        assert not model.objects.exists(), model
    assert not Subject.objects.filter(user=None).exists()
    assert Listing.objects.get(pk=wheat.pk).quantity == 100
    assert CartLine.objects.count() == 1


def test_the_last_of_an_ad_pauses_it(make_listing, make_order):
    wheat = make_listing(price=98_000, quantity=40)

    make_order(wheat, quantity=40)

    wheat.refresh_from_db()
    assert (wheat.quantity, wheat.state) == (0, "paused")
    assert wheat.history.first().role == "order"
    assert Order.objects.count() == 1


# As the buyer has seen it


def test_a_price_that_changed_is_shown_before_anything_is_sent(client, form, wheat):
    seal = seal_of(client.get(form))
    Listing.objects.filter(pk=wheat.pk).update(price=99_000)

    answer = send(client, form, seal=seal)
    again = send(client, form, seal=seal_of(answer))

    words = words_of(answer)
    assert answer.status_code == 409
    assert "Nothing has been sent: something is not as you saw it." in words
    assert "“Пшеница 3 класса”: the price was 98 000 ₸/t and is now 99 000 ₸/t." in words
    assert "Order items - 1, for the amount: 3 960 000 ₸" in words
    assert 'value="Сейтқазы Айгүл Маратқызы"' in answer.content.decode()
    assert again.status_code == 302
    assert Order.objects.get().total == 3_960_000


def test_what_is_gone_stays_in_the_cart_and_the_rest_can_be_ordered(
    client, policy, wheat, make_listing
):
    barley = make_listing("Ячмень", seller=wheat.seller, category="barley", price=70_000)
    fill_cart(client, (wheat, 40), (barley, 5))
    seal = seal_of(client.get(form_of(wheat)))
    Listing.objects.filter(pk=wheat.pk).update(quantity=30)

    answer = send(client, form_of(wheat), seal=seal)
    again = send(client, form_of(wheat), seal=seal_of(answer))

    words = words_of(answer)
    assert answer.status_code == 409
    assert "“Пшеница 3 класса” is not ordered now and stays in the cart. Only 30 t are" in words
    assert "Order items - 1, for the amount: 350 000 ₸" in words
    assert again.status_code == 302
    assert [line.title for line in Order.objects.get().lines.all()] == ["Ячмень"]
    assert CartLine.objects.get().listing == wheat


def test_when_nothing_is_left_the_cart_says_why_and_what_was_typed_is_kept(client, form, wheat):
    seal = seal_of(client.get(form))
    Listing.objects.filter(pk=wheat.pk).update(state="paused")

    answer = client.post(form, TYPED | {"seal": seal}, **FROM_HERE, follow=True)
    Listing.objects.filter(pk=wheat.pk).update(state="published")
    later = client.get(form)

    assert answer.redirect_chain == [("/en/cart/", 302)]
    assert "“Пшеница 3 класса” is not ordered now and stays in the cart." in words_of(answer)
    assert 'value="Сейтқазы Айгүл Маратқызы"' in later.content.decode()
    assert not Order.objects.exists()


def test_what_another_tab_changed_in_the_cart_is_shown_first(client, form):
    seal = seal_of(client.get(form))
    CartLine.objects.update(quantity=50)

    answer = send(client, form, seal=seal)

    assert answer.status_code == 409
    assert "What you order, or its price, has changed since this form was opened" in words_of(
        answer
    )
    assert not Order.objects.exists()


def test_a_price_that_is_without_vat_now_is_shown_before_anything_is_sent(client, form, wheat):
    Listing.objects.filter(pk=wheat.pk).update(vat="incl")
    shown = client.get(form)
    Listing.objects.filter(pk=wheat.pk).update(vat="excl")

    answer = send(client, form, seal=seal_of(shown))

    assert "with VAT" in words_of(shown)
    assert answer.status_code == 409
    assert "What you order, or its price, has changed" in words_of(answer)
    assert "without VAT, which is added" in words_of(answer)
    assert not Order.objects.exists()
    assert send(client, form, seal=seal_of(answer)).status_code == 302
    assert Order.objects.get().lines.get().vat == "excl"


def test_vat_that_changes_after_the_form_was_looked_at_orders_nothing(policy, wheat, client):
    line = fill_cart(client, (wheat, 1)).lines.get()
    assert line.listing.vat == ""
    Listing.objects.filter(pk=wheat.pk).update(vat="excl")

    with pytest.raises(sending.Unavailable):
        sending.send(
            [line],
            sending.Form(**BUYER, shipping=None, payment=None),
            token=uuid4(),
            seller=wheat.seller,
            currency="KZT",
            user=None,
            version=policy,
            sentence="—",
            occasion=Occasion("order", "Send order"),
        )

    assert not Order.objects.exists()
    assert Listing.objects.get(pk=wheat.pk).quantity == 100


def test_terms_the_seller_changed_are_shown_first(client, form, wheat):
    Shipping.objects.create(seller=wheat.seller, method="carrier", conditions="up to 400 km")
    seal = seal_of(client.get(form))
    Shipping.objects.update(conditions="up to 100 km")

    answer = send(client, form, seal=seal)

    assert answer.status_code == 409
    assert "The seller has changed the ways of shipping or payment." in words_of(answer)
    assert "Hired carrier: up to 100 km" in words_of(answer)
    assert not Order.objects.exists()


# Once


def test_sent_once_more_it_is_the_same_order(client, form):
    seal = seal_of(client.get(form))

    first = send(client, form, seal=seal)
    second = client.post(form, TYPED | {"seal": seal, "comment": "!"}, **FROM_HERE, follow=True)

    assert second.redirect_chain == [(first["Location"], 302)]
    assert "had been sent already" in words_of(second)
    assert Order.objects.get().comment == TYPED["comment"]


def test_who_lost_the_answer_sends_again_and_sees_the_order(client, form):
    """The connection broke before the cookie of the session came."""
    seal = seal_of(client.get(form))
    send(client, form, seal=seal)
    del client.cookies["session"]

    answer = send(client, form, seal=seal)

    assert client.get(answer["Location"]).status_code == 200


def test_the_order_of_an_account_opens_to_nobody_who_sends_its_form_again(
    client, policy, wheat, aigul
):
    client.force_login(aigul)
    fill_cart(client, (wheat, 1), user=aigul)
    seal = seal_of(client.get(form_of(wheat)))
    sent = send(client, form_of(wheat), seal=seal)

    stranger = Client()
    again = send(stranger, form_of(wheat), seal=seal)

    assert again["Location"] == sent["Location"]
    assert stranger.get(again["Location"]).status_code == 404
    assert client.get(again["Location"]).status_code == 200


def at_the_same_moment(*acts):
    """Each in a thread with a connection of its own."""

    def run(act):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_two_buyers_of_the_last_tonnes_one_gets_them_and_the_other_is_told(policy, wheat):
    buyers = [Client(), Client()]
    for buyer in buyers:
        fill_cart(buyer, (wheat, 100))
    seals = [seal_of(buyer.get(form_of(wheat))) for buyer in buyers]

    answers = at_the_same_moment(
        *(
            lambda buyer=buyer, seal=seal: send(buyer, form_of(wheat), seal=seal)
            for buyer, seal in zip(buyers, seals, strict=True)
        )
    )

    order = Order.objects.get()
    wheat.refresh_from_db()
    assert (wheat.quantity, wheat.state) == (0, "paused")
    assert {answer["Location"] for answer in answers} == {order.get_absolute_url(), "/en/cart/"}
    loser = buyers[0 if answers[0]["Location"] == "/en/cart/" else 1]
    assert "“Пшеница 3 класса” is not ordered now and stays in the cart." in words_of(
        loser.get("/en/cart/")
    )


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_order_and_two_tabs_do_not_order_it_twice(policy, wheat):
    clicking, tabs = Client(), Client()
    fill_cart(clicking, (wheat, 10))
    fill_cart(tabs, (wheat, 10))
    seal = seal_of(clicking.get(form_of(wheat)))
    others = [seal_of(tabs.get(form_of(wheat))) for _each in range(2)]

    clicks = at_the_same_moment(
        *(lambda: send(clicking, form_of(wheat), seal=seal) for _each in range(2))
    )
    sent = at_the_same_moment(
        *(lambda other=other: send(tabs, form_of(wheat), seal=other) for other in others)
    )

    first, second = Order.objects.order_by("pk")
    assert [answer["Location"] for answer in clicks] == [first.get_absolute_url()] * 2
    assert {answer["Location"] for answer in sent} == {second.get_absolute_url(), "/en/cart/"}
    wheat.refresh_from_db()
    assert wheat.quantity == 80


def test_a_second_press_that_finds_the_cart_emptied_by_the_first_leads_to_the_order(
    client, form, monkeypatch
):
    seal, first_press, propose = seal_of(client.get(form)), Client(), ordering.propose
    first_press.cookies = client.cookies

    def propose_after_the_first_press(*part):
        monkeypatch.setattr(ordering, "propose", propose)
        send(first_press, form, seal=seal)
        return propose(*part)

    monkeypatch.setattr(ordering, "propose", propose_after_the_first_press)
    second = send(client, form, seal=seal)

    order = Order.objects.get()
    assert second["Location"] == order.get_absolute_url()
    assert "sent already" in words_of(client.get(order.get_absolute_url()))


@pytest.mark.django_db(transaction=True)
def test_what_somebody_elses_locks_broke_off_is_done_again(client, form, wheat):
    """Whoever locks the ad before the cart, the other way round, meets the order half-way."""
    line, locked, seal = CartLine.objects.get(), Event(), seal_of(client.get(form))

    def the_other_way_round():
        with transaction.atomic():
            Listing.objects.select_for_update().get(pk=wheat.pk)
            locked.set()
            wait_for_waiting(1)
            # PostgreSQL ends whoever first has waited a second, which is the order.
            time.sleep(0.3)
            CartLine.objects.select_for_update().get(pk=line.pk)

    def order():
        locked.wait()
        return send(client, form, seal=seal)

    _nothing, answer = at_the_same_moment(the_other_way_round, order)

    assert answer.status_code == 302
    assert Order.objects.count() == 1


# What is written of it


def test_the_letters_tell_each_side_what_it_may_know_in_its_language(
    client, policy, wheat, make_user, mailoutbox
):
    Shipping.objects.create(seller=wheat.seller, method="carrier", conditions="до 400 км")
    Payment.objects.create(seller=wheat.seller, method="letter")
    Listing.objects.filter(pk=wheat.pk).update(vat="incl")
    for role, language in [("manager", "ru"), ("viewer", "kk")]:
        colleague = make_user(f"{role}@example.com", language=language)
        Member.objects.create(seller=wheat.seller, user=colleague, role=role)
    fill_cart(client, (wheat, "12.5"))

    send(client, form_of(wheat))

    order = Order.objects.get()
    letters = {letter.to[0]: letter for letter in mailoutbox}
    assert set(letters) == {"buyer@example.com", "owner-0@example.com", "manager@example.com"}
    for to, words in {
        "owner-0@example.com": ["Hired carrier: до 400 км", "Letter of credit", "12.5 t"],
        "manager@example.com": ["Наёмный перевозчик: до 400 км", "Аккредитив", "12,5 т"],
    }.items():
        letter = letters[to]
        typed = [TYPED[name] for name in TYPED if name != "phone"]
        for half in (letter.body, letter.alternatives[0].content):
            for said in [*words, *typed, "+77012345678", order.reference, "1 225 000 ₸"]:
                assert said in " ".join(half.replace("\N{NO-BREAK SPACE}", " ").split()), said
        assert f"/orders/{order.reference}/" in letter.body
        assert "?key=" not in letter.body
    # Nobody has proved yet that this address is theirs: what was typed is not sent there.
    buyers = letters["buyer@example.com"]
    for half in (buyers.body, buyers.alternatives[0].content):
        assert "1 225 000 ₸" in half.replace("\N{NO-BREAK SPACE}", " ")
        assert "Hired carrier: до 400 км" in half
        assert key_of(order) in half
        for name in ("full_name", "organization", "address", "comment"):
            assert TYPED[name] not in half


def test_a_member_reads_in_the_letter_what_the_seller_got(client, policy, wheat, aigul, mailoutbox):
    client.force_login(aigul)
    fill_cart(client, (wheat, 1), user=aigul)

    send(client, form_of(wheat), email="Aigul@example.com")

    letter = next(letter for letter in mailoutbox if letter.to == ["Aigul@example.com"])
    for name in ("full_name", "organization", "address", "comment"):
        assert TYPED[name] in letter.body
        assert TYPED[name] in letter.alternatives[0].content


def test_the_key_of_the_letter_opens_the_order_and_does_not_stay_in_the_address(
    client, form, mailoutbox
):
    send(client, form)
    order = Order.objects.get()
    letter = next(letter for letter in mailoutbox if letter.to == ["buyer@example.com"])
    link = urlsplit(next(line for line in letter.body.splitlines() if "?key=" in line))
    elsewhere = Client()

    wrong = elsewhere.get(link.path, {"key": "x" * 43})
    opened = elsewhere.get(f"{link.path}?{link.query}")

    assert wrong.status_code == 404
    assert (opened.status_code, opened["Location"]) == (302, order.get_absolute_url())
    assert elsewhere.get(order.get_absolute_url()).status_code == 200
    assert Client().get(order.get_absolute_url()).status_code == 404
    # Until the browser is closed, as the page says.
    assert elsewhere.cookies["session"]["max-age"] == ""
    order.refresh_from_db()
    assert order.proved_at is not None


# What cannot be taken back


@pytest.mark.clause("P5.1c")
def test_withdrawing_all_consents_leaves_that_of_an_order_and_says_so(client, make_order, aigul):
    order = make_order(user=aigul)
    client.force_login(aigul)

    answer = client.post("/en/account/privacy/consents/withdraw-all/", follow=True)

    assert "while the order is open it cannot be taken back" in words_of(answer)
    consent = Consent.objects.get(subject=aigul.subject, purpose="orders")
    assert (consent.act, consent.entry) == ("given", order.consent)
    assert ConsentEntry.objects.filter(subject=aigul.subject, act="withdrawn").count() == 1
    call_command("ledger", "verify")


def test_the_seal_names_the_order_that_comes_of_it(client, form):
    seal = signing.loads(seal_of(client.get(form)), salt="orders.proposal")

    send(client, form, seal=seal_of(client.get(form)))

    assert set(seal) == {"token", "version", "sentence", "goods", "terms"}
    assert Order.objects.get().token != UUID(seal["token"])
