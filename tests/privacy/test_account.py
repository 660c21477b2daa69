import hashlib
import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.utils.html import strip_tags

from accounts.models import User
from privacy.consents import allows
from privacy.models import (
    Consent,
    ConsentEntry,
    ConsentEvidence,
    GroupSite,
    Subject,
    SubjectIdentifier,
)
from tests.conftest import PASSWORD
from tests.html import assert_valid

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def browser(client, aigul):
    client.defaults |= {"HTTP_USER_AGENT": FIREFOX, "REMOTE_ADDR": "203.0.113.77"}
    client.force_login(aigul)
    return client


def page_of(client, path="/en/account/privacy/"):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def fields(html, name):
    return re.findall(rf'name="{name}" value="([^"]*)"', html)


def press(client, verb, purpose="news", channel="email", language="en", **form):
    """Press one switch as it stands on the page now; `form` puts in what an old page said."""
    html = page_of(client, f"/{language}/account/privacy/")
    address = f"/{language}/account/privacy/consents/{purpose}/{channel}/{verb}/"
    place = html.index(f'action="{address}"')
    hidden = {name: fields(html[place:], name)[:1] for name in ("shown", "seen")}
    return client.post(address, hidden | form, follow=True)


def sign_up(client, *, ticked=False, language="en", **form):
    html = client.get(f"/{language}/accounts/signup/").content.decode()
    data = {"email": "dana@example.com", "password1": PASSWORD, "shown": fields(html, "shown")}
    if ticked:
        data["news"] = "on"
    return client.post(f"/{language}/accounts/signup/", data | form)


@pytest.mark.django_db
def test_while_there_is_no_policy_nobody_can_sign_up(client, mailoutbox):
    page = client.get("/en/accounts/signup/").content.decode()
    client.post("/en/accounts/signup/", {"email": "dana@example.com", "password1": PASSWORD})

    assert "Signing up is closed" in page
    assert 'name="password1"' not in page
    assert not User.objects.exists()
    assert mailoutbox == []


@pytest.mark.clause("P1.4a")
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_signing_up_without_the_box_acknowledges_the_policy_and_consents_to_nothing(
    client, publish_version, language, settings
):
    policy, terms = publish_version("privacy"), publish_version("terms", purposes=[])

    sign_up(client, language=language)

    subject = User.objects.get().subject
    first, second = ConsentEntry.objects.of(subject)
    assert (first.act, first.version, first.version_digest) == (
        "acknowledged",
        policy,
        policy.digest,
    )
    assert (second.act, second.version) == ("acknowledged", terms)
    assert (first.form, first.language, first.basis) == ("sign-up", language, "contract")
    assert first.button
    assert not Consent.objects.exists()
    assert not allows(subject, "news", "email")


@pytest.mark.clause("P1.4a")
def test_the_words_recorded_are_those_that_stood_in_the_form(client, policy):
    html = client.get("/en/accounts/signup/").content.decode()
    sign_up(client, ticked=True)

    acknowledged, given = ConsentEntry.objects.all()
    assert acknowledged.sentence in strip_tags(html).replace("&#x27;", "'")
    assert given.sentence in strip_tags(html).replace("&#x27;", "'")
    assert f">{acknowledged.button}</button>" in html


@pytest.mark.clause("P1.4a")
def test_the_optional_box_is_never_ticked_for_anybody_and_ticked_it_gives_one_consent(
    client, policy
):
    html = client.get("/en/accounts/signup/").content.decode()
    assert re.search(r'<input type="checkbox" name="news"[^>]*>', html)
    assert "checked" not in html

    sign_up(client, ticked=True)

    subject = User.objects.get().subject
    assert list(ConsentEntry.objects.values_list("act", "purpose", "channel")) == [
        ("acknowledged", "", ""),
        ("given", "news", "email"),
    ]
    assert allows(subject, "news", "email")
    assert not allows(subject, "news", "phone")


