import os

import pytest

from listings.models import Listing, Revision
from tests.axe import faults
from tests.conftest import PASSWORD, wait_for_behaviours

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def places(few_places):
    pass


def sign_in(page, user):
    page.goto("/en/accounts/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/account/")


def write(page):
    page.locator("[name=title]").fill("Пшеница 3 класса, элеватор")
    page.locator("[name=description]").fill("Урожай этого года, отгрузка вагонами.")
    page.locator("[name=price]").fill("98 500")
    page.locator("[name=quantity]").fill("1 200")


@pytest.mark.proof(every=3)
@pytest.mark.parametrize("has_script", [False, True])
def test_on_a_phone_a_new_seller_publishes_an_ad(
    open_browser, aigul, catalogue, places, has_script
):
    page = open_browser(**PHONE, java_script_enabled=has_script)
    sign_in(page, aigul)

    page.goto("/en/account/listings/new/")
    page.get_by_label("Individual").check()
    page.locator("[name=name]").fill("Айгүл Сейтқазы")
    page.locator("[name=region]").select_option("KZ-39")
    page.locator("[name=settlement]").fill("Рудный")
    page.locator("[name=phone]").fill("8 701 234 56 78")
    page.get_by_role("button", name="Open my page").click()
    page.locator("main [name=q]").fill("бидай")
    page.locator("main").get_by_role("button", name="Search").click()
    page.locator("button[value=wheat]").first.click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Something here needs a correction").wait_for()
    write(page)
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("This is how it will look").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("The ad is sent").wait_for()

    listing = Listing.objects.get()
    assert listing.state == "pending"
    assert (listing.title, listing.settlement.name_ru) == ("Пшеница 3 класса, элеватор", "Рудный")


def test_without_a_connection_what_is_written_stays_and_is_sent_when_it_is_back(
    open_browser, aigul, make_seller, catalogue, places
):
    make_seller(owner=aigul)
    page = open_browser(**PHONE)
    sign_in(page, aigul)
    page.goto("/en/account/listings/new/?q=wheat")
    page.locator("button[value=wheat]").first.click()
    page.wait_for_url("**/edit/")
    write(page)

    wait_for_behaviours(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("No connection").wait_for()
    assert Listing.objects.get().title == ""
    page.context.set_offline(False)
    page.get_by_text("The draft is saved").wait_for()

    assert Listing.objects.get().title == "Пшеница 3 класса, элеватор"


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ru", "dark", 360), ("kk", "light", 360)],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_browser, aigul, make_seller, make_listing, places, language, scheme, width
):
    seller = make_seller(owner=aigul, phone="+77012345678")
    for state in ("published", "paused", "rejected", "expired"):
        listing = make_listing(
            "Бидай 3-сынып, элеватор", seller=seller, state=state, price=98_500, quantity=1200
        )
    live = Listing.objects.get(state="published")
    draft = make_listing("", seller=seller, category="tractors", state="draft", price_kind="exact")
    facts = {name: getattr(live, name) for name in Listing.CONTENT} | {"title": "Бидай 2-сынып"}
    Revision.objects.create(listing=live, state="pending", **facts)
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})
    seen = []
    page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
    sign_in(page, aigul)

    def look(path, name):
        page.goto(f"/{language}/account/listings/{path}")
        check(path, name)

    def check(path, name):
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{name}-{language}-{width}.png", full_page=True)
        assert faults(page) == "", path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    look("", "mine")
    page.locator(".more summary").first.click()
    check("", "mine-more")
    look("new/", "new")
    look("new/?q=wheat", "found")
    look(f"{live.pk}/", "own")
    look(f"{live.pk}/edit/", "edit-live")
    look(f"{draft.pk}/edit/", "edit")
    page.locator("[value=publish]").click()
    page.locator("[role=alert]").wait_for()
    check("", "errors")
    write(page)
    page.locator("[value=preview]").click()
    page.locator("#preview").wait_for()
    check("", "preview")
    look(f"{listing.pk}/category/", "category")
    assert seen == []
