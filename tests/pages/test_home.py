"""What the home page tells of the market, and that it tells the truth."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listings.models import Listing, Photo
from sellers.models import Seller
from tests.html import assert_valid

OPENING = "The portal is just opening"


def numbers(html):
    """By the address a number stands beside."""
    return {
        address.replace("&amp;", "&"): int(number)
        for address, number in re.findall(
            r'<a href="([^"]*)">[^<]*(?:</a></h3>\s*)?<data [^>]*value="(\d+)"', html
        )
    }


def titles(html):
    return re.findall(r"listing-row__title[^>]*>\s*<a [^>]*>([^<]*)</a>", html)


def test_a_portal_without_ads_says_that_it_is_just_opening(client, catalogue):
    page = client.get("/en/")

    html = page.content.decode()
    assert OPENING in html
    assert not numbers(html)
    assert "Newest ads" not in html
    assert_valid(page)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_sections_and_regions_count_live_ads_and_the_newest_come_first(
    client, make_listing, language
):
    now = timezone.now()
    for number in range(9):
        make_listing(f"Wheat {number}", sort_at=now - timedelta(hours=number))
    make_listing("Hay", category="hay-straw", region_id="KZ-10", sort_at=now - timedelta(days=2))
    for state in ("draft", "pending", "sold", "expired", "paused", "blocked"):
        make_listing(f"Not live {state}", state=state)

    page = client.get(f"/{language}/")

    html = page.content.decode()
    assert numbers(html) == {
        f"/{language}/listings/grain-oilseeds-pulses/": 9,
        f"/{language}/listings/livestock-feed/": 1,
        f"/{language}/listings/?region=KZ-10": 1,
        f"/{language}/listings/?region=KZ-39": 9,
    }
    assert titles(html) == [f"Wheat {number}" for number in range(8)]
    assert_valid(page)
    assert not page.cookies


def test_an_ad_that_goes_is_shown_no_more_though_the_numbers_are_a_minute_old(client, make_listing):
    make_listing("Stays")
    make_listing("Goes")
    assert titles(client.get("/en/").content.decode()) == ["Goes", "Stays"]

    Listing.objects.filter(title="Goes").update(state="sold")

    assert titles(client.get("/en/").content.decode()) == ["Stays"]
    Seller.objects.get().members.all().delete()
    assert titles(client.get("/en/").content.decode()) == []


def test_without_valkey_the_page_is_there_and_true(client, make_listing, settings):
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    make_listing("Wheat")

    html = client.get("/en/").content.decode()

    assert titles(html) == ["Wheat"]
    assert OPENING not in html


def test_the_page_stays_light_and_costs_four_queries_at_most(client, make_listing):
    ready = {"state": "ready", "stem": "0" * 64, "widths": [320], "width": 320, "height": 240}
    for number in range(12):
        listing = make_listing(f"Пшеница 3 класса {number}" * 4, village="Новопокровка")
        photo = Photo.objects.create(listing=listing, **ready)
        Listing.objects.filter(pk=listing.pk).update(photo_order=[photo.pk])
    client.get("/ru/")

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/ru/")

    assert len(queries) <= 4
    assert len(page.content) < 60_000
