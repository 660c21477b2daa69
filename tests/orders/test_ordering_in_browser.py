"""The order form as people see it: by keyboard, with and without scripts, narrow and wide."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from orders.models import Order
from sellers.models import Payment, Shipping
from tests.axe import faults
from tests.orders.ordering import TYPED, fill_cart, form_of

ERRORS = [
    "Full name not specified",
    "Organization not specified",
    "Email is incorrect",
    "Phone not specified",
    "Address not specified",
    "Choose how the goods reach you",
]


@pytest.fixture
def wheat(make_seller, make_listing):
    seller = make_seller("Жарқын дала")
    for method, conditions in [("pickup", "“Tobol” elevator"), ("carrier", "")]:
        Shipping.objects.create(seller=seller, method=method, conditions=conditions)
    Payment.objects.create(seller=seller, method="prepaid", conditions="50 %")
    return make_listing(seller=seller, price=98_000, quantity=100)


@pytest.fixture
def shopper(open_browser, client, portal, policy, wheat):
    """A browser with wheat in its cart: `page = shopper(width=360, java_script_enabled=False)`."""

    def open(width, **options):
        fill_cart(client, (wheat, "12.5"))
        page = open_browser(viewport={"width": width, "height": 800}, **options)
        token = client.cookies[settings.CART_COOKIE_NAME].value
        page.context.add_cookies([{"name": "cart", "value": token, "url": portal}])
        return page

    return open


@pytest.mark.clause("F3")
@pytest.mark.clause("F23")
@pytest.mark.clause("F24")
@pytest.mark.parametrize(("width", "scripts"), [(360, False), (1280, True)])
@pytest.mark.proof
def test_a_guest_corrects_all_errors_at_once_goes_back_and_sends(shopper, width, scripts):
    """In one dialog above the page, or without scripts from page to page."""
    page = shopper(width, java_script_enabled=scripts)
    page.goto("/en/help/")
    page.locator(".header__tools [href='/en/cart/']").click()
    page.get_by_role("link", name="Order from this seller").click()
    page.get_by_role("heading", name="ORDERING").wait_for()
    expect(page.get_by_role("dialog", name="ORDERING")).to_have_count(int(scripts))
    send = page.get_by_role("button", name="Send order")
    expect(send).to_have_text("SEND ORDER", use_inner_text=True)
    assert send.text_content() == "Send order"

    # Enter is the same as the button.
    page.get_by_label("Comment").fill("Тиеу дүйсенбіден")
    page.get_by_label("Organization").press("Enter")
    page.locator("[role=alert] a").first.wait_for()
    expect(page.locator("[role=alert] a")).to_have_text(ERRORS, use_inner_text=True)
    expect(page.get_by_role("alert")).to_be_focused()
    # Without scripts axe cannot look.
    assert not scripts or faults(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.get_by_role("link", name="Email is incorrect").click()
    page.keyboard.type(TYPED["email"])
    expect(page.locator("[name=email]")).to_have_value(TYPED["email"])
    for name in ("full_name", "organization", "phone", "address"):
        page.locator(f"[name={name}]").fill(TYPED[name])
    if scripts:
        # Somebody between refuses it: the browser asks anew, for the same and not for an order.
        page.route("**/order/", lambda route: route.fulfill(status=429), times=1)
    page.get_by_role("button", name="Back to cart").click()
    page.get_by_role("heading", name="cart").first.wait_for()
    assert not Order.objects.exists()
    page.get_by_role("link", name="Order from this seller").click()

    expect(page.get_by_label("Comment")).to_have_value("Тиеу дүйсенбіден")
    page.get_by_label("Shipping").select_option("carrier")
    if scripts:
        page.route("**/order/", lambda route: route.fulfill(status=503))
        page.get_by_role("button", name="Send order").click()
        page.get_by_text("What you typed is still here").wait_for()
        page.unroute("**/order/")
    page.get_by_role("button", name="Send order").click()
    page.wait_for_url("**/en/orders/**")
    order = Order.objects.get()
    assert page.url.endswith(f"/en/orders/{order.reference}/")
    expect(page.locator("main")).to_contain_text(f"Order {order.reference} has been sent")
    assert order.full_name == TYPED["full_name"]


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("ru", "light", 360), ("kk", "dark", 1280), ("en", "dark", 360), ("kk", "light", 768)],
)
def test_the_form_and_its_errors_keep_their_shape(shopper, wheat, language, scheme, width):
    page = shopper(width, color_scheme=scheme)

    page.goto(form_of(wheat, language))
    page.locator(".button--order").click()
    page.get_by_role("alert").wait_for()

    expect(page.locator("[role=alert] a")).to_have_count(len(ERRORS))
    assert faults(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
