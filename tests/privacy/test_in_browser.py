import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from privacy.consents import allows
from privacy.models import ConsentEntry, GroupSite, Request, Subject
from privacy.requests import file_request
from tests.conftest import PASSWORD
from tests.pages.test_in_browser import assert_axe_finds_nothing


@pytest.fixture
def follow_letter(mailoutbox, portal):
    def follow(page):
        link = re.search(r"^https?://[^/\s]+(/\S+)$", mailoutbox[-1].body, re.MULTILINE)[1]
        page.goto(portal + link)
        page.locator("main form button").first.click()

    return follow


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof(every=6)
def test_axe_finds_nothing_on_the_pages_about_privacy(
    open_browser, aigul, policy, publish_version, agro
):
    page = open_browser(reduced_motion="reduce", locale="en-GB")
    page.goto("/en/accounts/signup/")
    assert_axe_finds_nothing(page)
    page.goto("/en/accounts/login/")
    page.fill("[name=login]", aigul.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button.button--primary").click()
    page.wait_for_url("**/en/account/")
    page.goto("/en/account/privacy/")
    page.locator("#news-email [role=switch]").click()
    page.wait_for_selector("#news-email [aria-checked=true]")
    file_request(aigul.subject, Request.Kind.EXPORT, language="en")
    publish_version(is_material=True)

    file_request(
        aigul.subject, Request.Kind.RECTIFICATION, language="en", words="a" * Request.LONGEST
    )

    for path in (
        *("", "receipts/", "receipts/1/", "changes/", "leave/", "leave/erasure/"),
        *("data/", "data/accounts_user/", "data/privacy_request/", "ask/", "ask/objection/"),
    ):
        page.goto(f"/en/account/privacy/{path}")
        assert_axe_finds_nothing(page)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof(every=3)
def test_a_guest_asks_and_looks_without_javascript_and_axe_finds_nothing(
    open_browser, make_order, portal, mailoutbox
):
    email = make_order().email
    plain = open_browser(java_script_enabled=False, viewport={"width": 360, "height": 740})
    plain.goto("/en/privacy/request/")
    plain.fill("[name=email]", email)
    plain.check("[name=kind][value=access]")
    plain.locator("main form button").click()
    expect(plain.locator("h1")).to_have_text("Check your mail")
    link = re.search(r"^https?://[^/\s]+(/\S+)$", mailoutbox[-1].body, re.MULTILINE)[1]
    plain.goto(portal + link)
    plain.locator("main form button").click()
    plain.get_by_role("link", name="What we hold on you").click()
    plain.get_by_role("link", name="Your orders 1", exact=True).click()
    expect(plain.locator("dd", has_text=email)).to_be_visible()

    page = open_browser(reduced_motion="reduce", locale="en-GB")
    looked_at = plain.url, plain.url.replace("orders_order/", ""), portal + link
    for url in ("/en/privacy/request/", "/en/privacy/request/sent/", *looked_at):
        page.goto(url)
        assert_axe_finds_nothing(page)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, url


# The words of a page that do not stand on one line, but for codes, which may break anywhere.
TORN = """() => {
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const torn = [];
  for (let text; (text = texts.nextNode()); ) {
    if (text.parentElement.closest("code")) continue;
    for (const word of text.data.matchAll(/\\p{L}+/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) torn.push(word[0]);
    }
  }
  return torn;
}"""


@pytest.mark.proof(every=6)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_on_a_phone_no_word_of_a_receipt_is_torn(open_browser, policy, follow_letter, language):
    page = open_browser(viewport={"width": 360, "height": 740})
    page.goto(f"/{language}/accounts/signup/")
    page.fill("[name=email]", "dana@example.com")
    page.fill("[name=password1]", PASSWORD)
    page.check("[name=news]")
    page.locator("main form button.button--primary").click()
    page.wait_for_url("**/confirm-email/")
    follow_letter(page)
    page.wait_for_url(f"**/{language}/account/")

    for path in ("", "1/", "2/"):
        page.goto(f"/{language}/account/privacy/receipts/{path}")

        assert page.evaluate(TORN) == [], path


@pytest.fixture
def agro(db):
    return GroupSite.objects.create(domain="agro.example")


@pytest.mark.proof(every=3)
@pytest.mark.clause("P1.4a", "P1.5", "P5.1c", "P7.1c")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_from_signing_up_to_leaving(
    open_browser, policy, publish_version, follow_letter, language, javascript
):
    page = open_browser(locale=language, java_script_enabled=javascript)

    # Signs up, with the optional box in one of the two runs.
    page.goto(f"/{language}/accounts/signup/")
    page.fill("[name=email]", "dana@example.com")
    page.fill("[name=password1]", PASSWORD)
    expect(page.locator("[name=news]")).not_to_be_checked()
    if javascript:
        page.check("[name=news]")
    page.locator("main form button.button--primary").click()
    page.wait_for_url("**/confirm-email/")
    follow_letter(page)
    page.wait_for_url(f"**/{language}/account/")
    subject = User.objects.get().subject
    assert allows(subject, "news", "email") == javascript

    # Reads the receipt of the policy.
    page.goto(f"/{language}/account/privacy/receipts/1/")
    expect(page.locator("main")).to_contain_text(policy.digest)

    # Gives what was not given, and withdraws it: one press each.
    page.goto(f"/{language}/account/privacy/")
    switch = page.locator("#news-email [role=switch]")
    if not javascript:
        switch.click()
        page.wait_for_selector("#news-email [aria-checked=true]")
    switch.click()
    page.wait_for_selector("#news-email [aria-checked=false]")
    assert not allows(subject, "news", "email")

    # Meets a new material version and accepts it.
    publish_version(is_material=True)
    page.goto(f"/{language}/account/profile/")
    page.wait_for_url("**/privacy/changes/**")
    page.locator("[name=accept]").click()
    page.wait_for_url(f"**/{language}/account/profile/")

    # Meets another, refuses, and takes the way out.
    publish_version(is_material=True)
    page.goto(f"/{language}/account/")
    page.wait_for_url("**/privacy/changes/**")
    page.locator("[name=decline]").click()
    page.wait_for_url("**/privacy/leave/")
    page.locator("a[href$='/leave/erasure/']").click()
    if "reauthenticate" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button.button--primary").click()
        page.wait_for_url("**/leave/erasure/")
    page.locator("main form button.button--danger").click()
    page.wait_for_url("**/account/privacy/**")
    expect(page.locator(".timeline__done")).to_have_count(3)
    assert Request.objects.get(subject=subject).kind == "erasure"
    assert Subject.objects.get(pk=subject.pk).state == Subject.State.RESTRICTED
    assert set(ConsentEntry.objects.values_list("language", flat=True)) == {language}
