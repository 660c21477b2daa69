"""The pages of a copy, and the copy itself, as a browser shows them."""

import os
import re
import zipfile

import pytest
from playwright.sync_api import expect

from privacy.export.building import build_waiting
from privacy.models import Export, Request
from privacy.requests import file_request
from tests.conftest import PASSWORD
from tests.pages.test_in_browser import assert_axe_finds_nothing

pytestmark = pytest.mark.django_db(transaction=True)
CONFIRM = re.compile("Confirm|Подтвердить|Растау")
PICTURES = os.environ.get("PICTURES")


def sign_in(page, user):
    page.goto("/en/accounts/login/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button.button--primary").click()
    page.wait_for_url("**/en/account/")


def confirm(page):
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name=CONFIRM).click()


def look(page, name):
    for width in (320, 360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
    assert_axe_finds_nothing(page)


@pytest.mark.proof(every=3)
def test_the_page_says_by_itself_when_the_copy_is_ready_and_hands_it_out(
    open_browser, aigul, policy, tmp_path
):
    page = open_browser(locale="en-GB", reduced_motion="reduce")
    sign_in(page, aigul)
    page.goto("/en/account/privacy/leave/export/")
    confirm(page)
    page.get_by_role("button", name="Ask for a copy").click()
    expect(page.get_by_text("waits for its turn")).to_be_visible()
    Export.objects.update(state="building", rows_done=40, rows_total=100)
    expect(page.get_by_text("40 of 100 entries")).to_be_visible()
    look(page, "building")

    Export.objects.update(state="waiting")
    build_waiting()
    expect(page.get_by_text("The copy is ready")).to_be_visible()
    look(page, "ready")
    page.get_by_role("link", name="Fetch the copy").click()
    look(page, "fetch")
    with page.expect_download() as download:
        page.get_by_role("button", name="Fetch it now").click()
    fetched = tmp_path / "copy.zip"
    download.value.save_as(fetched)

    # Opened from the disk it needs nothing and runs nothing.
    zipfile.ZipFile(fetched).extractall(tmp_path / "copy")
    alone = open_browser(locale="en-GB", color_scheme="dark")
    complaints = []
    alone.on("console", lambda message: complaints.append(message.text))
    alone.goto(f"file://{tmp_path}/copy/index.html")
    alone.get_by_role("link", name="Your account", exact=True).click()
    expect(alone.get_by_text(aigul.email)).to_be_visible()
    assert alone.evaluate("getComputedStyle(document.body).maxWidth") == "992px"
    assert complaints == []  # what axe itself does is not among them
    look(alone, "account")
    alone.go_back()
    look(alone, "index")


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_in_each_language(open_browser, aigul, policy, language):
    page = open_browser(locale=language, reduced_motion="reduce")
    sign_in(page, aigul)
    export = file_request(
        aigul.subject, Request.Kind.EXPORT, language=language, email=aigul.email
    ).export
    address = f"/{language}/account/privacy/export/{export.pk}/"

    for state in ("waiting", "failed", "gone"):
        Export.objects.update(state=state)
        page.goto(address)
        look(page, f"{language}-{state}")
    Export.objects.update(state="waiting")
    build_waiting()
    page.goto(address)
    look(page, f"{language}-ready")
    page.goto(f"{address}fetch/")
    confirm(page)
    look(page, f"{language}-fetch")
