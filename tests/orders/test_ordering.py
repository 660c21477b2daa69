"""The order form: its words, its errors, what is kept of it and what is not."""

import math
import re
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Address, Phone
from letters.models import Letter
from listings.catalogue import remembered
from moderation.models import Ban
from moderation.models.ban import known_by
from orders.models import Entries, Order
from privacy.models import ConsentEntry, Disclosure
from sellers.models import Member, Payment, Shipping
from tests.html import assert_valid
from tests.orders.ordering import FROM_HERE, TYPED, fill_cart, form_of, seal_of, send, words_of

pytestmark = pytest.mark.django_db

FIVE_ERRORS = [
    "Full name not specified",
    "Organization not specified",
    "Email is incorrect",
    "Phone not specified",
    "Address not specified",
]


@pytest.fixture
def farm(make_seller):
    return make_seller("Жарқын дала")


@pytest.fixture
def wheat(farm, make_listing):
    return make_listing(seller=farm, price=98_000, quantity=100)


@pytest.fixture
def form(client, policy, wheat):
    """Its address, for a guest with ten tonnes of wheat in the cart."""
    fill_cart(client, (wheat, 10))
    return form_of(wheat)


def offer_choice(seller):
    Shipping.objects.create(seller=seller, method="pickup", conditions="“Tobol” elevator")
    Shipping.objects.create(seller=seller, method="carrier")
    Payment.objects.create(seller=seller, method="prepaid", conditions="50 % in advance")
    Payment.objects.create(seller=seller, method="letter")


# Its words


WORDS = {
    "F3": "ORDERING",
    "F4": "×",
    "F5": "Surname, First name (Patronymic): *",
    "F7": "Organization: *",
    "F9": "Email: *",
    "F11": "Phone: *",
    "F13": "Address: *",
    "F15": "Comment: (up to 512 characters)",
    "F16": "* - required fields",
    "F17": "Seller: Жарқын дала",
    "F18": "Shipping: As agreed with the seller",
    "F19": "Payment: As agreed with the seller",
    "F20": "Order items - 1, for the amount: 980 000 ₸",
    "F21": "Check the final cost and conditions with the seller",
    "F22": ("By clicking the «SEND ORDER» button, I consent to the processing of personal data"),
    "F23": "Back to cart",
    "F24": "Send order",
}


@pytest.mark.clause("F3")
@pytest.mark.clause("F4")
@pytest.mark.clause("F5")
@pytest.mark.clause("F7")
@pytest.mark.clause("F9")
@pytest.mark.clause("F11")
@pytest.mark.clause("F13")
@pytest.mark.clause("F15")
@pytest.mark.clause("F16")
@pytest.mark.clause("F17")
@pytest.mark.clause("F18")
@pytest.mark.clause("F19")
@pytest.mark.clause("F20")
@pytest.mark.clause("F21")
@pytest.mark.clause("F22")
@pytest.mark.clause("F23")
@pytest.mark.clause("F24")
def test_the_form_says_word_for_word_what_it_has_to(client, form):
    words = words_of(client.get(form))

    assert [said for said in WORDS.values() if words.count(said) != 1] == []


def test_three_items_are_counted_and_added_up_by_the_server(client, policy, wheat, make_listing):
    barley = make_listing("Ячмень", seller=wheat.seller, category="barley", price=70_000)
    rye = make_listing("Рожь", seller=wheat.seller, category="barley", price=Decimal("30000.50"))
    fill_cart(client, (wheat, "10.5"), (barley, 3), (rye, 1))

    words = words_of(client.get(form_of(wheat)))

    assert "Order items - 3, for the amount: 1 269 000.50 ₸" in words
    assert "request for a price" not in words


def test_what_has_no_price_makes_it_a_request_for_one(client, policy, wheat, make_listing):
    asked = make_listing("Овёс", seller=wheat.seller, category="barley")
    fill_cart(client, (asked, 5))
    alone = words_of(client.get(form_of(wheat)))
    fill_cart(client, (asked, 5), (wheat, 1))

    together = words_of(client.get(form_of(wheat)))
    send(client, form_of(wheat))

    assert "Order items - 1, for the amount: on request" in alone
    assert "1 item has no price yet: this is a request for a price" in alone
    assert "Order items - 2, for the amount: 98 000 ₸" in together
    order = Order.objects.get()
    assert (order.total, order.unpriced) == (98_000, 1)


