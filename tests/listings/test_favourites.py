"""Ads that people keep an eye on: whoever they are, only they know."""

from decimal import Decimal

import pytest
from django.test import Client

from listings.models import Favourite, Listing
from tests.conftest import PASSWORD
from tests.html import assert_valid

FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
SAVED = "/en/account/favourites/"


@pytest.fixture
def browser(marat):
    client = Client()
    client.force_login(marat)
    return client


def press(client, verb, listing, **headers):
    return client.post(f"/en/listing/{listing.pk}/{verb}/", **FROM_HERE | headers)


def test_an_ad_is_saved_once_however_often_it_is_asked_and_let_go_again(
    browser, make_listing, marat
):
    listing = make_listing(price=98_500)

    answers = [press(browser, "save", listing) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    favourite = Favourite.objects.get()
    assert (favourite.user, favourite.listing, favourite.price) == (marat, listing, 98_500)
    assert "Remove from saved" in browser.get(answers[0]["Location"]).content.decode()
    for _ in range(2):
        assert press(browser, "unsave", listing).status_code == 302
    assert not Favourite.objects.exists()


def test_from_wherever_it_was_pressed_one_comes_back_there_and_nowhere_else(browser, make_listing):
    listing = make_listing()
    here = "http://testserver/en/listings/wheat/?q=1"

    def after(referer):
        return press(browser, "save", listing, HTTP_REFERER=referer)["Location"]

    page = f"/en/listing/{listing.pk}/pshenitsa-3-klassa/"
    assert after(here) == "/en/listings/wheat/?q=1"
    assert after("http://evil.example/en/listings/") == page
    assert after("http://testserver//evil.example/") == page
    assert after("") == page


def test_whoever_is_not_signed_in_signs_in_and_comes_back_to_save_it(client, make_listing, marat):
    listing = make_listing(price=98_500)

    sent = press(client, "save", listing)
    arrived = client.post(sent["Location"], {"login": marat.email, "password": PASSWORD})
    asked = client.get(arrived["Location"])
    before = Favourite.objects.count()
    press(client, "save", listing)

    assert sent["Location"].startswith("/en/accounts/login/?next=/en/listing/")
    assert arrived["Location"] == f"/en/listing/{listing.pk}/save/"
    assert_valid(asked)
    assert listing.title in asked.content.decode()
    assert before == 0  # by an address alone nothing is saved
    assert Favourite.objects.get().user == marat


def test_another_site_saves_nothing(marat, make_listing):
    listing = make_listing()
    client = Client(enforce_csrf_checks=True)
    client.force_login(marat)

    for verb in ("save", "unsave"):
        answer = client.post(f"/en/listing/{listing.pk}/{verb}/", HTTP_SEC_FETCH_SITE="cross-site")
        assert answer.status_code == 403
    assert not Favourite.objects.exists()


@pytest.mark.parametrize("state", ["draft", "blocked", "archived"])
def test_what_is_not_public_cannot_be_saved(browser, make_listing, state):
    listing = make_listing(state=state)

    assert press(browser, "save", listing).status_code == 404
    assert not Favourite.objects.exists()


def test_the_list_tells_states_and_prices_that_have_changed(browser, make_listing):
    dearer = make_listing("Дорожает", price=Decimal("98500"))
    same = make_listing("Как было", price=100)
    sold = make_listing("Продано", price=5)
    hidden = make_listing("Спрятано", price=7)
    for listing in (dearer, same, sold, hidden):
        press(browser, "save", listing)
    Listing.objects.filter(pk=dearer.pk).update(price=99_000)
    Listing.objects.filter(pk=sold.pk).update(state="sold")
    Listing.objects.filter(pk=hidden.pk).update(state="blocked")

    answer = browser.get(SAVED)

    html = answer.content.decode()
    assert_valid(answer)
    assert html.count("The price has changed") == 1
    assert "98\u00a0500" in html
    assert "99\u00a0000" in html
    assert "Sold" in html
    assert "Спрятано" not in html
    assert f"Ad № {hidden.pk} is not shown any more" in html
    press(browser, "unsave", hidden)
    assert Favourite.objects.count() == 3


def test_the_list_costs_the_same_for_one_ad_or_twenty(
    browser, make_listing, make_seller, django_assert_max_num_queries, marat
):
    for number in range(20):
        listing = make_listing(seller=make_seller(f"Seller {number}"))
        Favourite.objects.create(user=marat, listing=listing, price_kind="on_request")
    browser.get(SAVED)

    with django_assert_max_num_queries(8):
        browser.get(SAVED)


@pytest.mark.clause("P4.1b")
def test_nobody_else_sees_or_changes_the_list(make_listing, marat, make_user, client):
    listing = make_listing()
    Favourite.objects.create(user=marat, listing=listing, price_kind="on_request")
    stranger, seller = Client(), Client()
    stranger.force_login(make_user("stranger@example.com"))
    seller.force_login(listing.seller.members.get().user)

    assert client.get(SAVED)["Location"].startswith("/en/accounts/login/")
    assert press(client, "unsave", listing)["Location"].startswith("/en/accounts/login/")
    for other in (stranger, seller):
        assert listing.title not in other.get(SAVED).content.decode()
        press(other, "unsave", listing)
        page = other.get(f"/en/listing/{listing.pk}/", follow=True).content.decode()
        assert "Remove from saved" not in page
    assert Favourite.objects.get().user == marat


def test_a_list_of_five_hundred_takes_no_more(browser, make_listing, marat, monkeypatch):
    monkeypatch.setattr(Favourite, "MOST_PER_PERSON", 1)
    first, second = make_listing(), make_listing()
    press(browser, "save", first)

    answer = press(browser, "save", second)

    assert answer["Location"] == SAVED
    assert "Remove some of them" in browser.get(SAVED).content.decode()
    assert Favourite.objects.get().listing == first


@pytest.mark.parametrize("page", ["", "?page=2", "?page=x", "?page=-1"])
def test_a_long_list_has_pages_and_an_empty_one_says_how_to_begin(
    browser, make_listing, marat, monkeypatch, page
):
    assert "You have saved no ads yet" in browser.get(SAVED).content.decode()
    monkeypatch.setattr("listings.views.favourites.PAGE", 1)
    for _ in range(2):
        Favourite.objects.create(user=marat, listing=make_listing(), price_kind="on_request")

    answer = browser.get(f"{SAVED}{page}")

    assert_valid(answer)
    assert answer.content.decode().count("saved on") == 1


@pytest.mark.parametrize("referer", ["http://[", "http://[::1]]/", "\\", "http://localhost:x/"])
def test_a_page_of_origin_that_is_none_leads_to_the_ad(browser, make_listing, referer):
    listing = make_listing()

    answer = press(browser, "save", listing, HTTP_REFERER=referer)

    assert answer["Location"] == f"/en/listing/{listing.pk}/pshenitsa-3-klassa/"
