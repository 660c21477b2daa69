"""Carts: whose they are, how long they stay, and what goes in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from orders import carts, tasks
from orders.models import Cart, CartLine, Entries
from privacy.registers import COOKIES
from tests.conftest import PASSWORD
from tests.orders.conftest import FROM_HERE

CART = "/en/cart/"


def lines_of(cart):
    return {line.listing.title: line.quantity for line in cart.lines.select_related("listing")}


def sign_in(client, user):
    return client.post("/en/accounts/login/", {"login": user.email, "password": PASSWORD})


@pytest.mark.django_db
def test_nothing_is_kept_of_a_guest_until_something_is_put_in(client, wheat, put):
    assert not client.get(CART).cookies

    answer = put(client, wheat, "10")

    cart = Cart.objects.get()
    assert answer["Location"] == f"{CART}#line-{cart.lines.get().pk}"
    assert lines_of(cart) == {wheat.title: 10}
    key, count = answer.cookies["cart"], answer.cookies["cart_count"]
    assert len(answer.cookies) == 2
    assert (key["httponly"], key["samesite"], key["max-age"]) == (True, "Lax", 604_800)
    assert (count.value, count["httponly"], count["max-age"]) == ("1", "", 604_800)
    assert cart.token_digest == carts.digest_of(key.value)
    assert cart.user is None
    assert client.get(CART)["Cache-Control"] == "private, no-store"


@pytest.mark.usefixtures("operator_is_known", "catalogue_is_known")
def test_a_public_page_neither_asks_for_the_cart_nor_touches_its_cookies(client):
    bare = client.get("/en/help/").content
    client.cookies.load({"cart": "key", "cart_count": "3"})

    answer = client.get("/en/help/")

    assert answer.content == bare
    assert not answer.cookies
    assert {"cart", "cart_count"} <= set(COOKIES)


@pytest.mark.django_db
def test_a_key_nobody_gave_opens_nothing_and_goes(client, wheat, put):
    client.cookies["cart"] = "\x00 guessed"

    page = client.get(CART)

    assert "The cart is empty" in page.content.decode()
    assert page.cookies["cart"]["max-age"] == 0
    client.cookies["cart"] = "guessed"
    put(client, wheat)
    assert Cart.objects.get().token_digest != carts.digest_of("guessed")


@pytest.mark.django_db
def test_more_of_the_same_ad_is_added_to_what_lies_there(client, wheat, barley, put):
    for quantity in ("10", "15"):
        put(client, wheat, quantity)
    put(client, barley)
    put(client, wheat)

    assert lines_of(Cart.objects.get()) == {wheat.title: 30, barley.title: 1}
    assert client.cookies["cart_count"].value == "2"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_make_one_cart_with_one_line_and_lose_nothing(wheat, marat, put):
    tabs = [Client() for _ in range(4)]
    for tab in tabs:
        tab.force_login(marat)

    def press(tab):
        try:
            return put(tab, wheat, "10").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(press, tabs))

    assert answers == [302] * 4
    assert lines_of(Cart.objects.get()) == {wheat.title: 40}


@pytest.mark.django_db
def test_quantities_are_read_as_people_here_write_them(client, make_listing, put):
    barley = make_listing(price=41_000)

    for language, typed, meant in [
        ("ru", "4,5", "4.5"),
        ("kk", "1 000,25", "1000.25"),
        ("ru", "1\u2009000", "1000"),
        ("en", "1,000.125", "1000.125"),
        ("en", " 0.001 ", "0.001"),
    ]:
        put(client, barley, typed, language)
        line = CartLine.objects.get()
        assert line.quantity == Decimal(meant), typed
        line.delete()


@pytest.mark.django_db
def test_a_quantity_that_makes_no_sense_is_refused_with_a_reason_and_stays_in_the_field(
    client, wheat, make_listing, put
):
    tractor = make_listing("Трактор", category="tractors", price=9_000_000)

    for listing, typed, reason in [
        (wheat, "", "Write how much you want."),
        (wheat, "десять", "Write a number, such as 12.5."),
        (wheat, "NaN", "Write a number, such as 12.5."),
        (wheat, "1e400", "At most 1 000 000 t can be ordered at once."),
        (wheat, "9" * 5000, "At most 1 000 000 t can be ordered at once."),
        (wheat, "-5", "Order more than nothing."),
        (wheat, "4", "The seller&#x27;s minimum is 5 t."),
        (wheat, "12", "The quantity grows in steps of 5 t."),
        (wheat, "5.0005", "At most three digits can stand behind the decimal mark."),
        (wheat, "1005", "Only 1 000 t are left."),
        (tractor, "1.5", "Only whole numbers can be ordered here."),
    ]:
        answer = put(client, listing, typed)
        page = answer.content.decode().replace("\u00a0", " ")
        assert answer.status_code == 200, typed
        assert reason in page, typed
        assert f'value="{typed[:40]}"' in page
        assert 'aria-invalid="true"' in page

    assert not CartLine.objects.exists()
    assert "cart" not in client.cookies


@pytest.mark.django_db
def test_what_lies_there_already_counts_against_what_is_left(client, make_listing, put):
    wheat = make_listing(price=98_500, quantity=12)
    put(client, wheat, "10")

    page = put(client, wheat, "5").content.decode()

    assert "Only 12 t are left. 10 t of it are in the cart already." in page
    assert CartLine.objects.get().quantity == 10


@pytest.mark.django_db
def test_an_ad_that_cannot_be_ordered_stays_out(client, make_listing, put):
    for facts, reason in [
        ({"deal_type": "wanted"}, "Whoever posted this ad wants to buy, not to sell."),
        ({"state": "paused"}, "The seller has taken this ad off for a while."),
        ({"state": "sold"}, "It is sold."),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "The term of this ad is over."),
    ]:
        answer = put(client, make_listing(price=98_500, **facts))
        assert reason in answer.content.decode()

    assert not CartLine.objects.exists()


@pytest.mark.django_db
def test_ones_own_ad_and_one_nobody_may_see_stay_out(client, make_seller, make_listing, aigul, put):
    make_seller(owner=aigul)
    own, draft = make_listing(price=98_500), make_listing("Ячмень фуражный", state="draft")
    client.force_login(aigul)

    answers = [put(client, own), put(client, draft)]

    assert "This is an ad of yours" in answers[0].content.decode()
    assert answers[1].status_code == 404
    assert not CartLine.objects.exists()
    assert "Add to the cart" not in client.get(own.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_a_cart_holds_a_hundred_ads(client, wheat, barley, put):
    put(client, wheat)
    others = [type(wheat)(**facts_of(wheat)) for _ in range(Cart.MOST_LINES - 1)]
    fill(Cart.objects.get(), type(wheat).objects.bulk_create(others))

    answer = put(client, barley)

    assert "A cart holds at most 100 ads." in answer.content.decode()
    assert CartLine.objects.count() == 100
    assert put(client, wheat).status_code == 302


def facts_of(listing):
    names = [field.attname for field in listing._meta.concrete_fields if not field.primary_key]
    return {name: getattr(listing, name) for name in names}


def fill(cart, listings, quantity=5):
    lines = [CartLine(cart=cart, listing=each, quantity=quantity) for each in listings]
    for line in lines:
        line.take_price()
    return CartLine.objects.bulk_create(lines)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["add/{ad}", "change/{line}", "remove/{line}"])
def test_nothing_changes_by_a_link_from_elsewhere_or_in_a_strangers_cart(client, wheat, path, put):
    put(client, wheat, "10")
    path = CART + path.format(ad=wheat.pk, line=CartLine.objects.get().pk) + "/"
    forms = [client.post(path, {"quantity": "20"}, headers=headers) for headers in (
        {}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"},
    )]  # fmt: skip
    client.get(path, {"quantity": "20"})
    if "add" not in path:
        Client().post(path, {"quantity": "20"}, headers=FROM_HERE)

    assert [form.status_code for form in forms] == [403] * 3
    assert lines_of(Cart.objects.get()) == {wheat.title: 10}


@pytest.mark.django_db
def test_at_sign_in_the_greater_quantity_of_each_ad_counts_and_the_guests_cart_goes(
    client, wheat, barley, oats, marat, put
):
    home = Client()
    home.force_login(marat)
    for listing, quantity in ((wheat, "10"), (barley, "7")):
        put(home, listing, quantity)
    for listing, quantity in ((wheat, "25"), (barley, "3"), (oats, "2")):
        put(client, listing, quantity)
    typed = {"seller": wheat.seller, "currency": "KZT", "expires_at": timezone.now()}
    Entries.objects.create(cart=Cart.objects.get(user=None), comment="typed last", **typed)
    Entries.objects.create(cart=marat.cart, comment="typed first", **typed)

    answer = sign_in(client, marat)

    cart = Cart.objects.get()
    assert cart.user == marat
    assert lines_of(cart) == {wheat.title: 25, barley.title: 7, oats.title: 2}
    assert Entries.objects.get().comment == "typed last"
    assert answer.cookies["cart"]["max-age"] == 0
    assert answer.cookies["cart_count"].value == "3"
    assert "Овёс" in home.get(CART).content.decode()


@pytest.mark.django_db
def test_what_does_not_fit_into_a_full_cart_at_sign_in_is_said(client, wheat, barley, marat, put):
    others = [type(wheat)(**facts_of(wheat)) for _ in range(Cart.MOST_LINES - 1)]
    fill(Cart.objects.create(user=marat), type(wheat).objects.bulk_create(others))
    put(client, wheat, "5")
    put(client, barley, "5")

    sign_in(client, marat)

    assert Cart.objects.get().lines.count() == 100
    assert "1 ad chosen before you signed in is not in it" in client.get(CART).content.decode()


@pytest.mark.django_db
def test_after_signing_out_the_browser_knows_nothing_of_the_cart(client, wheat, marat, put):
    sign_in(client, marat)
    put(client, wheat)

    answer = client.post("/en/accounts/logout/")

    assert answer.cookies["cart_count"]["max-age"] == 0
    assert "The cart is empty" in client.get(CART).content.decode()
    sign_in(client, marat)
    assert wheat.title in client.get(CART).content.decode()


@pytest.mark.django_db
def test_a_cart_stays_a_week_after_it_was_last_used(client, wheat, marat, put, time_machine):
    time_machine.move_to("2026-03-02 12:00Z", tick=False)
    type(wheat).objects.update(expires_at=timezone.now() + timedelta(days=60))
    member = Client()
    member.force_login(marat)
    put(client, wheat)
    put(member, wheat)
    time_machine.shift(timedelta(days=6))
    client.get(CART)

    time_machine.shift(timedelta(days=2))
    tasks.forget_carts()

    assert Cart.objects.get().user is None
    assert wheat.title in client.get(CART).content.decode()
    time_machine.shift(timedelta(days=7))
    assert "The cart is empty" in client.get(CART).content.decode()
    put(client, wheat)
    tasks.forget_carts()
    assert lines_of(Cart.objects.get()) == {wheat.title: 5}


@pytest.mark.django_db
def test_a_member_who_comes_back_after_the_week_begins_anew(client, wheat, barley, marat, put):
    client.force_login(marat)
    put(client, wheat)
    Cart.objects.update(touched_at=timezone.now() - Cart.LASTS)

    put(client, barley)

    assert lines_of(Cart.objects.get()) == {barley.title: 1}


@pytest.mark.django_db
def test_what_was_typed_and_not_sent_goes_in_time(wheat):
    cart = Cart.objects.create(token_digest="x")
    for currency, minutes in (("KZT", -1), ("USD", 1)):
        ends = timezone.now() + timedelta(minutes=minutes)
        Entries.objects.create(cart=cart, seller=wheat.seller, currency=currency, expires_at=ends)

    tasks.forget_entries()

    assert Entries.objects.get().currency == "USD"


@pytest.mark.django_db
def test_a_program_cannot_begin_carts_without_end(wheat, put, monkeypatch, marat):
    monkeypatch.setattr(carts, "CARTS_AN_HOUR", 2)

    answers = [put(Client(), wheat) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert answers[2]["Retry-After"] == "3600"
    assert Cart.objects.count() == 2
    member = Client()
    member.force_login(marat)
    assert put(member, wheat).status_code == 302


@pytest.mark.django_db
def test_at_an_ip_address_the_cart_stays_where_its_cookie_is(client, wheat, put):
    here = {"Host": "127.0.0.1:8000"}
    put(client, wheat, **here)

    page = client.get(CART, headers=here)

    assert wheat.title in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["add", "change", "remove"])
def test_a_number_beyond_all_numbers_leads_nowhere(client, wheat, put, verb):
    put(client, wheat, "10")

    answer = client.post(f"{CART}{verb}/{'9' * 30}/", {"quantity": "20"}, headers=FROM_HERE)

    assert answer.status_code in (302, 404)
    assert lines_of(Cart.objects.get()) == {wheat.title: 10}


@pytest.mark.django_db
def test_a_cart_goes_with_its_account(wheat, marat, client, put):
    client.force_login(marat)
    put(client, wheat)

    User.objects.filter(pk=marat.pk).delete()

    assert not Cart.objects.exists()