@pytest.mark.clause("F18")
@pytest.mark.clause("F19")
def test_one_way_of_shipping_and_payment_is_read_and_several_are_chosen_from(client, form, wheat):
    Shipping.objects.create(seller=wheat.seller, method="rail", conditions="60 t or more")
    Payment.objects.create(seller=wheat.seller, method="cash")
    one = client.get(form)
    Shipping.objects.create(seller=wheat.seller, method="carrier")
    several = client.get(form)

    assert "Shipping: Railway wagons: 60 t or more" in words_of(one)
    assert "Payment: In cash" in words_of(one)
    assert 'name="shipping"' not in one.content.decode()
    assert re.findall(r'<option value="(\w*)"( selected)?>([^<]*)', several.content.decode()) == [
        ("", " selected", "Choose"),
        ("rail", "", "Railway wagons: 60 t or more"),
        ("carrier", "", "Hired carrier"),
    ]


@pytest.mark.clause("F22")
def test_the_sentence_leads_to_the_very_version_meant(client, form, policy):
    page = client.get(form).content.decode()

    link = f'<a href="{policy.get_absolute_url()}">processing of personal data</a></p>'
    assert f"button, I consent to the {link}" in page


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_in_every_language_the_sentence_leads_to_the_policy(client, policy, wheat, language):
    fill_cart(client, (wheat, 1))

    page = client.get(form_of(wheat, language)).content.decode()

    assert (
        f'<a href="/{language}/privacy/1/">' in page.partition("<main")[2].partition("</main>")[0]
    )
    assert "ORDERING" not in page


def test_the_page_is_sound_before_and_after_errors(client, form, wheat):
    offer_choice(wheat.seller)

    assert_valid(client.get(form))
    assert_valid(send(client, form, full_name="", email="x"))


# Its errors


@pytest.mark.clause("P1.4b")
@pytest.mark.clause("F6")
@pytest.mark.clause("F8")
@pytest.mark.clause("F10")
@pytest.mark.clause("F12")
@pytest.mark.clause("F14")
def test_all_five_errors_are_said_at_once_and_nothing_is_lost(client, form):
    answer = send(
        client, form, full_name=" ", organization="", email="aigerim@dala", phone=" ", address="\n"
    )

    page = answer.content.decode()
    assert answer.status_code == 400
    summary = re.findall(r'<li><a href="#(\w+)">([^<]*)</a></li>', page)
    assert summary == [
        ("id_full_name", FIVE_ERRORS[0]),
        ("id_organization", FIVE_ERRORS[1]),
        ("id_email", FIVE_ERRORS[2]),
        ("id_phone", FIVE_ERRORS[3]),
        ("id_address", FIVE_ERRORS[4]),
    ]
    for name, error in zip(
        ["full_name", "organization", "email", "phone", "address"], FIVE_ERRORS, strict=True
    ):
        field = re.search(rf"<(?:input|textarea)[^>]*name=\"{name}\"[^>]*>", page)[0]
        assert 'aria-invalid="true"' in field
        assert f'aria-describedby="id_{name}_error"' in field
        at_field = page.partition(f'id="id_{name}_error"')[2].partition("</div>")[0]
        assert at_field.count(error) == 1
    assert "5 things are missing or wrong. Nothing has been sent." in words_of(answer)
    assert 'value="aigerim@dala"' in page
    assert "Тиеу дүйсенбіден</textarea>" in page
    for model in (Order, ConsentEntry, Entries, Session):
        assert not model.objects.exists(), model


def test_of_several_ways_one_must_be_chosen_from_those_offered(client, form, wheat):
    offer_choice(wheat.seller)

    nothing = words_of(send(client, form))
    foreign = send(client, form, shipping="rail", payment="letter")
    send(client, form, shipping="carrier", payment="prepaid")

    assert "Choose how the goods reach you" in nothing
    assert "Choose how you pay" in nothing
    assert foreign.status_code == 400
    order = Order.objects.get()
    assert (order.shipping, order.shipping_conditions) == ("carrier", "")
    assert (order.payment, order.payment_conditions) == ("prepaid", "50 % in advance")


