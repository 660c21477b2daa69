"""What a storefront shows of its ads, and how a visitor finds the one they want."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from listings.models import Listing, Photo
from tests.conftest import OTHER_BIN
from tests.html import assert_valid

STOREFRONT = "/en/sellers/zharkyn-dala/"


@pytest.fixture
def goods(seller, make_listing):
    """Two wheats, a hay and a tractor of the seller, and a wheat of somebody else."""
    return [
        make_listing("Пшеница 3 класса", seller=seller, price=95_000),
        make_listing("Қатты бидай, өз өнімі", seller=seller, category="durum-wheat", language="kk"),
        make_listing("Сено люцерны", seller=seller, category="hay-straw"),
        make_listing("Трактор МТЗ-82.1", seller=seller, category="tractors"),
    ]


@pytest.fixture
def titles(client):
    def read(query=""):
        html = client.get(f"{STOREFRONT}{query}").content.decode()
        return re.findall(r"<a id=l\d+ [^>]*>([^<]*)</a>", html)

    return read


def test_a_storefront_shows_the_live_ads_of_its_seller_and_no_others(
    titles, goods, make_listing, make_seller
):
    stranger = make_seller("Агро", bin=OTHER_BIN)
    make_listing("Чужая пшеница", seller=stranger)
    for state in ("draft", "pending", "rejected", "paused", "sold", "blocked", "archived"):
        make_listing(f"Ячмень {state}", seller=goods[0].seller, state=state)
    past = timezone.now() - timedelta(days=40)
    make_listing("Ячмень с прошлого месяца", seller=goods[0].seller, sort_at=past, expires_at=past)

    assert titles() == [listing.title for listing in reversed(goods)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=пшеница", ["Пшеница 3 класса"]),
        ("?q=КЛАССА+пшен", ["Пшеница 3 класса"]),
        ("?q=катты+оз", ["Қатты бидай, өз өнімі"]),
        ("?q=мтз+82.1", ["Трактор МТЗ-82.1"]),
        ("?q=ячмень", []),
        ("?q=%25", 4),
        ("?q=" + "ы" * 5000, []),
        ("?q=a%00b", []),
        ("?category=wheat", ["Пшеница 3 класса"]),
        ("?category=cereals", ["Қатты бидай, өз өнімі", "Пшеница 3 класса"]),
        ("?category=cereals&q=бидай", ["Қатты бидай, өз өнімі"]),
        ("?category=barley", []),
        ("?category=no-such", 4),
        ("?after=rubbish", 4),
        ("?after=99999999999999999-1", 4),
        ("?after=0-1", []),
    ],
)
def test_words_and_categories_narrow_the_ads_and_nonsense_does_not(
    client, titles, goods, query, found
):
    shown = titles(query)

    assert (len(shown) if isinstance(found, int) else shown) == found
    assert_valid(client.get(f"{STOREFRONT}{query}"))


def test_the_numbers_beside_categories_are_what_choosing_them_shows(client, titles, goods):
    for query in ("", "?q=бидай", "?category=cereals", "?category=wheat"):
        html = client.get(f"{STOREFRONT}{query}").content.decode()
        branches = re.findall(
            r'<a href="(\?[^"]*)#ads"[^>]*>[^<]+<data class="number" value="(\d+)">', html
        )
        assert branches
        for address, number in branches:
            assert len(titles(address.replace("&amp;", "&"))) == int(number)


def test_a_narrowed_storefront_stays_out_of_search_engines_and_offers_the_whole(client, goods):
    whole = client.get(STOREFRONT).content.decode()
    nothing = client.get(f"{STOREFRONT}?q=ячмень").content.decode()

    assert "noindex" not in whole
    assert '<meta name="robots" content="noindex">' in nothing
    assert "This seller has no such ad" in nothing
    assert f'href="{STOREFRONT}#ads"' in nothing


def test_a_seller_without_ads_says_so(client, seller):
    page = client.get(STOREFRONT)

    assert "This seller has no ads now." in page.content.decode()
    assert_valid(page)


def test_paging_shows_every_ad_once_while_new_ones_come_in(client, seller, make_listing):
    now = timezone.now()
    for number in range(50):
        # Ten at a time at the same moment.
        make_listing(f"Ad {number}", seller=seller, sort_at=now - timedelta(days=number // 10))
    page, seen = STOREFRONT, []

    while page:
        html = client.get(page).content.decode()
        seen += re.findall(r"<a id=l\d+ [^>]*>(Ad \d+)</a>", html)
        make_listing("New", seller=seller)
        following = re.search(r'<a class="button" href="(\?[^"]*)" rel="next">', html)
        page = f"{STOREFRONT}{following[1].replace('&amp;', '&')}" if following else None

    assert len(seen) == len(set(seen)) == 50


def test_a_storefront_costs_the_same_for_one_ad_or_twenty(
    client, seller, make_listing, django_assert_num_queries
):
    ready = {"state": "ready", "stem": "0" * 32, "widths": [320], "width": 320, "height": 240}

    def stock():
        listing = make_listing(seller=seller, settlement_id=None)
        photo = Photo.objects.create(listing=listing, **ready)
        Listing.objects.filter(pk=listing.pk).update(photo_order=[photo.pk])

    def cost():
        with django_assert_num_queries(10, exact=False) as queries:
            client.get(STOREFRONT)
        # Whether somebody changed the catalogue is asked once a second.
        return len([one for one in queries if "catalogueversion" not in one["sql"]])

    stock()
    client.get(STOREFRONT)
    with_one = cost()
    for _ in range(19):
        stock()

    assert cost() == with_one == 8
