import pytest
from playwright.sync_api import expect

from sellers.models import Phone, Seller, Shipping
from tests.axe import faults
from tests.conftest import PASSWORD


def sign_in(page, user, language="en"):
    page.goto(f"/{language}/accounts/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/account/")


def test_on_a_phone_without_javascript_a_page_is_opened_and_a_visitor_sees_the_number(
    open_browser, aigul
):
    phone = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    page = open_browser(**phone)
    sign_in(page, aigul)

    page.get_by_role("link", name="Selling").click()
    page.get_by_label("Individual").check()
    page.locator("[name=name]").fill("Айгүл Сейтқазы")
    page.locator("[name=region]").select_option("KZ-39")
    page.locator("[name=settlement]").fill("Рудный")
    page.locator("[name=phone]").fill("8 701 234 56 78")
    page.get_by_role("button", name="Open my page").click()
    page.get_by_text("is open to everybody").wait_for()
    page.goto("/en/account/seller/shipping/")
    expect(page.locator("[name=rail_conditions]")).to_be_hidden()
    page.locator("[name=rail]").check()
    page.locator("[name=rail_conditions]").fill("Тобыл")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()

    visitor = open_browser(**phone)
    visitor.goto("/en/sellers/?q=айгул")
    visitor.get_by_role("link", name="Айгүл Сейтқазы").click()
    assert "701 234" not in visitor.content()
    visitor.get_by_role("button", name="Show the phone").click()
    visitor.get_by_text("+7 701 234 5678").wait_for()

    assert Shipping.objects.get().conditions == "Тобыл"
    assert visitor.context.cookies() == []


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ru", "dark", 360), ("kk", "dark", 1280), ("ru", "light", 360)],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_browser, make_seller, aigul, marat, join, language, scheme, width, half
):
    seller = make_seller(
        "Солтүстік Қазақстан ауыл шаруашылығы өнімдерін өңдеу кәсіпорны",
        owner=aigul,
        about_kk="Бидай",
        website="https://a-rather-long-name-of-a-site-of-a-farm.example/",
    )
    join(seller, "manager")
    Phone.objects.create(seller=seller, number="+77012345678", note="Элеватор")
    Shipping.objects.create(seller=seller, method="rail", conditions="x" * 200)
    Seller.objects.update(verified_at=seller.created_at)
    seller.verifications.create(saw_documents=True, called_phone=True)
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})
    seen = []
    page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)

    def look(path):
        page.goto(f"/{language}/{path}")
        assert faults(page) == "", path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    look("sellers/")
    look("sellers/?q=nobody")
    look(f"sellers/{seller.slug}/")
    page.locator("#phones button").click()
    assert faults(page) == ""
    sign_in(page, aigul)
    pages = [
        *("", "identity/", "place/", "about/", "hours/", "shipping/", "payment/", "authorised/"),
        *("members/", "members/invite/", "invitations/", "leave/", "phones/add/"),
        f"members/{seller.members.get(role='manager').pk}/role/",
    ]
    for path in pages[half::2]:
        look(f"account/seller/{path}")
    page.context.clear_cookies()
    sign_in(page, marat)
    look("account/seller/")
    assert seen == []
