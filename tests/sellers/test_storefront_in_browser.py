"""The home page and a storefront full of ads, as people see them."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from listings.models import Listing, Photo
from tests.axe import faults
from tests.conftest import PASSWORD


@pytest.fixture
def full(make_listing, seller):
    """Thirty ads, each with a picture that never arrives."""
    ready = {"state": "ready", "stem": "0" * 64, "widths": [320], "width": 1280, "height": 960}
    for number in range(30):
        listing = make_listing(
            f"Пшеница продовольственная яровая {number}",
            seller=seller,
            category="wheat" if number % 2 else "seeders",
            price=77_800_000 + number,
            village="Новопокровка",
        )
        photo = Photo.objects.create(listing=listing, **ready)
        Listing.objects.filter(pk=listing.pk).update(photo_order=[photo.pk])
    return seller


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("ru", "light", 360), ("kk", "dark", 1280)]
)
def test_rows_keep_their_shape_without_pictures_and_axe_finds_nothing(
    open_browser, full, language, scheme, width
):
    page = open_browser(
        color_scheme=scheme, viewport={"width": width, "height": 800}, java_script_enabled=True
    )

    for path in ("", f"sellers/{full.slug}/", f"sellers/{full.slug}/?q=zzz"):
        page.goto(f"/{language}/{path}")
        assert faults(page) == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        rows = page.locator(".listing-row").all()
        assert len(rows) == (6 if path == "" else 0 if "?" in path else 20)
        for row in rows:
            assert row.bounding_box()["height"] < 320


def test_on_a_phone_without_javascript_a_logo_is_added_and_an_ad_is_found(
    open_browser, full, aigul
):
    phone = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    page = open_browser(**phone)
    page.goto("/en/accounts/login/")
    page.locator("[name=login]").fill(aigul.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit], main .button--primary").first.click()
    page.wait_for_url("**/en/account/")
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "green").save(file, "PNG")

    page.goto("/en/account/seller/")
    page.get_by_role("link", name="Add a logo").click()
    page.locator("[name=logo]").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": file.getvalue()}
    )
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The logo is on your page.").wait_for()

    visitor = open_browser(**phone)
    visitor.goto(f"/en/sellers/{full.slug}/")
    logo = visitor.locator(".logo img")
    assert logo.evaluate("image => image.naturalWidth") == 256
    visitor.locator("main [name=q]").fill("яровая 17")
    visitor.locator("main search button").click()
    expect(visitor.locator(".listing-row h3")).to_have_text(["Пшеница продовольственная яровая 17"])
    assert visitor.context.cookies() == []
