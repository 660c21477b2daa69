"""What only a browser can show: passkeys, the keyboard, colours, life without JavaScript."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import expect

from accounts.models import Address, Phone
from tests.accounts.conftest import link_in
from tests.accounts.test_letters import assert_tells_only_of_the_account
from tests.axe import faults
from tests.conftest import PASSWORD, SECRET, code_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy")]

NEW = "four quiet combines in august"


@pytest.fixture
def with_passkeys():
    """Give a page a device that keeps passkeys and knows its owner's finger."""

    def give(page):
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )
        return page

    return give


def type_into(page, name, text):
    """As with the keyboard alone: walk to the field, then type."""
    walk_to(page, f"[name={name}]")
    page.keyboard.type(text)


def walk_to(page, selector):
    page.locator(selector).first.wait_for()
    for _ in range(80):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The keyboard never came to {selector} on {page.url}.")


def use_passkey(page):
    """By its button, which shows itself once its script is there."""
    walk_to(page, "passkey-form button")
    page.keyboard.press("Enter")


def sign_in(page, user, password=PASSWORD):
    page.goto("/en/accounts/login/")
    type_into(page, "login", user.email)
    type_into(page, "password", password)
    page.keyboard.press("Enter")


def prove(page, path):
    """Open a page that asks once more who it is."""
    page.goto(path)
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith(path) and "?" not in url)


@pytest.mark.clause("P3.3b", "P3.1b")
def test_a_passkey_is_added_signs_in_proves_and_is_removed(page, with_passkeys, aigul, mailoutbox):
    with_passkeys(page)
    sign_in(page, aigul)
    page.wait_for_url("**/en/account/")
    prove(page, "/en/accounts/2fa/webauthn/add/")
    use_passkey(page)
    page.wait_for_url("**/recovery-codes/")
    passkey = Authenticator.objects.get(type="webauthn").wrap()
    assert passkey.is_passwordless
    # The device keeps the private key (a number under -4) and whatever it knows of its owner.
    assert set(passkey.authenticator_data.credential_data.public_key) == {1, 3, -1, -2, -3}
    assert set(passkey.instance.data) == {"name", "credential"}
    assert "A passkey was added" in [letter.subject for letter in mailoutbox]
    for letter in mailoutbox:
        assert_tells_only_of_the_account(letter)

    page.goto("/en/accounts/logout/")
    walk_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/")
    page.goto("/en/accounts/login/?next=/en/account/profile/")
    use_passkey(page)
    page.wait_for_url(lambda url: url.endswith("/en/account/profile/") and "login" not in url)

    page.goto("/en/account/security/")
    page.get_by_role("link", name="Remove HeadlessChrome, Linux").press("Enter")
    if "reauthenticate" in page.url:
        page.get_by_role("link", name="By passkey instead").press("Enter")
        use_passkey(page)
        page.wait_for_url("**/remove/")
    walk_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/account/security/")
    assert not Authenticator.objects.exists()


@pytest.mark.proof(every=6)
def test_a_passkey_is_also_the_second_step_after_the_password(page, with_passkeys, aigul):
    with_passkeys(page)
    sign_in(page, aigul)
    page.wait_for_url("**/en/account/")
    prove(page, "/en/accounts/2fa/webauthn/add/")
    use_passkey(page)
    page.wait_for_url("**/recovery-codes/")
    page.goto("/en/accounts/logout/")
    page.locator("main form button").press("Enter")
    page.wait_for_url("**/en/")

    sign_in(page, aigul)
    page.wait_for_url("**/2fa/authenticate/")
    use_passkey(page)

    page.wait_for_url("**/en/account/")


def test_a_passkey_that_is_refused_is_said_in_words(page, with_passkeys, aigul):
    with_passkeys(page)
    page.goto("/en/accounts/login/")

    use_passkey(page)

    # A browser may wait a minute for another device that knows the person.
    refusal = page.get_by_role("alert").get_by_text("The passkey was not used")
    refusal.wait_for(timeout=90_000)
    assert page.url.endswith("/en/accounts/login/")


@pytest.mark.proof(every=3)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_by_keyboard_and_without_javascript_one_signs_up_and_settles_in(
    open_browser, mailoutbox, language
):
    page = open_browser(java_script_enabled=False)
    page.goto(f"/{language}/accounts/signup/")
    page.locator("[name=email]").press_sequentially("new@example.com")
    page.locator("[name=password1]").press_sequentially(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm-email/")

    page.goto(link_in(mailoutbox[0]))
    page.locator("main form button").press("Enter")
    page.wait_for_url(f"**/{language}/account/")

    page.goto(f"/{language}/account/profile/person/")
    page.locator("[name=surname]").press_sequentially("Сейтқазы")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/profile/")
    page.goto(f"/{language}/account/profile/phones/add/")
    page.locator("[name=number]").press_sequentially("8 701 234 56 78")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/profile/")
    page.goto(f"/{language}/account/profile/addresses/work/")
    page.locator("[name=region]").press_sequentially("Қостанай облысы")
    page.locator("[name=settlement]").press_sequentially("Рудный")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/profile/")

    assert str(Phone.objects.get().number) == "+77012345678"
    assert Address.objects.get().settlement == "Рудный"
    assert "Сейтқазы" in page.content()


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "light", 1280), ("ru", "dark", 360), ("kk", "dark", 1280)],
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    open_browser, with_passkeys, aigul, language, scheme, width, half
):
    Phone.objects.create(user=aigul, number="+77012345678")
    Address.objects.create(user=aigul, kind="work", region="Қостанай облысы", settlement="Рудный")
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})
    seen = []
    page.on("console", lambda said: seen.append(said.text) if said.type == "error" else None)

    def look(path):
        page.goto(f"/{language}/{path}")
        assert faults(page) == "", path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    for path in ("login/", "signup/", "password/reset/", "confirm-email/", "confirm-email/x:y:z/"):
        look(f"accounts/{path}")
    sign_in(page, aigul)
    page.wait_for_url("**/en/account/")
    prove(page, "/en/accounts/2fa/webauthn/add/")
    pages = [
        "account/",
        "account/profile/",
        "account/profile/person/",
        f"account/profile/phones/{aigul.phones.get().pk}/",
        "account/profile/addresses/work/remove/",
        "account/security/",
        "account/security/sessions/end-others/",
        "accounts/email/",
        "accounts/password/change/",
        "accounts/logout/",
        "accounts/reauthenticate/",
        "accounts/2fa/totp/activate/",
        "accounts/2fa/webauthn/add/",
    ]
    for path in pages[half::2]:
        look(path)
    assert seen == []


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_administration_keeps_to_the_policy_of_scripts_and_styles(
    open_browser, make_user, scheme
):
    chief = make_user("chief@example.com", is_staff=True, is_superuser=True)
    TOTP.activate(chief, SECRET)
    page = open_browser(color_scheme=scheme)
    sign_in(page, chief)
    page.wait_for_url("**/2fa/authenticate/")
    type_into(page, "code", code_of(SECRET))
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/account/")
    broken = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)

    for path in ("", "accounts/user/", f"accounts/user/{chief.pk}/change/"):
        page.goto(f"/admin/{path}")
        expect(page.locator("#site-name")).to_have_text("Kazvek", use_inner_text=True)

    assert broken == []