def test_documents_that_changed_while_the_form_was_open_are_shown_anew(
    client, policy, publish_version
):
    html = client.get("/en/accounts/signup/").content.decode()
    publish_version("privacy")

    response = sign_up(client, shown=fields(html, "shown"))

    assert "have changed" in response.content.decode()
    assert not User.objects.exists()
    assert not ConsentEntry.objects.exists()
    again = fields(response.content.decode(), "shown")
    assert sign_up(client, shown=again).status_code == 302


def test_a_sign_up_that_fails_leaves_no_trace_in_the_ledger(client, policy):
    sign_up(client, ticked=True, password1="12345")

    assert not ConsentEntry.objects.exists()
    assert not Subject.objects.exists()


def test_signing_up_with_a_taken_address_records_nothing(client, aigul, policy):
    sign_up(client, ticked=True, email=aigul.email)

    assert not ConsentEntry.objects.exists()


@pytest.mark.clause("P0.2", "P1.2d")
def test_a_confirmed_address_finds_the_person_and_the_former_one_does_not(
    client, policy, mailoutbox
):
    sign_up(client)
    link = re.search(r"https?://[^/]+(/en/accounts/confirm-email/\S+)", mailoutbox[0].body)
    assert not SubjectIdentifier.objects.exists()

    client.post(link[1])

    subject = User.objects.get().subject
    assert EmailAddress.objects.get().verified
    assert SubjectIdentifier.objects.of("email", "DANA@example.com").get().subject == subject


def test_an_account_nobody_confirmed_goes_and_leaves_a_number_that_leads_to_nobody(
    client, policy, ledger_verifies
):
    sign_up(client, ticked=True)

    User.objects.all().never_verified().forget()

    assert not User.objects.exists()
    assert Subject.objects.get().state == Subject.State.ERASED
    assert not ConsentEvidence.objects.exists()
    assert not Consent.objects.exists()
    assert ledger_verifies()


@pytest.mark.clause("P5.1c")
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_switching_off_takes_one_press_as_switching_on_does(browser, aigul, policy, language):
    press(browser, "give", language=language)
    assert allows(aigul.subject, "news", "email")

    press(browser, "withdraw", language=language)

    assert not allows(aigul.subject, "news", "email")
    given, withdrawn = ConsentEntry.objects.of(aigul.subject)
    assert given.language == withdrawn.language == language
    assert given.evidence.network == "203.0.113.0"
    assert given.evidence.browser == "Firefox"


def test_the_page_shows_the_very_words_that_are_recorded(browser, aigul, policy):
    html = page_of(browser)

    press(browser, "give")

    assert ConsentEntry.objects.get().sentence in strip_tags(html).replace("&#x27;", "'")


def test_all_twelve_switches_stand_there_when_the_group_has_sites(browser, policy):
    assert page_of(browser).count('role="switch"') == 9

    GroupSite.objects.create(domain="agro.example")

    assert page_of(browser).count('role="switch" aria-checked="false"') == 12


def test_a_site_that_joined_is_offered_for_extension(browser, aigul, policy):
    GroupSite.objects.create(domain="agro.example")
    press(browser, "give", "group", "post")
    GroupSite.objects.create(domain="metal.example")
    assert "Not covered, because they joined later: metal.example." in page_of(browser)

    press(browser, "give", "group", "post")

    assert allows(aigul.subject, "group", "post", site="metal.example")
    assert "Not covered" not in page_of(browser)


@pytest.mark.clause("P5.1c")
def test_one_press_withdraws_everything(browser, aigul, policy):
    press(browser, "give")
    press(browser, "give", "offers", "phone")

    browser.post("/en/account/privacy/consents/withdraw-all/")

    assert not Consent.objects.filter(act="given").exists()
    assert page_of(browser).count('aria-checked="true"') == 0


@pytest.mark.clause("P5.1c")
def test_a_switch_of_an_old_page_is_refused_after_a_withdrawal(browser, aigul, policy):
    seen = fields(page_of(browser), "seen")[0]
    press(browser, "give")
    press(browser, "withdraw")

    response = press(browser, "give", seen=seen)

    assert "nothing was switched on" in response.content.decode()
    assert not allows(aigul.subject, "news", "email")