@pytest.mark.clause("F10")
def test_a_wrong_email_is_refused_with_one_sentence(client, form):
    seal = seal_of(client.get(form))

    for email in [
        "",
        "aigerim",
        "aigerim@dala",
        "a b@example.com",
        "buyer@example.com\r\nBcc: all@example.com",
        "buyer@example.com\nx",
        "buyer@exam\0ple.com",
        "one@example.com, two@example.com",
        f"{'x' * 250}@example.com",
    ]:
        answer = send(client, form, seal=seal, email=email)
        at_field = answer.content.decode().partition('id="id_email_error"')[2]
        assert at_field.partition("</div>")[0].count("Email is incorrect") == 1, email
    assert not Order.objects.exists()


def test_an_email_with_a_plus_or_in_an_alphabet_of_its_own_gets_the_letter(
    client, policy, wheat, settings
):
    settings.EMAIL_BACKEND = "letters.backend.OutboxBackend"

    for email in ["a.b+grain@example.com", "buyer@пример.қаз", "BUYER@Ex.COM", " x@example.com "]:
        fill_cart(client, (wheat, 1))
        assert send(client, form_of(wheat), email=email).status_code == 302
        assert Order.objects.latest("pk").email == email.strip()
    assert Letter.objects.filter(recipient__startswith="buyer@xn--").count() == 1


@pytest.mark.clause("F11")
def test_a_phone_is_taken_as_people_write_it(client, policy, wheat):
    for typed, kept in [
        ("+77012345678", "+77012345678"),
        ("8 701 234 56 78", "+77012345678"),
        ("8(7142)54-32-10", "+77142543210"),
        (" +7 (701) 234-56-78 ", "+77012345678"),
        ("8 912 345 67 89", "+79123456789"),
        ("+49 30 901820", "+4930901820"),
        ("+48 22 694 60 00", "+48226946000"),
    ]:
        fill_cart(client, (wheat, 1))
        send(client, form_of(wheat), phone=typed)
        assert str(Order.objects.latest("pk").phone) == kept


@pytest.mark.clause("F12")
def test_a_phone_that_is_none_is_asked_for_with_an_example(client, form):
    seal = seal_of(client.get(form))

    for typed in ["12", "+7 701 234 56 78, 8 777 333 44 55", "7" * 5000, "нет", "+7\0"]:
        answer = send(client, form, seal=seal, phone=typed)
        assert "for example +7 701 234 56 78" in words_of(answer), typed
    assert not Order.objects.exists()


def test_an_extension_is_asked_for_elsewhere_rather_than_lost(client, form):
    for typed in ["+7 7142 54 32 10 доб. 12", "8 7142 54 32 10 ext. 12", "+7 7142 54 32 10 #12"]:
        answer = send(client, form, phone=typed)

        assert "Write the number without an extension" in words_of(answer), typed
        assert f'value="{typed}"' in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.clause("F8")
@pytest.mark.clause("F14")
def test_what_shows_nothing_is_nothing(client, form):
    for nothing in ["\N{ZERO WIDTH SPACE}", "\N{RIGHT-TO-LEFT OVERRIDE}\N{NO-BREAK SPACE}", "\0"]:
        answer = words_of(send(client, form, organization=nothing, address=nothing))

        assert "Organization not specified" in answer
        assert "Address not specified" in answer
    assert not Order.objects.exists()


@pytest.mark.clause("F15")
@pytest.mark.parametrize("length", [511, 512, 513])
def test_a_comment_has_up_to_512_characters_however_they_are_sent(client, policy, wheat, length):
    for unit in ["x", "ә", "\N{TRACTOR}", "e\N{COMBINING ACUTE ACCENT}", "a\n"]:
        fill_cart(client, (wheat, 1))
        comment = (unit * length)[: length - 1] + "."

        answer = send(client, form_of(wheat), comment=comment.replace("\n", "\r\n"))

        if length <= 512:
            assert Order.objects.latest("pk").comment == comment
        else:
            assert "1 character too long: up to 512 are taken" in words_of(answer)
            assert comment in answer.content.decode().replace("\r\n", "\n")
    assert Order.objects.count() == (0 if length > 512 else 5)


