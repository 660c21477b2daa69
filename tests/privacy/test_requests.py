from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from privacy.acknowledgements import decline
from privacy.consents import allows
from privacy.data_map import DATA_MAP
from privacy.models import Request, RequestStep, Subject
from privacy.models.consents import text_hash
from privacy.requests import file_request
from privacy.sentences import acknowledgement_sentence
from tests.conftest import PASSWORD, enter_with_code

LEAVE = "/en/account/privacy/leave/"


@pytest.fixture
def browser(client, aigul):
    client.force_login(aigul)
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_asking_for_deletion_starts_the_clock_and_tells_both_sides(
    browser, aigul, policy, mailoutbox
):
    response = browser.post(f"{LEAVE}erasure/", follow=True)

    wish = Request.objects.get()
    assert (wish.subject, wish.kind, wish.state) == (aigul.subject, "erasure", "checked")
    states = list(wish.steps.values_list("state", flat=True))
    assert states == ["received", "acknowledged", "checked"]
    html = response.content.decode()
    assert f"№ {wish.pk}" in html
    assert "Identity checked" in html
    operator, person = mailoutbox
    assert operator.to == ["support@kazvek.com"]
    assert f"/admin/privacy/request/{wish.pk}/change/" in operator.body
    assert aigul.email not in operator.message().as_string()
    assert person.to == [aigul.email]
    assert "/en/privacy/deletion/?key=" in person.body


@pytest.mark.clause("P5.2a")
def test_from_the_moment_of_asking_nothing_is_sent(browser, aigul, policy):
    browser.post(f"{LEAVE}erasure/")

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED
    assert not allows(aigul.subject, "news", "email")


def test_asking_for_a_copy_restricts_nothing(browser, aigul, policy):
    browser.post(f"{LEAVE}export/")

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.ACTIVE
    assert Request.objects.get().kind == "export"


def test_the_same_wish_twice_is_one_request(browser, policy, mailoutbox):
    browser.post(f"{LEAVE}erasure/")
    browser.post(f"{LEAVE}erasure/")

    assert Request.objects.count() == 1
    assert len(mailoutbox) == 2


@pytest.mark.clause("P1.6")
def test_without_a_fresh_proof_of_identity_nothing_is_asked(client, aigul, policy, mailoutbox):
    client.force_login(aigul)

    response = client.post(f"{LEAVE}erasure/")

    assert "/accounts/reauthenticate/" in response["Location"]
    assert not Request.objects.exists()
    assert not mailoutbox


@pytest.mark.parametrize("kind", ["access", "nonsense"])
def test_only_the_two_ways_out_are_taken_there(browser, policy, kind):
    assert browser.post(f"{LEAVE}{kind}/").status_code == 404
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (datetime(2027, 1, 31, 7, tzinfo=UTC), datetime(2027, 2, 28, 7, tzinfo=UTC)),
        (datetime(2027, 12, 15, 7, tzinfo=UTC), datetime(2028, 1, 15, 7, tzinfo=UTC)),
        # Already the first of April in Almaty.
        (datetime(2027, 3, 31, 20, tzinfo=UTC), datetime(2027, 4, 30, 20, tzinfo=UTC)),
    ],
)
def test_the_law_gives_one_month(subject, time_machine, asked, due):
    time_machine.move_to(asked, tick=False)

    wish = file_request(subject, Request.Kind.RECTIFICATION, language="en")

    assert wish.due_at == due


def test_a_request_can_be_taken_back(browser, aigul, policy):
    browser.post(f"{LEAVE}erasure/")
    wish = Request.objects.get()

    browser.post(f"/en/account/privacy/requests/{wish.pk}/take-back/")

    wish.refresh_from_db()
    assert wish.state == "taken_back"
    assert wish.closed_at
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.ACTIVE


@pytest.mark.clause("P4.1b")
def test_nobody_takes_back_the_request_of_another(browser, aigul, marat, policy):
    browser.post(f"{LEAVE}erasure/")
    wish = Request.objects.get()
    browser.force_login(marat)

    response = browser.post(f"/en/account/privacy/requests/{wish.pk}/take-back/")

    assert response.status_code == 404
    wish.refresh_from_db()
    assert wish.is_open


def test_a_closed_request_stays_closed(browser, aigul, policy):
    wish = file_request(aigul.subject, Request.Kind.RECTIFICATION, language="en")
    wish.step(Request.State.IN_WORK)
    wish.step(Request.State.ANSWERED)

    response = browser.post(f"/en/account/privacy/requests/{wish.pk}/take-back/", follow=True)

    assert "closed already" in response.content.decode()
    with pytest.raises(Request.WrongOrder):
        wish.step(Request.State.REFUSED, reason="Too late.")
    assert RequestStep.objects.count() == 5


def test_no_step_is_skipped(subject):
    wish = file_request(subject, Request.Kind.RECTIFICATION, language="en")

    with pytest.raises(Request.WrongOrder):
        wish.step(Request.State.ANSWERED)

    wish.refresh_from_db()
    assert wish.state == "checked"
    assert wish.steps.count() == 3


