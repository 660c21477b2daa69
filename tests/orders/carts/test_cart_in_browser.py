"""The cart as people use it: above the page with scripts, as a page without."""

import re

import pytest
from django.db import connection, transaction
from playwright.sync_api import expect

from listings.models import Listing
from orders.models import Cart, CartLine
from tests.axe import faults
from tests.letters.outside import wait_for_waiting, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "navigator.locks.query().then(locks => locks.pending.length)"


@pytest.fixture
def guest(open_browser):
    return lambda **options: open_browser(locale="en-GB", reduced_motion="reduce", **options)


def assert_axe_finds_nothing(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == "", scheme


@pytest.mark.clause("F1")
@pytest.mark.clause("F2")
@pytest.mark.proof(every=3)
def test_above_the_page_a_cart_is_filled_changed_and_closed(guest, wheat, barley, oats):
    page = guest(viewport={"width": 360, "height": 740})
    cart = page.get_by_role("banner").locator(".tool", has=page.locator("[data-cart-count]"))
    page.goto(wheat.get_absolute_url().replace("/ru/", "/en/"))
    # Under the thumb, wherever the page stands.
    add = page.locator(".thumb-bar").get_by_role("button", name="Add to the cart")

    page.get_by_label("Quantity", exact=True).fill("12")
    add.click()

    dialog = page.get_by_role("dialog", name="SHOPPING CART", exact=True)
    dialog.get_by_text("The quantity grows in steps of 5 t.").wait_for()
    field = dialog.get_by_label("Quantity", exact=True)
    expect(field).to_have_value("12")
    assert field.evaluate("field => field === document.activeElement")
    field.fill("10")
    dialog.get_by_role("button", name="Add to the cart").click()
    dialog.get_by_role("heading", name=wheat.title).wait_for()
    expect(cart.locator("b")).to_have_text("1", use_inner_text=True)
    quantity = dialog.get_by_label(f"Quantity: {wheat.title}")
    quantity.fill("20")
    quantity.press("Enter")
    dialog.get_by_text(re.compile("1.970.000")).first.wait_for()
    assert page.url.endswith(f"/listing/{wheat.pk}/pshenitsa-3-klassa/")
    assert_axe_finds_nothing(page)
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert add.evaluate("button => button === document.activeElement")

    page.goto(f"/en/cart/add/{barley.pk}/")
    page.get_by_role("button", name="Add to the cart").click()
    page.wait_for_url("**/en/cart/#line-*")
    page.goto("/en/help/")
    page.get_by_role("link", name="Cart 2").click()
    dialog.wait_for()
    Listing.objects.filter(pk=barley.pk).update(price=45_000)
    dialog.get_by_role("button", name=f"Remove “{wheat.title}”").click()
    dialog.get_by_role("button", name="Order at the new prices").wait_for()
    dialog.get_by_role("button", name="Take the new prices").click()
    dialog.get_by_role("link", name="Order from this seller").wait_for()
    close = dialog.get_by_role("button", name="Close the cart")
    expect(close).to_have_text("×", use_inner_text=True)
    close.click()
    dialog.wait_for(state="hidden")
    assert cart.evaluate("link => link === document.activeElement")
    assert CartLine.objects.get().price == 45_000
    expect(page.get_by_role("link", name="Cart 1")).to_be_visible()


def test_two_tabs_whose_first_ads_come_at_once_fill_one_cart(guest, wheat, barley):
    """While the one waits for its answer, as it does long on a slow line."""
    tabs = [guest()]
    tabs.append(tabs[0].context.new_page())
    for tab, listing in zip(tabs, (wheat, barley), strict=True):
        tab.goto(listing.get_absolute_url().replace("/ru/", "/en/"))

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK orders_cart IN EXCLUSIVE MODE")
        tabs[0].locator("#order button").click()
        wait_for_waiting(1)
        tabs[1].locator("#order button").click()
        wait_until(lambda: tabs[1].evaluate(WAITING) == 1)

    for tab in tabs:
        expect(tab.get_by_role("dialog").locator(".cart-line").first).to_be_visible()
    assert {line.listing for line in Cart.objects.get().lines.all()} == {wheat, barley}


@pytest.mark.proof(every=3)
def test_without_scripts_the_same_is_done_on_pages(guest, wheat, oats):
    page = guest(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.goto(wheat.get_absolute_url().replace("/ru/", "/en/"))

    page.get_by_label("Quantity", exact=True).fill("12")
    page.locator(".thumb-bar").get_by_role("button", name="Add to the cart").click()

    expect(page.get_by_text("The quantity grows in steps of 5 t.")).to_be_visible()
    page.get_by_label("Quantity", exact=True).fill("10")
    page.get_by_role("button", name="Add to the cart").click()
    page.wait_for_url("**/en/cart/#line-*")
    quantity = page.get_by_label(f"Quantity: {wheat.title}")
    quantity.fill("21")
    page.get_by_role("button", name="Update").click()
    expect(quantity).to_have_value("21")
    quantity.fill("20")
    page.get_by_role("button", name="Update").click()
    page.wait_for_url("**/en/cart/#line-*")
    expect(page.get_by_text(re.compile("1.970.000")).first).to_be_visible()
    page.get_by_role("link", name=wheat.seller.name).click()
    page.get_by_role("button", name=f"Add to the cart {oats.title}").click()
    page.wait_for_url("**/en/cart/#line-*")
    expect(page.get_by_role("heading", name="Shopping cart 2")).to_be_visible()
    page.get_by_role("button", name=f"Remove “{wheat.title}”").click()
    page.get_by_role("button", name=f"Remove “{oats.title}”").click()
    expect(page.get_by_role("heading", name="The cart is empty")).to_be_visible()
    assert not Cart.objects.get().lines.exists()


@pytest.mark.proof(every=6)
def test_axe_finds_nothing_in_a_cart_with_everything_in_it(guest, wheat, barley, oats, pump):
    page = guest(viewport={"width": 1280, "height": 900})
    for listing in (wheat, barley, oats, pump):
        page.goto(f"/en/cart/add/{listing.pk}/")
        page.get_by_label("Quantity", exact=True).fill("50")
        page.get_by_role("button", name="Add to the cart").click()
        page.wait_for_url("**/en/cart/#line-*")
    Listing.objects.filter(pk=wheat.pk).update(quantity=20)
    Listing.objects.filter(pk=oats.pk).update(state="sold")
    Listing.objects.filter(pk=barley.pk).update(price=42_000)

    page.reload()
    for summary in page.locator("main summary").all():
        summary.click()

    expect(page.get_by_role("button", name="Take what is left: 20 t")).to_be_visible()
    assert_axe_finds_nothing(page)
    for width in (320, 768):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
