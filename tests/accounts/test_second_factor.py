import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.utils import timezone

from tests.accounts.conftest import is_signed_in
from tests.conftest import PASSWORD, code_of

ACTIVATE = "/en/accounts/2fa/totp/activate/"
CODES = "/en/accounts/2fa/recovery-codes/"


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


@pytest.mark.clause("P6.1a")
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


def test_a_used_code_is_remembered_as_long_as_it_is_good(client, secret, aigul):
    begin(client, aigul)
    client.post("/en/accounts/2fa/authenticate/", {"code": code_of(secret)})

    server = caches["default"]._cache.get_client()
    [mark] = server.scan_iter(f"{caches['default'].key_prefix}:*allauth.mfa.totp.used*")
    assert 85 < server.ttl(mark) <= 90


def test_the_first_factor_ends_the_sessions_that_did_without(
    sign_in, confirm, aigul, django_capture_on_commit_callbacks
):
    thief, browser = sign_in(aigul, address="198.51.100.9"), sign_in(aigul)
    confirm(browser)
    secret = browser.get(ACTIVATE).context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(ACTIVATE, {"code": code_of(secret)})

    assert is_signed_in(browser)
    assert not is_signed_in(thief)


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


@pytest.mark.clause("P1.6")
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


CHALLENGE = "/en/accounts/2fa/webauthn/login/"
AS_SCRIPT = {"accept": "application/json"}


def test_questions_to_a_passkey_have_a_limit_and_their_sessions_a_short_life(open_client, db):
    answers = [open_client().get(CHALLENGE, headers=AS_SCRIPT).status_code for _ in range(32)]

    assert answers == [200] * 30 + [429] * 2
    assert Session.objects.count() == 30
    soon = timezone.now() + timedelta(minutes=10)
    assert not Session.objects.filter(expire_date__gt=soon).exists()


def test_who_signs_in_after_the_question_stays_as_long_as_others(client, aigul):
    client.get(CHALLENGE, headers=AS_SCRIPT)
    client.post(
        "/en/accounts/login/", {"login": aigul.email, "password": PASSWORD, "remember": "on"}
    )

    fortnight = timezone.now() + timedelta(days=14)
    assert fortnight - Session.objects.get().expire_date < timedelta(minutes=1)
