import re

import pytest
from django.urls import reverse

from accounts import urls
from privacy.acknowledgements import acknowledge, awaited, versions_in_force
from privacy.consents import allows
from privacy.models import ConsentEntry, Subject
from privacy.models.consents import text_hash
from privacy.requests import file_request
from privacy.sentences import acknowledgement_sentence
from tests.privacy.test_account import fields, press

# What whoever refuses can still do: everything else waits for an answer.
NEVER_ASKED = {
    "privacy",
    "withdraw_consent",
    "withdraw_all",
    "receipts",
    "receipts_json",
    "receipt",
    "receipt_json",
    "changes",
    "leave",
    "ask",
    "ask_for",
    "ask_for_kind",
    "take_request_back",
    "held",
    "held_kind",
    "remove_held",
    "join_own",
    "export",
    "build_again",
    "fetch_export",
    "export_file",
}


@pytest.fixture
def browser(client, aigul):
    client.force_login(aigul)
    return client


@pytest.fixture
def accepted(aigul, policy, occasion):
    """Aigul has read version 1."""
    versions = versions_in_force()
    shown = text_hash(acknowledgement_sentence(versions))
    acknowledge(aigul.subject, versions, occasion, shown=shown)


def answer(client, word, language="en"):
    path = f"/{language}/account/privacy/changes/"
    html = client.get(path).content.decode()
    return client.post(
        path, {"shown": fields(html, "shown"), "next": fields(html, "next"), word: ""}
    )


@pytest.mark.clause("P7.1c")
def test_a_change_that_is_not_material_asks_nobody(browser, accepted, publish_version):
    publish_version()

    assert browser.get("/en/account/").status_code == 200


@pytest.mark.clause("P7.1c")
@pytest.mark.parametrize("slug", ["privacy", "terms"])
def test_a_material_change_asks_each_account_once(browser, aigul, accepted, publish_version, slug):
    version = publish_version(slug, is_material=True)

    asked = browser.get("/en/account/profile/?a=b")
    assert (
        asked["Location"]
        == "/en/account/privacy/changes/?next=%2Fen%2Faccount%2Fprofile%2F%3Fa%3Db"
    )
    page = browser.get(asked["Location"]).content.decode()
    assert version.get_absolute_url() in page
    response = browser.post(
        asked["Location"],
        {"shown": fields(page, "shown"), "next": fields(page, "next"), "accept": ""},
    )

    assert response["Location"] == "/en/account/profile/?a=b"
    assert browser.get("/en/account/profile/").status_code == 200
    entry = ConsentEntry.objects.last()
    assert (entry.act, entry.version, entry.form) == ("acknowledged", version, "changes")
    assert entry.button == "Accept and go on"
    assert aigul.subject.consents.count() == 0


def test_an_announced_change_asks_only_when_its_day_has_come(
    browser, accepted, publish_version, time_machine
):
    from datetime import timedelta

    from django.utils import timezone

    tomorrow = timezone.now() + timedelta(days=1)
    publish_version(is_material=True, effective_at=tomorrow)
    assert browser.get("/en/account/").status_code == 200

    time_machine.move_to(tomorrow + timedelta(minutes=1))

    assert "changes" in browser.get("/en/account/")["Location"]


@pytest.mark.clause("P1.5")
def test_refusing_restricts_the_account_and_shows_the_way_out(
    browser, aigul, accepted, publish_version
):
    press(browser, "give")
    publish_version(is_material=True)

    response = answer(browser, "decline")

    assert response["Location"] == "/en/account/privacy/leave/"
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED
    assert not allows(aigul.subject, "news", "email")
    assert browser.get("/en/account/")["Location"] == "/en/account/privacy/leave/"
    assert ConsentEntry.objects.last().act == "refused"


@pytest.mark.clause("P1.5")
@pytest.mark.parametrize("entry", urls.urlpatterns, ids=lambda entry: entry.name)
@pytest.mark.parametrize("declined", [False, True])
def test_every_private_page_waits_for_an_answer_but_the_ways_out(
    browser, aigul, accepted, publish_version, entry, declined
):
    publish_version(is_material=True)
    if declined:
        answer(browser, "decline")
    words = {"kind": "erasure", "purpose": "news", "channel": "email"}
    arguments = {name: words.get(name, 1) for name in entry.pattern.converters}

    response = browser.get(reverse(f"accounts:{entry.name}", kwargs=arguments))

    target = "/account/privacy/leave/" if declined else "/account/privacy/changes/"
    is_asked = response.status_code == 302 and response["Location"].partition("?")[0].endswith(
        target
    )
    assert is_asked == (entry.name not in NEVER_ASKED)


