# ruff: noqa: F811 fixtures of the neighbour are parameters here
"""The queue of requests: their clock, the alarm, and what staff answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from privacy.consents import allows
from privacy.models import Request, RequestStep, Subject
from privacy.requests import file_request
from privacy.tasks import warn_of_deadlines
from privacy.wishes import file_wish
from tests.privacy.test_requests import admin_browser, administrator, step  # noqa: F401 fixtures

QUEUE = "/admin/privacy/request/"


@pytest.fixture(autouse=True)
def in_english(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def wish(aigul, policy, mailoutbox):
    wish = file_request(
        aigul.subject, Request.Kind.RECTIFICATION, language="kk", words="Атым қате."
    )
    mailoutbox.clear()
    return wish


def due_in(wish, **time):
    Request.objects.filter(pk=wish.pk).update(due_at=timezone.now() + timedelta(**time))


def press(client, wish, answer):
    return client.post(f"{QUEUE}{wish.pk}/answer/", {"answer": answer}, follow=True)


@pytest.mark.clause("P5.2a")
def test_the_late_ones_come_first_and_are_named(admin_browser, wish, marat):
    late = file_request(marat.subject, Request.Kind.EXPORT, language="ru")
    due_in(late, days=-3)
    closed = file_request(marat.subject, Request.Kind.ACCESS, language="ru")

    page = admin_browser.get(QUEUE)

    shown = [request.pk for request in page.context["cl"].result_list]
    assert shown == [late.pk, wish.pk, closed.pk]
    html = page.content.decode()
    assert "1 request is late" in html
    assert "late: 3 days" in html
    for chosen, found in (
        ("late", [late]),
        ("week", [late]),
        ("open", [late, wish]),
        ("closed", [closed]),
    ):
        rows = admin_browser.get(QUEUE, {"clock": chosen}).context["cl"].result_list
        assert list(rows) == found


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "We have corrected it."), ("ru", "Мы исправили"), ("kk", "түзеттік")],
)
def test_one_press_answers_in_the_language_of_the_person(
    admin_browser,
    aigul,
    wish,
    administrator,
    mailoutbox,
    language,
    words,
):
    Request.objects.filter(pk=wish.pk).update(language=language)
    assert words in admin_browser.get(f"{QUEUE}{wish.pk}/change/").content.decode()

    page = press(admin_browser, wish, "corrected")

    assert page.status_code == 200
    wish.refresh_from_db()
    assert wish.state == "answered"
    last = wish.steps.last()
    assert words in last.reason
    assert last.by == administrator.subject
    [letter] = mailoutbox
    assert letter.to == [aigul.email]
    assert words in letter.body
    assert f"/{language}/account/privacy/" in letter.body


def test_a_standard_answer_of_another_kind_or_twice_changes_nothing(
    admin_browser,
    wish,
    mailoutbox,
):
    for answer in ("erased", "nonsense", ""):
        page = press(admin_browser, wish, answer)
        assert "Nothing was answered" in page.content.decode()
    press(admin_browser, wish, "already_right")
    page = press(admin_browser, wish, "corrected")

    assert "Nothing was answered" in page.content.decode()
    wish.refresh_from_db()
    assert wish.state == "refused"
    assert wish.steps.count() == 4
    assert len(mailoutbox) == 1
    assert admin_browser.get(f"{QUEUE}{wish.pk}/answer/").status_code == 302


@pytest.mark.clause("P4.1b")
def test_nobody_but_staff_answers(client, wish, marat):
    client.force_login(marat)

    answer = client.post(f"{QUEUE}{wish.pk}/answer/", {"answer": "corrected"})

    assert answer.status_code in (302, 403, 404)
    wish.refresh_from_db()
    assert wish.state == "checked"


def test_two_months_more_need_a_reason_and_are_told(
    admin_browser,
    aigul,
    wish,
    mailoutbox,
):
    address = f"{QUEUE}{wish.pk}/change/"
    before = wish.due_at

    refused = admin_browser.post(address, step("extend"))
    assert "reason" in refused.context["adminform"].form.errors
    wish.refresh_from_db()
    assert wish.due_at == before
    press(admin_browser, wish, "many")

    wish.refresh_from_db()
    assert (wish.due_at - before).days in (59, 60, 61, 62)
    assert wish.state == "checked"
    last = wish.steps.last()
    assert (last.extended_to, bool(last.reason)) == (wish.due_at, True)
    assert mailoutbox[0].to == [aigul.email]


def test_time_is_taken_once_and_never_after_the_month(
    admin_browser,
    wish,
    marat,
    mailoutbox,
):
    press(admin_browser, wish, "many")
    wish.refresh_from_db()
    due = wish.due_at
    late = file_request(marat.subject, Request.Kind.EXPORT, language="ru")
    due_in(late, days=-1)

    for request in (wish, late):
        assert "Nothing was answered" in press(admin_browser, request, "others").content.decode()
        page = admin_browser.post(f"{QUEUE}{request.pk}/change/", step("extend", "Still more."))
        assert "next_state" in page.context["adminform"].form.errors

    wish.refresh_from_db()
    assert wish.due_at == due
    assert RequestStep.objects.exclude(extended_to=None).count() == 1


def test_the_operator_is_warned_at_seven_three_and_one_day_and_when_it_is_late(
    wish, marat, mailoutbox, time_machine
):
    other = file_request(marat.subject, Request.Kind.EXPORT, language="ru")
    Request.objects.update(due_at=timezone.now() + timedelta(days=20))
    mailoutbox.clear()
    start, told = timezone.now(), []

    for hours in range(0, 24 * 22, 6):
        time_machine.move_to(start + timedelta(hours=hours), tick=False)
        warn_of_deadlines()
        warn_of_deadlines()
        if mailoutbox:
            told.append((hours / 24, mailoutbox[-1].body))
            assert len(mailoutbox) == 1
            mailoutbox.clear()

    assert [day for day, _body in told] == [13, 17, 19, 20]
    for _day, body in told:
        assert f"№ {wish.pk}" in body
        assert f"№ {other.pk}" in body
    assert "просрочены 2" in told[-1][1]


def test_whoever_comes_late_is_warned_of_once(wish, mailoutbox):
    due_in(wish, days=-3)

    warn_of_deadlines()
    warn_of_deadlines()

    [letter] = mailoutbox
    assert letter.to == ["support@kazvek.com"]
    assert "Атым қате" not in letter.message().as_string()


@pytest.mark.clause("P5.1c")
def test_an_objection_holds_until_staff_refuses_it(
    admin_browser,
    aigul,
    policy,
    occasion,
):
    wish = file_wish(
        aigul.subject,
        Request.Kind.OBJECTION,
        occasion,
        said={"purpose": "statistics", "words": ""},
        language="en",
    )
    assert not allows(aigul.subject, "statistics")

    press(admin_browser, wish, "objection_outweighed")

    acts = list(aigul.subject.consent_entries.values_list("act", flat=True))
    assert acts == ["objected", "superseded"]
    assert Request.objects.get().state == "refused"
    aigul.subject.refresh_from_db()
    assert aigul.subject.state == Subject.State.ACTIVE


@pytest.mark.parametrize("how", ["by a standard answer", "in words"])
def test_staff_promise_nobody_that_what_guards_all_stops_for_them(
    admin_browser, aigul, policy, occasion, how
):
    said = {"purpose": "security", "words": ""}
    wish = file_wish(aigul.subject, Request.Kind.OBJECTION, occasion, said=said, language="en")

    if how == "in words":
        page = f"/admin/privacy/request/{wish.pk}/change/"
        sums = {"steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0}
        wish.step("in_work")
        said = admin_browser.post(page, sums | {"next_state": "answered", "reason": "We stop."})
        assert "This cannot be stopped for one person" in said.content.decode()
    else:
        press(admin_browser, wish, "objection_granted")

    wish.refresh_from_db()
    assert wish.is_open


def test_an_objection_that_is_granted_stays(admin_browser, aigul, policy, occasion):
    said = {"purpose": "statistics", "words": ""}
    wish = file_wish(aigul.subject, Request.Kind.OBJECTION, occasion, said=said, language="en")

    press(admin_browser, wish, "objection_granted")

    assert not allows(aigul.subject, "statistics")
    assert list(aigul.subject.consent_entries.values_list("act", flat=True)) == ["objected"]
