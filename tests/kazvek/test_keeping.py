"""What browsers and whoever stands between may keep of a page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kazvek.settings import MIDDLEWARE
from ui.public import FRESH, STALE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]

PUBLIC = "public, max-age=4, stale-while-revalidate=4"


@pytest.fixture
def pages(make_listing):
    listing = make_listing(price=98_000)
    return [
        "/en/",
        "/en/help/",
        "/en/contact/",
        "/en/listings/",
        "/en/listings/wheat/",
        "/en/listings/?q=Пшеница",
        "/en/listings/oats/",
        "/en/listings/feed/",
        listing.get_absolute_url().replace("/ru/", "/en/"),
        listing.seller.get_absolute_url().replace("/ru/", "/en/"),
        "/en/sellers/",
        "/en/privacy/",
        "/en/privacy/1/",
        "/en/privacy/history/",
    ]


def test_public_pages_are_kept_for_seconds_and_the_second_visit_is_answered_in_a_word(
    client, pages
):
    for page in pages:
        first = client.get(page)
        again = client.get(page, headers={"If-None-Match": first["ETag"]})

        assert first.status_code == 200, page
        assert first["Cache-Control"] == PUBLIC, page
        assert not first.cookies, page
        assert "Cookie" not in first.get("Vary", ""), page
        assert (again.status_code, again.content) == (304, b""), page
        assert again["Cache-Control"] == PUBLIC, page
    assert FRESH + STALE < 10


def test_nobody_keeps_the_page_of_a_member_nor_hands_it_one_of_others(client, pages, marat):
    tags = {page: client.get(page)["ETag"] for page in pages}
    client.force_login(marat)

    for page in pages[:-3]:
        answer = client.get(page, headers={"If-None-Match": tags[page]})

        assert answer.status_code == 200, page
        assert answer["Cache-Control"] == "private, no-store", page
        assert "ETag" not in answer, page


@pytest.mark.parametrize("address", ["/en/accounts/login/", "/en/cart/", "/", "/en/listing/1/"])
def test_what_is_not_said_to_be_public_is_kept_by_nobody(client, address):
    answer = client.get(address)

    assert "no-store" in answer["Cache-Control"]


def test_a_public_page_that_looks_at_its_reader_is_kept_by_nobody(client, settings):
    assert client.get("/en/help/")["Cache-Control"] == PUBLIC
    settings.ROOT_URLCONF = "tests.kazvek.knowing_urls"

    answer = client.get("/knows/")

    assert answer.content == b"Hello AnonymousUser"
    assert answer["Cache-Control"] == "private, no-store"
    assert MIDDLEWARE.index("kazvek.middleware.private_unless_public") < MIDDLEWARE.index(
        "django.contrib.sessions.middleware.SessionMiddleware"
    )


def test_a_new_price_a_new_name_and_an_end_are_on_every_page_at_once(client, make_listing):
    listing = make_listing(price=98_000)
    other = make_listing("Пшеница 4 класса", price=90_000)
    seller = listing.seller
    pages = [
        "/en/",
        "/en/listings/wheat/",
        other.get_absolute_url().replace("/ru/", "/en/"),
        seller.get_absolute_url().replace("/ru/", "/en/"),
    ]

    def visit():
        """Of somebody who keeps what each page was before."""
        news = []
        for page in pages:
            kept = tags.get(page)
            answer = Client().get(page, headers={"If-None-Match": kept} if kept else None)
            tags[page] = answer["ETag"]
            news.append(answer.content.decode())
        return news

    tags = {}
    visit()
    assert visit() == ["", "", "", ""]
    listing.price = 123_456
    listing.changed("price")
    assert ["123\xa0456" in page for page in visit()] == [True, True, True, True]
    seller.name = "Алтын дән"
    seller.save()
    assert ["Алтын дән" in page for page in visit()][1:] == [True, True, True]
    listing.expires_at = timezone.now() - timedelta(days=1)
    listing.changed("expires_at")
    assert ["123\xa0456" in page for page in visit()] == [False] * 4
