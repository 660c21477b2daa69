import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from tests.accounts.conftest import is_signed_in
from tests.conftest import PASSWORD

ACTIVATE = "/en/accounts/2fa/totp/activate/"
CODES = "/en/accounts/2fa/recovery-codes/"


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def browser(sign_in, confirm, aigul):
    client = sign_in(aigul)
    confirm(client)
    return client


@pytest.fixture
def secret(browser, django_capture_on_commit_callbacks):
    """Aigul has an authenticator app; this is what it knows."""
    secret = browser.get(ACTIVATE).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        response = browser.post(ACTIVATE, {"code": code_of(secret)})
    assert response.status_code == 302
    return secret


@pytest.fixture
def recovery_codes(secret, browser):
    return codes_on(browser.get(CODES))


def codes_on(page):
    shown = re.search(r"<pre.*?</pre>", page.content.decode(), re.DOTALL)
    return re.findall(r"\b[0-9a-z]{8}\b", shown[0]) if shown else []


def begin(client, user):
    return client.post("/en/accounts/login/", {"login": user.email, "password": PASSWORD})


def test_setting_up_an_app_shows_recovery_codes_once_and_writes_a_letter(
    browser, secret, mailoutbox
):
    first, second = browser.get(CODES), browser.get(CODES)

    assert len(set(codes_on(first))) == 10
    assert codes_on(second) == []
    assert [letter.subject for letter in mailoutbox] == ["An authenticator app was added"]
    assert secret not in mailoutbox[0].body


def test_secrets_are_not_readable_in_the_database(secret, aigul):
    stored = str(list(Authenticator.objects.filter(user=aigul).values_list("data", flat=True)))

    assert secret not in stored
    assert "gAAAA" in stored


def test_a_wrong_code_sets_up_nothing(browser, aigul, mailoutbox):
    browser.get(ACTIVATE)

    response = browser.post(ACTIVATE, {"code": "000000"})

    assert "code" in response.context["form"].errors
    assert not aigul.has_second_factor
    assert mailoutbox == []


def test_the_password_alone_does_not_let_in_the_code_does(client, secret, aigul):
    assert begin(client, aigul)["Location"] == "/en/accounts/2fa/authenticate/"
    assert not is_signed_in(client)

    wrong = client.post("/en/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_signed_in(client)
    client.post("/en/accounts/2fa/authenticate/", {"code": code_of(secret)})

    assert "code" in wrong.context["form"].errors
    assert is_signed_in(client)


def test_a_code_is_good_once(client, open_client, secret, aigul):
    code = code_of(secret)
    begin(client, aigul)
    client.post("/en/accounts/2fa/authenticate/", {"code": code})

    onlooker = open_client()
    begin(onlooker, aigul)
    onlooker.post("/en/accounts/2fa/authenticate/", {"code": code})

    assert not is_signed_in(onlooker)


def test_codes_cannot_be_guessed_through(client, secret, aigul):
    begin(client, aigul)
    for _ in range(5):
        client.post("/en/accounts/2fa/authenticate/", {"code": "000000"})

    response = client.post("/en/accounts/2fa/authenticate/", {"code": code_of(secret)})

    assert "Too many attempts" in response.content.decode()
    assert not is_signed_in(client)


def test_a_recovery_code_signs_in_once(client, open_client, recovery_codes, aigul):
    begin(client, aigul)
    client.post("/en/accounts/2fa/authenticate/", {"code": recovery_codes[0]})
    again = open_client()
    begin(again, aigul)
    again.post("/en/accounts/2fa/authenticate/", {"code": recovery_codes[0]})

    assert is_signed_in(client)
    assert not is_signed_in(again)


def test_the_second_step_can_be_left(client, secret, aigul):
    begin(client, aigul)

    client.post("/en/accounts/logout/")

    assert client.get("/en/accounts/2fa/authenticate/")["Location"] == "/en/accounts/login/"


def test_removing_the_app_takes_the_recovery_codes_along_and_writes_a_letter(
    browser, secret, aigul, mailoutbox
):
    response = browser.post("/en/accounts/2fa/totp/deactivate/", follow=True)

    assert response.redirect_chain[-1][0] == "/en/account/security/"
    assert not Authenticator.objects.filter(user=aigul).exists()
    assert mailoutbox[-1].subject == "The authenticator app was removed"


@pytest.mark.parametrize(
    "path",
    ["totp/activate/", "webauthn/add/", "recovery-codes/generate/"],
)
def test_changes_ask_again_who_it_is(sign_in, aigul, path):
    client = sign_in(aigul)

    for answer in (client.get(f"/en/accounts/2fa/{path}"), client.post(f"/en/accounts/2fa/{path}")):
        assert answer["Location"].startswith("/en/accounts/reauthenticate/")
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "credential",
    ["", "null", "[]", "{}", '{"id": "x"}', "not json", '{"response": {"userHandle": "MQ"}}', "1"],
)
def test_a_forged_passkey_is_refused_in_words(client, aigul, credential):
    client.get("/en/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})

    response = client.post("/en/accounts/2fa/webauthn/login/", {"credential": credential})

    assert response["Location"] == "/en/accounts/login/"
    assert not is_signed_in(client)
