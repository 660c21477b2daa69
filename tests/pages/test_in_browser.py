import pytest
from playwright.sync_api import expect

from tests.axe import faults

pytestmark = pytest.mark.usefixtures("catalogue_is_known")

PAGES = [
    "",
    "help/",
    "contact/",
    "listings/",
    "listings/wheat/",
    "sellers/",
    "cart/",
    "no-such-page/",
]
LANGUAGES = ["en", "ru", "kk"]


def assert_axe_finds_nothing(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == "", f"{page.url}, {scheme}"


@pytest.fixture
def still_page(open_browser):
    """Without motion, so that colours are at once what they will be."""
    return open_browser(reduced_motion="reduce")


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_public_pages(still_page, language, half):
    for path in PAGES[half::2]:
        still_page.goto(f"/{language}/{path}")
        for summary in still_page.locator("summary").all():
            summary.click()

        assert_axe_finds_nothing(still_page)


@pytest.mark.parametrize(("width", "name"), [(1280, "Catalogue"), (360, "Menu")])
@pytest.mark.proof
def test_axe_finds_nothing_in_an_open_menu_and_what_is_under_it_cannot_be_hit(
    still_page, width, name
):
    still_page.set_viewport_size({"width": width, "height": 800})
    still_page.goto("/en/help/")
    menu = still_page.get_by_role("navigation", name=name)

    still_page.get_by_role("button", name=name).click()

    menu.wait_for()
    for scheme in ("light", "dark"):
        still_page.emulate_media(color_scheme=scheme)
        # axe cannot know that the page takes no click: it would only see links half covered.
        assert faults(still_page, within=".header") == "", scheme
    still_page.locator("main a").last.click(force=True)
    menu.wait_for(state="hidden")
    assert still_page.url.endswith("/en/help/")


@pytest.fixture
def as_staff(staff, portal, settings):
    """The browser of somebody who may look at the style guide."""
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": staff.cookies[name].value, "url": portal}
    return lambda page: page.context.add_cookies([cookie])


@pytest.mark.proof(every=6)
def test_axe_finds_nothing_in_the_style_guide(still_page, as_staff):
    as_staff(still_page)
    still_page.goto("/kk/style-guide/")

    assert_axe_finds_nothing(still_page)


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_wider_than_the_screen(page, language):
    for path in PAGES:
        page.goto(f"/{language}/{path}")
        for width in (320, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})

            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_the_catalogue_opens_by_keyboard_without_javascript(open_browser):
    page = open_browser(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page.goto("/en/")
    menu = page.get_by_role("navigation", name="Catalogue")
    expect(menu).to_be_hidden()

    page.get_by_role("button", name="Catalogue").press("Enter")

    expect(menu.get_by_role("link")).to_have_count(15)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/listings/grain-oilseeds-pulses/")


def test_on_a_phone_the_menu_switches_the_language_and_stays_on_the_page(open_browser):
    page = open_browser(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page.goto("/en/help/")

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Қазақша").click()

    page.wait_for_url("**/kk/help/")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["language"]


def test_the_first_tab_leads_past_the_header(page):
    page.goto("/en/help/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_a_behaviour_is_loaded_where_its_element_stands_also_when_that_comes_later(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/en/help/", wait_until="networkidle")
    assert not [url for url in asked if "/js/elements/" in url]

    page.locator("main").evaluate(
        "main => main.innerHTML = '<print-page><button hidden>Print</button></print-page>'"
    )

    page.get_by_role("button", name="Print").wait_for()
    assert ["/js/elements/print-page." in url for url in asked].count(True) == 1


def test_a_password_can_be_looked_at_and_is_hidden_again_when_sent(page, as_staff):
    as_staff(page)
    page.goto("/en/style-guide/")
    form = page.locator("form").filter(has=page.locator("#empty_password"))
    field = form.locator("#empty_password")
    field.fill("a sentence of words")

    form.get_by_role("button", name="Show password").click()

    expect(field).to_have_attribute("type", "text")
    form.evaluate("form => form.dispatchEvent(new Event('submit'))")
    expect(field).to_have_attribute("type", "password")