@pytest.mark.parametrize("shown", ["", "0" * 64, "\x00", "x" * 5000])
def test_words_that_were_not_shown_switch_nothing_on(browser, aigul, policy, shown):
    response = press(browser, "give", shown=shown)

    assert "read them and press again" in response.content.decode()
    assert not ConsentEntry.objects.exists()


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 40, "١"])
def test_a_forged_state_withdraws_no_withdrawal(browser, aigul, policy, seen):
    press(browser, "give")
    press(browser, "withdraw")

    press(browser, "give", seen=seen)

    assert not allows(aigul.subject, "news", "email")


@pytest.mark.parametrize("verb", ["give", "withdraw"])
@pytest.mark.parametrize("cell", ["orders/email", "news/pigeon", "nonsense/post"])
def test_there_is_no_switch_for_what_is_not_offered(browser, policy, verb, cell):
    response = browser.post(f"/en/account/privacy/consents/{cell}/{verb}/")

    assert response.status_code == 404
    assert not ConsentEntry.objects.exists()


@pytest.mark.parametrize("address", ["news/email/give/", "news/email/withdraw/", "withdraw-all/"])
def test_looking_at_the_address_of_a_switch_presses_nothing(browser, policy, address):
    response = browser.get(f"/en/account/privacy/consents/{address}")

    assert response.status_code == 405
    assert not ConsentEntry.objects.exists()


def test_a_receipt_shows_everything_and_can_be_checked_without_us(browser, aigul, policy):
    press(browser, "give")
    press(browser, "withdraw")
    entry = ConsentEntry.objects.get(sequence=1)

    html = page_of(browser, "/en/account/privacy/receipts/1/")
    data = json.loads(browser.get("/en/account/privacy/receipts/all.json").content)

    for told in (entry.hash, entry.version_digest, "Firefox", "203.0.113.0", "BIN"):
        assert told in html
    latest, first = data["entries"]
    for receipt in (latest, first):
        canonical = json.dumps(
            receipt["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        assert hashlib.sha256(canonical.encode()).hexdigest() == receipt["hash"]
    assert latest["content"]["previous_hash"] == first["hash"]
    assert first["content"]["sentence"] == entry.sentence
    assert data["operator"]["bin"] == "990140000029"


def test_one_receipt_comes_as_a_file_too(browser, policy):
    press(browser, "give")

    response = browser.get("/en/account/privacy/receipts/1.json")

    assert response["Content-Disposition"] == 'attachment; filename="receipt-1.json"'
    assert "no-store" in response["Cache-Control"]
    assert len(json.loads(response.content)["entries"]) == 1


@pytest.mark.clause("P4.1b")
def test_nobody_sees_the_receipts_of_another(browser, policy, client, marat):
    press(browser, "give")
    client.force_login(marat)

    assert client.get("/en/account/privacy/receipts/1/").status_code == 404
    assert client.get("/en/account/privacy/receipts/1.json").status_code == 404
    assert json.loads(client.get("/en/account/privacy/receipts/all.json").content)["entries"] == []


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pages_are_proper_html(browser, policy, language):
    GroupSite.objects.create(domain="agro.example")
    press(browser, "give")

    for path in ("", "receipts/", "receipts/1/", "leave/"):
        assert_valid(browser.get(f"/{language}/account/privacy/{path}"))


@pytest.mark.clause("P2.8b")
def test_a_browser_that_objects_is_recorded_once_and_shown(browser, aigul, policy):
    for _ in range(2):
        html = browser.get("/en/account/privacy/", HTTP_SEC_GPC="1").content.decode()

    assert "Global Privacy Control" in html
    entry = ConsentEntry.objects.get()
    assert (entry.act, entry.purpose, entry.form) == ("objected", "analytics", "gpc")
    assert not allows(aigul.subject, "analytics")


def test_the_page_costs_the_same_for_one_act_or_many(
    browser, policy, django_assert_max_num_queries
):
    for _ in range(5):
        press(browser, "give")
        press(browser, "withdraw")

    with django_assert_max_num_queries(16):
        browser.get("/en/account/privacy/")


@pytest.fixture
def ledger_verifies(db):
    from privacy.verification import go_on, start_run

    def verifies():
        run = start_run()
        while not go_on(run, 60):
            pass
        return run.faults == []

    return verifies
