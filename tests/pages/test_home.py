"""What the home page tells of the market, and that it tells the truth."""

import io
import re
from datetime import timedelta
from itertools import cycle

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image, ImageFilter

from listings.answers import pack
from listings.catalogue import current_catalogue
from listings.models import Listing, Photo
from listings.pictures import rebuild
from listings.tasks import count_market
from places.models import Region
from sellers.models import Seller
from tests.html import assert_valid

OPENING = "The portal is just opening"
# Over the wire, uncached, with nobody between who compresses the page itself.
MOST_BYTES = 100 * 1024
MOST_REQUESTS = 12


def numbers(html):
    """By the address a number stands beside."""
    return {
        address.replace("&amp;", "&"): int(number)
        for address, number in re.findall(
            r'<a href="([^"]*)">[^<]*(?:</a></h3>\s*)?<data [^>]*value="(\d+)"', html
        )
    }


def titles(html):
    return re.findall(r"<a id=l\d+ [^>]*>([^<]*)</a>", html)


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
    assert titles(html) == [f"Wheat {number}" for number in range(6)]
    assert_valid(page)
    assert not page.cookies


def test_every_way_to_post_an_ad_leads_to_writing_one_past_the_sign_in(client, catalogue):
    html = client.get("/en/").content.decode()

    ways = re.findall(
        r'<a [^>]*href="([^"]*)"[^>]*>(?:<svg[^>]*><use[^>]*></svg>)?Post an ad<', html
    )
    assert ways == ["/en/account/listings/new/"] * 3
    answer = client.get(ways[0])
    assert answer.status_code == 302
    assert answer["Location"] == "/en/accounts/login/?next=/en/account/listings/new/"


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
    assert times_counted(client) == 0


def test_no_visitor_waits_until_all_ads_are_counted(client, make_listing):
    make_listing("Wheat")
    count_market()

    assert times_counted(client) == 0
    assert "All ads: 1<" in client.get("/en/").text

    make_listing("Barley")
    count_market()

    assert times_counted(client) == 0
    assert "All ads: 2<" in client.get("/en/").text


def times_counted(client):
    with CaptureQueriesContext(connection) as queries:
        client.get("/en/")
    return sum("COUNT(" in query["sql"] for query in queries)


def test_the_page_costs_four_queries_at_most(client, make_listing):
    ready = {"state": "ready", "stem": "0" * 64, "widths": [320], "width": 320, "height": 240}
    for number in range(12):
        listing = make_listing(f"Пшеница 3 класса {number}" * 4, village="Новопокровка")
        photo = Photo.objects.create(listing=listing, **ready)
        Listing.objects.filter(pk=listing.pk).update(photo_order=[photo.pk])
    client.get("/ru/")

    with CaptureQueriesContext(connection) as queries:
        client.get("/ru/")

    assert len(queries) <= 4


def photograph():
    """As heavy as one of a field of wheat, and no two the same."""
    grain = Image.effect_noise((640, 480), 60).filter(ImageFilter.GaussianBlur(1))
    sky = Image.linear_gradient("L").resize(grain.size)
    file = io.BytesIO()
    colours = [Image.blend(sky, grain, share) for share in (0.5, 0.6, 0.4)]
    Image.merge("RGB", colours).save(file, "JPEG", quality=90)
    file.seek(0)
    return file


@pytest.fixture
def market(make_seller, make_listing, settings, tmp_path):
    """Ads in every section and region; the newest tell everything and show photos."""
    settings.MEDIA_ROOT = tmp_path
    seller = make_seller("КХ «Жарқын дала»", verified_at=timezone.now())
    catalogue = current_catalogue()
    leaves = [catalogue.children_of(section)[0].slug for section in catalogue.sections]
    regions = Region.objects.shown().filter(country="KZ")
    for region, slug in zip(regions, cycle(leaves), strict=False):
        make_listing(f"Есть в наличии, отгрузка из региона {region}", category=slug, region=region)
    questions = catalogue.facts_of(catalogue.by_slug["wheat"])
    answers = pack({each.attribute: middle(each) for each in questions})
    for number in range(8):
        facts = {"price": 98_500 + number, "vat": "incl", "answers": answers}
        listing = make_listing(
            f"Пшеница 3 класса, урожай 2026, элеватор № {number}", seller=seller, **facts
        )
        picture = rebuild(photograph())
        size = {"width": picture.width, "height": picture.height, "widths": picture.widths}
        photo = Photo.objects.create(listing=listing, state="ready", stem=picture.stem, **size)
        for (width, kind), content in picture.files.items():
            default_storage.save(photo.path(width, kind), ContentFile(content))
        Listing.objects.filter(pk=listing.pk).update(photo_order=[photo.pk])


def middle(question):
    low, high = question.limits
    return question.choices[0] if question.choices else round(((low or 0) + (high or 100)) / 2)


@pytest.mark.proof
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_with_the_market_full_the_page_is_light_and_asks_nobody_else(
    open_browser, portal, market, language
):
    page = open_browser(viewport={"width": 1280, "height": 800})
    sizes, refused = {}, []
    page.on("requestfinished", lambda asked: sizes.update({asked.url: asked.sizes()}))
    page.on("response", lambda answer: answer.ok or refused.append(answer.url))

    page.goto(f"/{language}/")
    # They are loaded when they come near; a busy machine takes its time.
    page.locator(".listing-row").last.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.listing-row img')].every(img => img.naturalWidth)"
    )
    page.wait_for_load_state("networkidle")

    weight = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values())
    assert sum(url.endswith(".webp") for url in sizes) == 6
    assert len(sizes) <= MOST_REQUESTS, sorted(sizes)
    assert weight <= MOST_BYTES
    assert all(url.startswith(portal) for url in sizes)
    assert refused == []
    assert page.context.cookies() == []