@pytest.mark.clause("P1.5")
@pytest.mark.parametrize(
    "path",
    [
        "/en/privacy/",
        "/en/privacy/1/",
        "/en/privacy/history/",
        "/en/contact/",
        "/en/help/",
        "/en/accounts/logout/",
        "/en/accounts/reauthenticate/",
        "/en/account/privacy/",
        "/en/account/privacy/receipts/",
        "/en/account/privacy/leave/",
    ],
)
def test_whoever_refused_still_reads_the_policy_and_finds_the_way_out(
    browser, accepted, publish_version, path
):
    publish_version(is_material=True)
    answer(browser, "decline")

    assert browser.get(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/en/accounts/password/change/", "/en/accounts/2fa/totp/activate/"]
)
def test_the_sign_in_pages_of_the_account_wait_too(browser, accepted, publish_version, path):
    publish_version(is_material=True)

    assert "/privacy/changes/" in browser.get(path)["Location"]


@pytest.mark.clause("P1.5", "P5.1c")
def test_whoever_refused_can_still_withdraw_but_not_give(browser, aigul, accepted, publish_version):
    press(browser, "give")
    press(browser, "give", "offers", "post")
    publish_version(is_material=True)
    answer(browser, "decline")

    press(browser, "withdraw")
    press(browser, "give", "promotions", "post")

    assert list(aigul.subject.consents.order_by("pk").values_list("purpose", "act")) == [
        ("news", "withdrawn"),
        ("offers", "given"),
    ]


def test_a_form_sent_into_the_gate_saves_nothing_and_says_so(
    browser, aigul, accepted, publish_version
):
    publish_version(is_material=True)

    response = browser.post("/en/account/profile/person/", {"surname": "New"}, follow=True)

    assert "Nothing was saved" in response.content.decode()
    aigul.refresh_from_db()
    assert aigul.surname != "New"


@pytest.mark.clause("P1.5")
def test_whoever_refused_can_change_their_mind(browser, aigul, accepted, publish_version):
    press(browser, "give")
    publish_version(is_material=True)
    answer(browser, "decline")

    answer(browser, "accept")

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.ACTIVE
    assert browser.get("/en/account/").status_code == 200
    assert allows(aigul.subject, "news", "email")


@pytest.mark.clause("P5.2a")
@pytest.mark.parametrize("kind", ["erasure", "restriction"])
@pytest.mark.parametrize("is_granted", [False, True])
def test_accepting_a_change_does_not_undo_what_the_person_asked_for(
    browser, aigul, accepted, publish_version, kind, is_granted
):
    press(browser, "give")
    wish = file_request(aigul.subject, kind, language="en")
    aigul.subject.restrict()
    if is_granted and wish.is_open:
        wish.step("in_work")
        wish.step("answered")
    publish_version(is_material=True)

    answer(browser, "accept")

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED
    assert not allows(aigul.subject, "news", "email")


def test_the_answer_counts_only_for_what_was_shown(browser, aigul, accepted, publish_version):
    publish_version(is_material=True)
    page = browser.get("/en/account/privacy/changes/").content.decode()
    publish_version(is_material=True)

    response = browser.post(
        "/en/account/privacy/changes/", {"shown": fields(page, "shown"), "accept": ""}
    )

    assert "changed again" in response.content.decode()
    assert len(awaited(aigul.subject)) == 1
    assert ConsentEntry.objects.count() == 1


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_answer_leads_to_no_foreign_site(browser, accepted, publish_version, evil):
    publish_version(is_material=True)
    page = browser.get("/en/account/privacy/changes/").content.decode()

    response = browser.post(
        "/en/account/privacy/changes/",
        {"shown": fields(page, "shown"), "next": evil, "accept": ""},
    )

    assert response["Location"] == "/en/account/"


@pytest.mark.clause("P7.1c")
def test_a_new_purpose_opts_nobody_in(browser, aigul, accepted, publish_version):
    publish_version(is_material=True, purposes=["news", "promotions", "offers", "group", "survey"])
    answer(browser, "accept")

    assert not allows(aigul.subject, "survey")


def test_an_account_from_before_the_first_policy_is_asked_too(browser, aigul, publish_version):
    publish_version(is_material=True)

    assert "changes" in browser.get("/en/account/")["Location"]


def test_public_pages_ask_nobody_and_no_page_asks_strangers(client, publish_version):
    publish_version(is_material=True)

    assert client.get("/en/").status_code == 200
    assert re.search("/accounts/login/", client.get("/en/account/privacy/changes/")["Location"])
