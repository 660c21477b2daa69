import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from listings.answers import pack
from listings.catalogue import current_catalogue
from listings.models import Favourite, Listing, Photo
from tests.axe import faults
from tests.conftest import wait_for_behaviours
from tests.html import assert_valid
from tests.sellers.test_in_browser import sign_in

TITLES = [
    "Пшеница 3 класса, урожай 2026, элеватор «Тобол»",
    "Пшеница мягкая яровая 3 класса, вагонами",
    "Продам пшеницу 4 класса с хозяйства, погрузка зерномётом",
    "Бидай 3 сынып, Қостанай элеваторынан, вагонмен жөнелту",
    "Высокобелковая пшеница 2 класса для улучшения муки",
]
PRICES = [98_500, 96_000, None, 84_000, Decimal("215.50")]


@pytest.fixture
def wheat(make_listing, make_seller):
    """Thirty ads of wheat that tell what wheat is asked for, of three regions."""
    call_command("reindex", verbosity=0)
    seller = make_seller("КХ «Жарқын дала»", verified_at=timezone.now())
    catalogue = current_catalogue()
    questions = catalogue.attributes_of(catalogue.by_slug["wheat"])
    for number in range(30):
        answers = {}
        for question in questions:
            if question.choices:
                one = question.choices[number % min(3, len(question.choices))]
                answers[question.attribute] = one if question.attribute.type == "choice" else [one]
            elif question.attribute.type == "number":
                low, high = question.limits
                answers[question.attribute] = (low or 0) + ((high or 100) - (low or 0)) / 3
        price = PRICES[number % len(PRICES)]
        make_listing(
            TITLES[number % len(TITLES)],
            seller=seller,
            answers=pack(answers),
            region_id=["KZ-39", "KZ-11", "KZ-59"][number % 3],
            language="kk" if number % 5 == 3 else "ru",
            sort_at=timezone.now() - timedelta(hours=7 * number),
            vat="incl",
            **({"price": price} if price else {}),
        )


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_a_full_page_weighs_no_more_than_fifty_kilobytes(client, wheat, language):
    ready = {"state": "ready", "stem": "0" * 32, "widths": [208], "width": 208, "height": 156}
    for listing in Listing.objects.all():
        photos = [Photo.objects.create(listing=listing, **ready) for _ in range(2)]
        Listing.objects.filter(pk=listing.pk).update(photo_order=[photo.pk for photo in photos])
    for view in ("", "?view=table", "?view=cards"):
        page = client.get(f"/{language}/listings/wheat/{view}")

        assert len(page.context["cards"]) == 24
        assert len(page.content) <= 50 * 1024
        assert_valid(page)


def test_an_ad_is_saved_from_the_list_also_without_javascript(open_browser, wheat, aigul):
    page = open_browser(java_script_enabled=False, locale="en-GB")
    sign_in(page, aigul)
    for view in ("", "?view=cards"):
        page.goto(f"/en/listings/wheat/{view}")

        page.get_by_role("button", name=f"Save {TITLES[0]}").first.click()

        page.wait_for_url(f"**/en/listings/wheat/{view}")
        expect(page.get_by_text("The ad is among those you have saved.")).to_be_visible()
    newest = Listing.objects.order_by("-sort_at").first()
    assert Favourite.objects.get(user=aigul).listing == newest


@pytest.mark.proof(every=3)
def test_filters_work_with_the_button_alone_and_without_it(open_browser, wheat):
    plain = open_browser(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="en-GB"
    )
    plain.goto("/en/listings/wheat/")
    plain.get_by_role("button", name="Filters").click()
    plain.get_by_role("checkbox", name="Kostanay").check()
    plain.locator("[name=price_to]").fill("97 000")
    plain.get_by_role("button", name="Show").click()
    expect(plain.locator(".listing-row")).to_have_count(6)
    plain.get_by_role("link", name="Take away: Kostanay").click()
    expect(plain).not_to_have_url(re.compile("region"))

    lively = open_browser(viewport={"width": 1280, "height": 800}, locale="en-GB")
    seen = []
    lively.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
    lively.goto("/en/listings/wheat/")
    wait_for_behaviours(lively)
    lively.locator("#f-near summary").click()
    with lively.expect_response("**/wheat/?*"):
        lively.get_by_role("checkbox", name="Kostanay").check()
    lively.wait_for_url("**/en/listings/wheat/?region=KZ-39")
    lively.get_by_role("link", name="Take away: Kostanay").wait_for()
    expect(lively.locator(".listing-row")).to_have_count(10)
    expect(lively.get_by_role("checkbox", name="Kostanay")).to_be_checked()
    focused = "document.activeElement.name + document.activeElement.value"
    assert lively.evaluate(focused) == "regionKZ-39"
    expect(lively.locator("#f-near")).to_have_attribute("open", "")
    with lively.expect_response("**/wheat/?*"):
        lively.get_by_label("Order").select_option("price")
    lively.wait_for_url("**/en/listings/wheat/?region=KZ-39&sort=price")
    expect(lively.locator(".listing-row")).to_have_count(8)
    lively.go_back()
    lively.wait_for_url("**/en/listings/wheat/?region=KZ-39")
    lively.get_by_role("option", name="newest first", selected=True).wait_for(state="attached")
    lively.wait_for_load_state("networkidle")
    assert lively.evaluate("localStorage.length + sessionStorage.length") == 0
    assert lively.context.cookies() == []
    assert seen == []


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ru", "dark", 360), ("kk", "dark", 1280), ("kk", "light", 360)],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_browser, wheat, language, scheme, width, half
):
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})
    pages = [
        *("wheat/", "wheat/?view=table", "wheat/?view=cards", "?q=пшиница&near=Рудный"),
        *("wheat/?region=KZ-39&price_to=10", "cereals/?q=единорог"),
    ]
    for path in pages[half::2]:
        page.goto(f"/{language}/listings/{path}")
        assert faults(page) == "", path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