def test_staff_works_the_queue_and_a_refusal_needs_a_reason(admin_browser, aigul, administrator):
    wish = file_request(aigul.subject, Request.Kind.ERASURE, language="en")
    address = f"/admin/privacy/request/{wish.pk}/change/"
    assert admin_browser.get("/admin/privacy/request/").status_code == 200
    assert "answered" not in next_states(admin_browser.get(address))

    refused = admin_browser.post(address, step("refused"))
    assert "reason" in refused.context["adminform"].form.errors
    wish.refresh_from_db()
    assert wish.state == "checked"
    assert next_states(admin_browser.get(address)) == ["", "refused"]
    admin_browser.post(address, step("refused", "The order is not finished."))

    wish.refresh_from_db()
    assert wish.state == "refused"
    last = wish.steps.last()
    assert (last.reason, last.by) == ("The order is not finished.", administrator.subject)


@pytest.mark.clause("P5.2a")
def test_whose_deletion_is_refused_is_not_restricted_for_ever(admin_browser, aigul, policy):
    wish = file_request(aigul.subject, Request.Kind.ERASURE, language="en")

    admin_browser.post(
        f"/admin/privacy/request/{wish.pk}/change/", step("refused", "The order is not finished.")
    )

    wish.refresh_from_db()
    aigul.subject.refresh_from_db()
    assert (wish.state, aigul.subject.state) == ("refused", Subject.State.ACTIVE)


def test_a_refusal_releases_nobody_who_declined_the_documents(
    admin_browser, aigul, publish_version, occasion
):
    version = publish_version("privacy", is_material=True)
    shown = text_hash(acknowledgement_sentence([version]))
    decline(aigul.subject, [version], occasion, shown=shown)
    wish = file_request(aigul.subject, Request.Kind.ERASURE, language="en")

    admin_browser.post(
        f"/admin/privacy/request/{wish.pk}/change/", step("refused", "The order is not finished.")
    )

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED


def test_one_of_two_requests_closed_releases_nobody(admin_browser, aigul, policy):
    wish = file_request(aigul.subject, Request.Kind.ERASURE, language="en")
    file_request(aigul.subject, Request.Kind.RESTRICTION, language="en")

    admin_browser.post(
        f"/admin/privacy/request/{wish.pk}/change/", step("refused", "The order is not finished.")
    )

    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.RESTRICTED


@pytest.fixture
def refused(subject):
    wish = file_request(subject, Request.Kind.ERASURE, language="en")
    wish.step(Request.State.REFUSED, by=subject, reason="Markus owes us a harvester.")
    return wish


@pytest.mark.clause("P6.1a", "P5.2b")
def test_erasure_empties_what_staff_wrote_and_leaves_the_step(refused):
    before = list(refused.steps.values("pk", "state", "at", "by"))
    rows = DATA_MAP[RequestStep].rows_of(refused.subject)

    for _twice in range(2):
        DATA_MAP[RequestStep].fields["reason"].erase.apply(rows, "reason")

    assert set(refused.steps.values_list("reason", flat=True)) == {""}
    assert list(refused.steps.values("pk", "state", "at", "by")) == before


@pytest.mark.clause("P6.1a")
@pytest.mark.parametrize(
    "change",
    [
        "reason = 'Markus paid.'",
        "reason = reason",
        "reason = ' '",
        "reason = '', state = 'answered'",
        "reason = '', by_id = NULL",
        "reason = '', at = at - interval '1 hour'",
        "reason = '', request_id = request_id + 1",
        "state = 'answered'",
    ],
)
def test_nothing_else_of_a_step_can_be_changed(refused, change):
    before = list(refused.steps.values())
    last = refused.steps.last()

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE privacy_requeststep SET {change} WHERE id = %s", [last.pk])

    assert list(refused.steps.values()) == before


def test_a_refusal_without_a_reason_is_refused_by_the_database(subject):
    wish = file_request(subject, Request.Kind.RECTIFICATION, language="en")

    with pytest.raises(IntegrityError, match="needs a reason"):
        wish.step(Request.State.REFUSED)

    assert Request.objects.get().state == "checked"
    assert wish.steps.count() == 3


@pytest.mark.parametrize("model", ["consententry", "ledgerrun"])
def test_staff_reads_the_ledger_and_changes_nothing(admin_browser, model):
    assert admin_browser.get(f"/admin/privacy/{model}/").status_code == 200
    assert admin_browser.get(f"/admin/privacy/{model}/add/").status_code == 403


@pytest.fixture
def administrator(make_user):
    return make_user("admin@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def admin_browser(client, administrator):
    enter_with_code(client, administrator)
    return client


def step(state, reason=""):
    inline = {"steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0}
    return inline | {"next_state": state, "reason": reason}


def next_states(response):
    return [value for value, _ in response.context["adminform"].form.fields["next_state"].choices]
