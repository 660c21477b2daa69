"""Every private page, tried by who is not signed in, by a stranger and by the owner."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.forms import BaseForm
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from accounts import urls
from accounts.forms import SignupForm
from accounts.models import Address, Phone
from privacy.consents import object_to
from privacy.ledger import Occasion
from privacy.models import ConsentEntry, Request
from privacy.registers import COLLECTION_POINTS
from privacy.requests import file_request
from tests.html import assert_valid

OWN = [
    "account/",
    "account/profile/",
    "account/profile/person/",
    "account/profile/phones/add/",
    "account/profile/phones/{phone}/",
    "account/profile/phones/{phone}/remove/",
    "account/profile/addresses/work/",
    "account/profile/addresses/work/remove/",
    "account/security/",
    "account/security/sessions/{session}/end/",
    "account/security/sessions/end-others/",
    "account/privacy/",
    "account/privacy/receipts/",
    "account/privacy/data/",
    "account/privacy/data/accounts_user/",
    "account/privacy/ask/",
    "account/privacy/ask/rectification/",
    "account/privacy/ask/objection/",
    "account/privacy/ask/restriction/",
    "account/privacy/leave/",
    "account/privacy/leave/erasure/",
    "account/privacy/export/{export}/",
    "accounts/email/",
    "accounts/password/change/",
    "accounts/logout/",
    "accounts/reauthenticate/",
    "accounts/2fa/reauthenticate/",
    "accounts/2fa/totp/deactivate/",
    "accounts/2fa/webauthn/add/",
    "accounts/2fa/webauthn/keys/{passkey}/edit/",
    "accounts/2fa/webauthn/keys/{passkey}/remove/",
    "accounts/2fa/webauthn/reauthenticate/",
    "accounts/2fa/recovery-codes/",
    "accounts/2fa/recovery-codes/generate/",
]
# No real key: pages that speak to one are tried in a browser.
PASSKEY = {"clientExtensionResults": {"credProps": {"rk": True}}}
NEEDS_A_KEY = {"accounts/2fa/webauthn/add/", "accounts/2fa/webauthn/reauthenticate/"}
# Their way leads on: to another proof, or to a code that is shown once.
LEADS_ON = {"accounts/2fa/reauthenticate/", "accounts/2fa/recovery-codes/"}
PROVED_BY_THEIR_OWN_TESTS = {"admin", "sellers", "listings", "orders", "moderation"}
# These lead to things by number; a stranger must not learn that they exist.
NUMBERED = [path for path in OWN if "{" in path] + [
    "account/privacy/receipts/{receipt}/",
    "account/privacy/receipts/{receipt}.json",
    "account/privacy/requests/{request}/take-back/",
    "account/privacy/export/{export}/again/",
    "account/privacy/export/{export}/fetch/",
    "account/privacy/export/{export}/file/",
    "account/privacy/data/{table}/{request}/remove/",
]


@pytest.fixture
def numbers(sign_in, aigul):
    """What Aigul has, by number."""
    Address.objects.create(user=aigul, kind="work", region="Қостанай", settlement="Рудный")
    sign_in(aigul)
    object_to(aigul.subject, "analytics", Occasion("gpc", ""), sentence="No.")
    wish = file_request(aigul.subject, Request.Kind.EXPORT, language="en")
    return {
        "phone": Phone.objects.create(user=aigul, number="+77012345678").pk,
        "session": UserSession.objects.get().pk,
        "passkey": Authenticator.objects.create(
            user=aigul, type="webauthn", data={"name": "Laptop", "credential": PASSKEY}
        ).pk,
        "receipt": ConsentEntry.objects.get().sequence,
        "table": Request._meta.db_table,
        "request": wish.pk,
        "export": wish.export.pk,
    }


@pytest.fixture
def trusted(open_client, confirm):
    """Somebody signed in who has just proved again who they are."""

    def trust(user):
        client = open_client()
        client.force_login(user)
        confirm(client)
        return client

    return trust


@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize("path", OWN)
def test_who_is_not_signed_in_is_asked_to(client, numbers, path):
    address = f"/en/{path.format(**numbers)}"

    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/en/accounts/login/") or path == "accounts/logout/"


@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize("path", NUMBERED)
def test_a_stranger_finds_nothing_and_changes_nothing(trusted, marat, numbers, path):
    client = trusted(marat)
    address = f"/en/{path.format(**numbers)}"

    answers = [
        client.get(address),
        client.post(address, {"number": "+77770000000", "purpose": "calls", "name": "Mine"}),
    ]

    # Some are only read, others only pressed.
    assert {404} <= {answer.status_code for answer in answers} <= {404, 405}
    assert Request.objects.get().is_open
    assert str(Phone.objects.get().number) == "+77012345678"
    assert Authenticator.objects.get(type="webauthn").data["name"] == "Laptop"
    assert UserSession.objects.filter(pk=numbers["session"]).exists()


@pytest.mark.clause("P4.1b")
def test_everything_that_has_a_number_is_among_them():
    def numbered(patterns, before=""):
        for entry in patterns:
            if isinstance(entry, URLPattern):
                yield from re.findall(r"^.*<int:.*$", before + str(entry.pattern))
            elif entry.app_name not in PROVED_BY_THEIR_OWN_TESTS | {"privacy"}:
                yield from numbered(entry.url_patterns, before + str(entry.pattern))

    found = {re.sub(r"<.*?>", "#", path) for path in numbered(get_resolver().url_patterns)}

    own = {re.sub(r"\{.*?\}", "#", f"ru/{path}") for path in NUMBERED}
    assert found == own | {"sitemap-#-#.xml", "logos/#-#.#"}


@pytest.mark.clause("P4.1b")
def test_the_pages_of_a_stranger_show_nothing_of_somebody_else(trusted, marat, numbers):
    client = trusted(marat)

    pages = "".join(
        client.get(f"/en/account/{page}").content.decode() for page in ("", "profile/", "security/")
    )

    for secret in ("aigul@", "Айгүл", "701 234", "Рудный", "Laptop"):
        assert secret not in pages


@pytest.mark.clause("P7.4", "P4.1b")
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_to_the_owner_each_page_is_proper_html_that_no_cache_keeps(
    trusted, aigul, numbers, language
):
    client = trusted(aigul)
    Authenticator.objects.create(user=aigul, type="totp", data={"secret": "unused"})

    for path in OWN:
        if path in NEEDS_A_KEY | LEADS_ON:
            continue
        answer = client.get(f"/{language}/{path.format(**numbers)}")
        assert answer.status_code == 200, path
        assert_valid(answer)
        assert "no-store" in answer["Cache-Control"], path
        assert "private" in answer["Cache-Control"], path
        assert 'name="robots" content="noindex"' in answer.content.decode()
        assert f"2009-{timezone.localdate().year} © " in answer.content.decode(), path


@pytest.mark.clause("P4.1b")
def test_every_account_view_stands_behind_the_door(client, db):
    words = {"kind": "work", "purpose": "news", "channel": "email", "table": "accounts_user"}
    for entry in urls.urlpatterns:
        arguments = {name: words.get(name, 1) for name in entry.pattern.converters}
        path = reverse(f"accounts:{entry.name}", kwargs=arguments)
        assert "/accounts/login/" in client.get(path)["Location"], arguments


def test_every_page_at_the_door_is_ours_and_proper_html(client, db):
    for language in ("en", "ru", "kk"):
        for path in DOOR:
            answer = client.get(f"/{language}/accounts/{path}")
            assert answer.status_code == 200, path
            assert_valid(answer)
            assert 'class="panel panel--narrow' in answer.content.decode(), path


@pytest.mark.clause("P1.2i")
def test_the_forms_on_these_pages_ask_for_what_the_register_says(
    trusted, open_client, aigul, numbers
):
    call_command("load_documents", sample_operator=True, verbosity=0)
    inside, outside = trusted(aigul), open_client()
    answers = [
        *(inside.get(f"/en/{p.format(**numbers)}") for p in OWN if p not in NEEDS_A_KEY | LEADS_ON),
        *(outside.get(f"/en/accounts/{path}") for path in DOOR),
    ]

    asked = {}
    for form in (form for answer in answers for form in forms_of(answer)):
        asked.setdefault(type(form), set()).update(form.fields)

    registered = {form: point for point in COLLECTION_POINTS.values() for form in point.forms}
    assert asked[SignupForm] == {"email", "password1", "news", "shown"}
    for form, fields in asked.items():
        if fields:
            assert fields <= registered[form].fields.keys()
    for point in COLLECTION_POINTS.values():
        if (
            not point.forms
            or {form.__module__.partition(".")[0] for form in point.forms}
            & PROVED_BY_THEIR_OWN_TESTS
        ):
            continue
        fields = [{*form.base_fields, *asked.get(form, ())} for form in point.forms]
        assert set(point.fields) == set().union(*fields)


def forms_of(answer):
    for context in answer.context or ():
        for layer in context.dicts:
            yield from (value for value in layer.values() if isinstance(value, BaseForm))


DOOR = [
    "login/",
    "signup/",
    "inactive/",
    "confirm-email/",
    "confirm-email/MTox:forged:signature/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-forged/",
    "password/reset/key/done/",
]


@pytest.mark.parametrize("path", ["account/", "account/security/", "accounts/logout/"])
def test_the_footer_offers_no_sign_in_to_who_is_signed_in(client, aigul, path):
    client.force_login(aigul)

    footer = client.get(f"/en/{path}").content.decode().partition("<footer")[2]

    assert 'href="/en/account/"' in footer
    assert 'href="/en/accounts/logout/"' in footer
    assert "/accounts/login/" not in footer
    assert "/accounts/signup/" not in footer
