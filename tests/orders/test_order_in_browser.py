"""An order from the counter-offer to its end, in the browsers of both sides."""

import os
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from listings.models import Photo
from orders import life
from orders.letters import url_for_buyer
from orders.models import Order
from orders.states import State
from sellers.models import Shipping
from tests.axe import faults
from tests.sellers.test_in_browser import sign_in

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
SHOTS = os.environ.get("SHOTS")


@pytest.fixture
def photo(settings, tmp_path, wheat):
    """A real file of one colour, as the worker would have made it."""
    settings.MEDIA_ROOT = tmp_path
    photo = Photo.objects.create(
        listing=wheat, state="ready", stem="ab" * 32, widths=[320], width=320, height=240
    )
    path = default_storage.path(default_storage.save(photo.path(320, "webp"), ContentFile(b"")))
    Image.new("RGB", (320, 240), "goldenrod").save(path, "WEBP")
    wheat.photo_order = [photo.pk]
    wheat.save(update_fields=["photo_order"])


@pytest.fixture
def order(photo, wheat, seller, make_listing, make_order):
    """Of a guest: wheat with a price, barley without one."""
    barley = make_listing("Ячмень кормовой", seller=seller, category="barley", quantity=80)
    carrier = Shipping(method="carrier", conditions="до 400 км, по тарифу перевозчика")
    return make_order([wheat, barley], shipping=carrier)


def path_of(url):
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def check(page, name):
    """No fault that axe knows, nothing wider than the screen."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    assert faults(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.proof(every=3)
@pytest.mark.parametrize("with_scripts", [False, True], ids=["without-scripts", "with-scripts"])
def test_a_seller_counters_a_guest_accepts_and_the_order_runs_to_its_end(
    open_browser, with_scripts, order, aigul, wheat
):
    selling = open_browser(java_script_enabled=with_scripts, locale="en-GB")
    buying = open_browser(**PHONE, java_script_enabled=with_scripts, locale="en-GB")
    sign_in(selling, aigul)
    page = f"/en/orders/{order.reference}/"

    # The seller names the price, with a slip first.
    selling.goto(page)
    selling.get_by_text("The buyer asks for your price").first.wait_for()
    selling.get_by_text("Name the price", exact=True).click()
    group = selling.get_by_role("group", name="2. Ячмень кормовой")
    group.get_by_label("Price").fill("0")
    selling.get_by_label("Note").fill("Тиеу дүйсенбіден")
    selling.get_by_role("button", name="Send the counter-offer").click()
    selling.get_by_text("A price is more than nothing.").first.wait_for()
    if with_scripts:
        check(selling, "seller-refused")
    expect(selling.get_by_label("Note")).to_have_value("Тиеу дүйсенбіден")
    group.get_by_label("Price").fill("71 500")
    day = timezone.localdate() + timedelta(days=7)
    group.get_by_label("Date").fill(str(day))
    selling.get_by_role("button", name="Send the counter-offer").click()
    selling.get_by_text("The counter-offer is made.").wait_for()
    if with_scripts:
        check(selling, "seller-offered")

    # The guest comes by the letter, on a phone, and accepts.
    buying.goto(path_of(url_for_buyer(order)))
    buying.wait_for_url(re.compile(rf"{page}$"))
    buying.get_by_text("Тиеу дүйсенбіден").first.wait_for()
    if with_scripts:
        check(buying, "buyer-asked")
    buying.get_by_role("button", name="Accept the counter-offer").click()
    buying.get_by_text("The counter-offer is accepted.").wait_for()

    # Money and goods are noted, and the delivery confirmed.
    selling.goto(page)
    selling.get_by_text("Mark as paid", exact=True).first.click()
    selling.get_by_label("Number of the payment").fill("ПП 118")
    selling.get_by_role("button", name="Mark as paid").click()
    selling.get_by_text("The order is marked as paid.").wait_for()
    selling.get_by_text("Mark as shipped", exact=True).first.click()
    selling.get_by_label("Waybill").fill("ЭБ 771 204")
    selling.get_by_role("button", name="Mark as shipped").click()
    selling.get_by_text("The order is marked as shipped.").wait_for()
    buying.goto(page)
    buying.get_by_text("ЭБ 771 204").first.wait_for()
    buying.get_by_role("button", name="Confirm the delivery").click()
    buying.get_by_text("The delivery is confirmed.").wait_for()
    if with_scripts:
        check(buying, "buyer-done")
        check(selling, "seller-shipped")

    order.refresh_from_db()
    wheat.refresh_from_db()
    assert (order.state, wheat.quantity) == (State.COMPLETED, 90)
    assert order.lines.get(position=2).delivery_on == day


def test_the_keyboard_alone_opens_fills_and_sends(open_browser, order):
    page = open_browser(locale="en-GB")
    page.goto(path_of(url_for_buyer(order)))

    page.get_by_text("Cancel the order").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Қажет емес")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.get_by_text("The order is cancelled.").wait_for()
    assert Order.objects.get().history.last().note == "Қажет емес"


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_page_fits_every_screen_in_each_language_and_scheme(
    open_browser, order, aigul, width, language, scheme
):
    terms = {
        line.pk: life.Terms(line.quantity + 5, 71_500, timezone.localdate())
        for line in order.lines.all()
    }
    life.offer(order, aigul, terms, "Осы аптада тиеп жібере аламыз, вагон бар.")
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)

    page.goto(path_of(url_for_buyer(order)))
    page.goto(f"/{language}/orders/{order.reference}/")

    check(page, f"{language}-{width}-{scheme}")
    page.locator(".act summary").last.click()
    check(page, f"{language}-{width}-{scheme}-open")
