import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from listings.models import Photo
from listings.tasks import prepare_waiting_photos
from tests.axe import faults
from tests.conftest import wait_for_behaviours
from tests.listings.photos.pictures import SECRET, drawing, picture
from tests.sellers.test_in_browser import sign_in

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def five(tmp_path):
    """Five photos on the phone, one of them damaged."""
    paths = []
    for number in range(5):
        content = picture("JPEG", drawing((500 + 100 * number, 400)))
        path = tmp_path / f"IMG_{number + 1}.jpg"
        path.write_bytes(content[:4000] if number == 3 else content)
        paths.append(path)
    return paths


@pytest.fixture
def look():
    """Axe, nothing that sticks out, and a picture in the folder SCREENSHOTS if there is one."""

    def at(page, name):
        assert faults(page) == "", name
        width = page.viewport_size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return at


def test_on_a_phone_without_javascript_five_photos_are_added_and_put_in_order(
    open_browser, draft, aigul, five
):
    page = open_browser(**PHONE, java_script_enabled=False)
    sign_in(page, aigul)
    page.goto(f"/en/account/listings/{draft.pk}/photos/")

    page.get_by_label("Choose photos").set_input_files(five)
    page.get_by_role("button", name="Add photos").click()
    page.get_by_text("5 of 15").wait_for()
    expect(page.get_by_text("Being prepared", exact=True)).to_have_count(5)
    prepare_waiting_photos()
    page.get_by_role("link", name="See whether they are ready").click()
    page.get_by_text("1 file could not be used").wait_for()
    page.get_by_role("button", name="Move photo 4 earlier").click()
    page.get_by_role("button", name="Make photo 2 the main one").click()
    page.get_by_role("button", name="Remove photo 4").click()
    page.get_by_text("3 of 15").wait_for()

    draft.refresh_from_db()
    widths = [photo.width for photo in Photo.objects.in_order(draft.photo_order)]
    assert widths == [600, 500, 900]


def test_what_is_chosen_before_the_script_has_come_is_sent_by_the_button(
    open_browser, draft, aigul, five
):
    page = open_browser(**PHONE)
    sign_in(page, aigul)
    on_their_way = []
    page.route("**/elements/photo-upload*", lambda route: on_their_way.append(route))
    with page.expect_request("**/elements/photo-upload*"):
        page.goto(f"/en/account/listings/{draft.pk}/photos/")
    page.get_by_label("Choose photos").set_input_files(five[:2])
    on_their_way[0].continue_()
    wait_for_behaviours(page)

    page.get_by_role("button", name="Add photos").click()

    page.get_by_text("2 of 15").wait_for()
    assert draft.photos.count() == 2


@pytest.mark.proof(every=3)
def test_with_javascript_each_photo_is_sent_by_itself_and_a_lost_one_again(
    open_browser, draft, aigul, five, look
):
    page = open_browser(**PHONE)
    sign_in(page, aigul)
    address = f"/en/account/listings/{draft.pk}/photos/"
    page.goto(address)
    expect(page.get_by_role("button", name="Add photos")).to_be_hidden()
    sent = []

    def pass_on(route):
        if route.request.method == "POST":
            sent.append(route.request.url)
            if len(sent) == 2:
                route.abort()
                return
        route.continue_()

    page.route(f"**{address}", pass_on)
    page.get_by_label("Choose photos").set_input_files(five)
    page.get_by_text("4 of 15").wait_for()
    expect(page.locator("#i-arrow-left")).to_have_count(1)
    look(page, "sending")
    expect(page.get_by_text("It was not sent")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("5 of 15").wait_for()
    prepare_waiting_photos()
    page.get_by_text("1 file could not be used").wait_for()
    page.locator(".photos img").nth(3).wait_for()

    assert len(sent) == 6
    assert page.url.endswith(address)
    draft.refresh_from_db()
    widths = [photo.width for photo in Photo.objects.in_order(draft.photo_order)]
    assert widths == [500, 700, 900, 600]


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ru", "dark", 360), ("kk", "dark", 1280), ("ru", "light", 768)],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_browser, draft, aigul, browser, upload, ready, look, language, scheme, width
):
    waiting = picture("PNG", drawing((640, 480)))
    ready(*upload(draft, *(picture(image=drawing((400 + n, 300))) for n in range(3)), b"no photo"))
    upload(draft, waiting)
    pdf = (f"{SECRET}-price-list-of-the-whole-year.pdf", b"%PDF-1.7\n%%EOF")
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})
    seen = []
    page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)
    sign_in(page, aigul)
    page.goto(f"/{language}/account/listings/{draft.pk}/photos/")
    page.locator("[name=documents]").set_input_files(
        {"name": pdf[0], "mimeType": "application/pdf", "buffer": pdf[1]}
    )
    page.locator("form[action$='/documents/'] button").click()
    page.locator("a[download]").wait_for()

    look(page, f"photos-{language}-{scheme}-{width}")
    with page.expect_download() as download:
        page.locator("a[download]").click()

    assert download.value.suggested_filename == pdf[0]
    assert seen == []
