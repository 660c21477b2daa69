"""Asking something of us about one's own data, from the account."""

import pytest

from privacy.consents import allows
from privacy.models import Request, Subject
from tests.conftest import PASSWORD
from tests.html import assert_valid

ASK = "/en/account/privacy/ask/"
PRIVACY = "/en/account/privacy/"


@pytest.fixture
def browser(client, aigul):
    client.force_login(aigul)
    return client


@pytest.fixture
def trusted(browser):
    browser.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    return browser


@pytest.mark.clause("P5.1a")
def test_a_correction_goes_to_staff_with_its_words_and_its_clock(
    browser, aigul, policy, mailoutbox
):
    page = browser.post(f"{ASK}rectification/", {"words": "My name is <b>Aigul</b>."}, follow=True)

    wish = Request.objects.get()
    assert (wish.subject, wish.kind, wish.state) == (aigul.subject, "rectification", "checked")
    html = page.content.decode()
    assert "My name is &lt;b&gt;Aigul&lt;/b&gt;." in html
    assert "days are left" in html
    operator, person = mailoutbox
    assert "Aigul" not in operator.message().as_string()
    assert person.to == [aigul.email]


def test_two_corrections_stand_beside_each_other_and_the_same_one_is_sent_once(browser, policy):
    for words in ("My name.", "My town.", "My name."):
        browser.post(f"{ASK}rectification/", {"words": words})

    assert [wish.words for wish in Request.objects.order_by("pk")] == ["My name.", "My town."]


def test_nobody_buries_us_under_corrections(browser, policy, mailoutbox):
    for number in range(Request.MOST_CORRECTIONS):
        browser.post(f"{ASK}rectification/", {"words": f"Wrong: {number}"})
    mailoutbox.clear()

    refused = browser.post(f"{ASK}rectification/", {"words": "One more."})

    assert refused.status_code == 400
    assert "Nothing was sent" in refused.content.decode()
    assert "One more." in refused.content.decode()
    assert Request.objects.count() == Request.MOST_CORRECTIONS
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("rectification", {"words": " "}),
        ("rectification", {"words": "a" * 2001}),
        ("objection", {"purpose": "orders"}),
        ("objection", {}),
    ],
)
def test_what_says_nothing_is_refused(browser, policy, kind, form):
    assert browser.post(f"{ASK}{kind}/", form).status_code == 400
    assert not Request.objects.exists()


@pytest.mark.parametrize("kind", ["withdrawal", "nonsense"])
def test_there_is_no_other_kind(trusted, policy, kind):
    assert trusted.post(f"{ASK}{kind}/").status_code == 404
    assert not Request.objects.exists()


@pytest.mark.clause("P5.1c")
def test_an_objection_holds_from_the_moment_it_is_made_and_can_be_taken_back(
    browser, aigul, policy
):
    said = {"purpose": "security", "words": "I use a shared computer."}

    browser.post(f"{ASK}objection/", said)
    browser.post(f"{ASK}objection/", said | {"purpose": "statistics"})

    assert not allows(aigul.subject, "statistics")
    assert Request.objects.count() == 2
    wish = Request.objects.get(purpose="statistics")
    browser.post(f"{PRIVACY}requests/{wish.pk}/take-back/")
    acts = aigul.subject.consent_entries.filter(purpose="statistics").order_by("sequence")
    assert [entry.act for entry in acts] == ["objected", "superseded"]
    assert Request.objects.get(purpose="security").is_open


@pytest.mark.clause("P5.2a")
def test_a_restriction_begins_and_ends_with_one_press(trusted, aigul, policy, mailoutbox):
    page = trusted.post(f"{ASK}restriction/", follow=True)

    wish = Request.objects.get()
    aigul.subject.refresh_from_db()
    assert (wish.state, aigul.subject.state) == ("answered", Subject.State.RESTRICTED)
    assert "End the restriction" in page.content.decode()
    assert [letter.to for letter in mailoutbox] == [[aigul.email]]
    trusted.post(f"{ASK}restriction/")
    assert Request.objects.count() == 1

    trusted.post(f"{PRIVACY}requests/{wish.pk}/take-back/")

    wish.refresh_from_db()
    aigul.subject.refresh_from_db()
    assert (wish.state, aigul.subject.state) == ("taken_back", Subject.State.ACTIVE)
    trusted.post(f"{ASK}restriction/")
    assert Request.objects.count() == 2


@pytest.mark.clause("P5.2a")
def test_ending_a_restriction_releases_nobody_who_asked_for_deletion(trusted, aigul, policy):
    trusted.post(f"{ASK}restriction/")
    restriction = Request.objects.get()
    trusted.post("/en/account/privacy/leave/erasure/")

    trusted.post(f"{PRIVACY}requests/{restriction.pk}/take-back/")

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED


@pytest.mark.clause("P1.6")
@pytest.mark.parametrize("kind", ["access", "restriction"])
def test_without_a_fresh_proof_of_identity_nothing_begins(browser, aigul, policy, kind):
    answer = browser.post(f"{ASK}{kind}/")

    assert "/accounts/reauthenticate/" in answer["Location"]
    assert not Request.objects.exists()
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.ACTIVE


def test_asking_to_see_the_data_leads_to_it_and_is_answered_in_writing(
    trusted, aigul, policy, mailoutbox
):
    page = trusted.post(f"{ASK}access/", follow=True)

    assert page.request["PATH_INFO"] == "/en/account/privacy/data/"
    assert Request.objects.get().state == "answered"
    [letter] = mailoutbox
    assert letter.to == [aigul.email]
    assert "What we hold on you" in letter.body


@pytest.mark.clause("P4.1b")
def test_nobody_ends_the_restriction_of_another(trusted, aigul, marat, policy):
    trusted.post(f"{ASK}restriction/")
    wish = Request.objects.get()
    trusted.force_login(marat)

    assert trusted.post(f"{PRIVACY}requests/{wish.pk}/take-back/").status_code == 404

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED
    assert f"№ {wish.pk}" not in trusted.get(PRIVACY).content.decode()


@pytest.mark.clause("P1.5")
def test_who_does_not_accept_the_documents_still_asks_and_sees(
    trusted, aigul, policy, publish_version
):
    publish_version(is_material=True)

    assert trusted.get("/en/account/").status_code == 302
    for path in ("ask/", "ask/rectification/", "data/", "data/accounts_user/"):
        assert trusted.get(f"{PRIVACY}{path}").status_code == 200
    trusted.post(f"{ASK}rectification/", {"words": "My name."})
    assert Request.objects.get().words == "My name."


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_pages_are_proper_html(trusted, aigul, policy, language):
    trusted.post(f"{ASK}rectification/", {"words": "My name."})
    trusted.post(f"{ASK}restriction/")
    for path in ("", "ask/", "ask/rectification/", "ask/objection/", "ask/restriction/"):
        assert_valid(trusted.get(f"/{language}/account/privacy/{path}"))