@pytest.mark.clause("F15")
@pytest.mark.parametrize("unit", ["x", "\N{TRACTOR}"])
def test_the_database_itself_refuses_a_longer_comment(make_order, unit):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(comment=unit * 512)

    with pytest.raises(DataError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(comment=unit * 513)

    order.refresh_from_db()
    assert order.comment == unit * 512


def test_what_cannot_be_seen_is_left_out(client, form):
    send(
        client,
        form,
        full_name="Сейтқазы\0\tАйгүл\x1b ",
        organization="Диірмен\r\nBcc: all@example.com",
        address="Абай,\r\n1\x07",
        comment="\0один\vдва\r\n\r\nтри ",
    )

    order = Order.objects.get()
    assert order.full_name == "Сейтқазы Айгүл"
    assert order.organization == "Диірмен Bcc: all@example.com"
    assert order.address == "Абай,\n1"
    assert order.comment == "один два\n\nтри"


def test_what_is_too_long_is_refused_and_stays_to_be_shortened(client, form):
    for name in ["full_name", "organization", "address"]:
        answer = send(client, form, **{name: "ә" * 600})
        assert answer.status_code == 400
        assert "ә" * 600 in answer.content.decode()
    assert not Order.objects.exists()


# What is kept, and what is not


@pytest.mark.clause("P4.1a")
def test_with_pick_up_the_address_is_asked_and_neither_kept_nor_passed_on(
    client, form, wheat, mailoutbox
):
    offer_choice(wheat.seller)
    page = words_of(client.get(form))

    send(client, form, shipping="pickup", payment="letter", address="Marked Street, 7")

    assert "If you choose pick-up, your address is neither kept nor passed on" in page
    assert Order.objects.get().address == ""
    assert "address" not in Disclosure.objects.get().fields
    assert not any("Marked Street" in str(letter.message()) for letter in mailoutbox)
    assert not Entries.objects.exists()


@pytest.mark.clause("F23")
def test_back_to_cart_keeps_what_was_typed_for_half_an_hour(
    client, form, time_machine, wheat, make_listing
):
    time_machine.move_to(timezone.now(), tick=False)
    too_long = {"comment": "Тиеу " * 200, "email": "aigerim@dala"}
    answer = send(client, form, back="1", **too_long)
    again = client.get(form).content.decode()
    time_machine.shift(timedelta(minutes=31))
    later = client.get(form).content.decode()

    assert (answer.status_code, answer["Location"]) == (302, "/en/cart/")
    assert "Сейтқазы Айгүл Маратқызы" in again
    assert 'value="aigerim@dala"' in again
    assert f"{'Тиеу ' * 200}</textarea>" in again
    assert "Сейтқазы" not in later
    assert not Order.objects.exists()


def test_what_one_browser_typed_no_other_sees(client, form, wheat):
    send(client, form, back="1")
    kept = Entries.objects.get()
    client.cookies.clear()
    fill_cart(client, (wheat, 1))

    page = client.get(form).content.decode()

    assert kept.full_name == TYPED["full_name"]
    assert "Сейтқазы" not in page
    assert client.get(form)["Cache-Control"] == "private, no-store"


def test_a_member_finds_the_form_filled_in_from_the_account(
    client, policy, aigul, make_seller, wheat
):
    aigul.patronymic = "Маратқызы"
    aigul.save()
    make_seller("Тобыл", owner=aigul)
    Phone.objects.create(user=aigul, number="+77012345678")
    Phone.objects.create(user=aigul, number="+77770000000")
    for kind, street in [("residence", "Home"), ("work", "Work")]:
        Address.objects.create(
            user=aigul, kind=kind, region="Қостанай", settlement="Рудный", street=street
        )
    client.force_login(aigul)
    fill_cart(client, (wheat, 1), user=aigul)

    page = client.get(form_of(wheat)).content.decode()

    assert 'value="Сейтқазы Айгүл Маратқызы"' in page
    assert 'name="organization" value="Тобыл"' in page
    assert 'value="aigul@example.com"' in page
    assert 'value="+77012345678"' in page
    assert "Қостанай, Рудный, Work</textarea>" in page


def test_ordering_from_all_walks_through_the_forms_filled_in(
    client, policy, wheat, make_seller, make_listing
):
    other = make_listing("Ячмень", seller=make_seller("Тобыл"), category="barley", price=70_000)
    dollars = make_listing("Рожь", seller=wheat.seller, price=200, currency="USD")
    fill_cart(client, (wheat, 1), (other, 2), (dollars, 3))

    first = send(client, f"{form_of(wheat)}?all")
    second_form = client.get(first["Location"])
    second = send(client, first["Location"])
    third_form = client.get(second["Location"])
    third = client.post(
        second["Location"],
        TYPED | {"seal": seal_of(third_form), "comment": ""},
        **FROM_HERE,
    )

    assert first["Location"] == f"{form_of(other)}?all"
    assert "has been sent to the seller" in words_of(second_form)
    assert f"To {other.seller.name}. After this order 1 more follows." in words_of(second_form)
    assert "No other order follows." in words_of(third_form)
    for form in (second_form, third_form):
        assert 'value="Сейтқазы Айгүл Маратқызы"' in form.content.decode()
        assert "Тиеу дүйсенбіден" not in form.content.decode()
    assert second["Location"] == f"{form_of(dollars)}?all"
    last = Order.objects.latest("pk")
    assert third["Location"] == f"/en/orders/{last.reference}/"
    assert list(Order.objects.order_by("pk").values_list("currency", flat=True)) == [
        "KZT",
        "KZT",
        "USD",
    ]
    assert not Entries.objects.exists()
    for order in Order.objects.all():
        assert client.get(order.get_absolute_url()).status_code == 200


# Who may not, and when


def test_a_newer_policy_brings_the_form_back_and_sends_nothing(client, form, publish_version):
    seal = seal_of(client.get(form))
    publish_version("privacy", purposes=["orders"])

    answer = send(client, form, seal=seal)
    again = send(client, form, seal=seal_of(answer))

    assert answer.status_code == 409
    assert "The privacy policy has changed since this form was opened" in words_of(answer)
    assert 'value="Сейтқазы Айгүл Маратқызы"' in answer.content.decode()
    assert again.status_code == 302
    assert ConsentEntry.objects.get().version.number == 2


def test_a_form_without_our_seal_sends_nothing(client, form):
    for seal in ["", "forged", "e30:1vMxyz:AAAA", "\0"]:
        answer = client.post(form, TYPED | {"seal": seal}, **FROM_HERE)
        assert answer.status_code == 409
        assert "could not read what this form had shown you" in words_of(answer)
    assert not Order.objects.exists()


@pytest.mark.clause("P7.3")
def test_when_the_clause_about_orders_is_suspended_none_are_taken(
    client, form, publish_version, wheat
):
    seal = seal_of(client.get(form))
    publish_version("privacy", purposes=["orders"], suspended=["orders"])

    answer = send(client, form, seal=seal)

    assert answer["Location"] == "/en/cart/"
    assert Entries.objects.get().full_name == TYPED["full_name"]
    assert not Order.objects.exists()


def test_who_is_shut_out_sends_no_order(client, form, make_user):
    moderator = make_user("moderator@example.com")

    for banned in [
        ("email", "buyer@example.com"),
        ("phone", "+77012345678"),
        ("network", "127.0.0.1/32"),
    ]:
        ban = Ban.objects.create(**known_by(*banned), reason="spam", by=moderator)
        assert send(client, form).status_code == 403
        ban.delete()
    assert not Order.objects.exists()


def test_who_acts_for_a_seller_orders_nothing_from_them(client, policy, wheat, aigul):
    Member.objects.create(seller=wheat.seller, user=aigul, role="viewer")
    client.force_login(aigul)
    fill_cart(client, (wheat, 1), user=aigul)

    answer = client.get(form_of(wheat), follow=True)

    assert answer.redirect_chain == [("/en/cart/", 302)]
    assert "you cannot order from yourself" in words_of(answer)


def test_too_many_orders_of_an_address_or_a_network_are_asked_to_come_back(
    client, policy, wheat, monkeypatch
):
    monkeypatch.setattr("orders.views.ordering.ORDERS_OF_AN_ADDRESS", 2)
    monkeypatch.setattr("orders.views.ordering.ORDERS_OF_A_NETWORK", 3)
    answers = []
    for email in ["one@example.com", "one@example.com", "One@example.com", "two@example.com"]:
        fill_cart(client, (wheat, 1))
        answers.append(send(client, form_of(wheat), email=email))

    neighbour = client.post(
        form_of(wheat),
        TYPED | {"seal": seal_of(answers[-1])},
        **FROM_HERE,
        REMOTE_ADDR="203.0.113.9",
    )

    assert [answer.status_code for answer in answers] == [302, 302, 429, 429]
    assert answers[-1]["Retry-After"] == "3600"
    assert "this one was not sent" in words_of(answers[-1])
    assert 'value="Сейтқазы Айгүл Маратқызы"' in answers[-1].content.decode()
    assert neighbour.status_code == 302
    assert Order.objects.count() == 3


def test_without_valkey_no_order_is_sent_and_the_buyer_is_asked_to_come_back(
    client, form, settings
):
    client.raise_request_exception = False
    seal = seal_of(client.get(form))
    away = django_settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    answer = send(client, form, seal=seal)

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert not Order.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_loses_the_database_right_after_the_order_comes_back_to_it(client, wheat, policy):
    fill_cart(client, (wheat, 1))
    send(client, form_of(wheat))  # from here on this browser has a session
    fill_cart(client, (wheat, 2))
    form = form_of(wheat)
    seal = seal_of(client.get(form))
    client.raise_request_exception = False

    with database_dying_of_sessions():
        answer = send(client, form, seal=seal)
    again = send(client, form, seal=seal)

    order = Order.objects.get(lines__quantity=2)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert (again.status_code, again["Location"]) == (302, f"/en/orders/{order.reference}/")
    assert Order.objects.count() == 2
    assert client.get(again["Location"]).status_code == 200


@contextmanager
def database_dying_of_sessions():
    """Whoever saves a session loses the connection, as in a restart of the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';"
            "CREATE TRIGGER die BEFORE UPDATE ON django_session"
            " FOR EACH ROW EXECUTE FUNCTION die()"
        )
    try:
        yield
    finally:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION die CASCADE")


def test_another_site_sends_nothing(client, form):
    seal = seal_of(client.get(form))

    answer = client.post(form, TYPED | {"seal": seal}, HTTP_SEC_FETCH_SITE="cross-site")

    assert answer.status_code == 403
    assert not Order.objects.exists()


def test_an_empty_cart_leads_to_the_cart_and_an_unknown_part_to_nothing(client, policy, wheat):
    without = client.get(form_of(wheat))
    fill_cart(client, (wheat, 1))

    assert (without.status_code, without["Location"]) == (302, "/en/cart/")
    assert client.get(form_of(wheat).replace("KZT", "USD"))["Location"] == "/en/cart/"
    assert client.get(form_of(wheat).replace("KZT", "XXX")).status_code == 404
    assert client.get("/en/cart/nobody/KZT/order/").status_code == 404


# As a dialog, and how fast


def test_above_another_page_the_form_comes_alone_and_then_the_whole_page_goes(client, form):
    fragment = client.get(form, HTTP_X_DIALOG="1")
    wrong = client.post(
        form, TYPED | {"seal": seal_of(fragment), "email": ""}, **FROM_HERE, HTTP_X_DIALOG="1"
    )
    sent = client.post(form, TYPED | {"seal": seal_of(wrong)}, **FROM_HERE, HTTP_X_DIALOG="1")

    assert "<html" not in fragment.content.decode()
    assert "<html" not in wrong.content.decode()
    assert "Email is incorrect" in wrong.content.decode()
    order = Order.objects.get()
    assert (sent.status_code, sent["X-Location"]) == (204, order.get_absolute_url())
    assert "has been sent to the seller" in words_of(client.get(order.get_absolute_url()))


def test_the_form_costs_the_same_for_one_ad_or_eight(
    client, policy, wheat, make_listing, monkeypatch, operator_is_known
):
    client.get(form_of(wheat))
    # Whether it has changed is looked up once a second.
    monkeypatch.setitem(remembered, "until", math.inf)
    costs = []

    for number in range(8):
        listing = make_listing(f"Ячмень {number}", seller=wheat.seller, price=1000 + number)
        fill_cart(client, *((each, 1) for each in wheat.seller.listings.all()))
        client.get(form_of(listing))
        with CaptureQueriesContext(connection) as context:
            client.get(form_of(listing))
        costs.append(len(context))

    assert costs == [costs[0]] * 8
    assert costs[0] <= 20


def test_nothing_of_what_was_typed_stands_in_addresses_or_logs(client, form, caplog):
    caplog.set_level("DEBUG")

    answers = [send(client, form, email="x"), send(client, form, back="1"), send(client, form)]

    for value in TYPED.values():
        assert value not in caplog.text
        assert not any(value in answer.get("Location", "") for answer in answers)
