import pytest
from django.test import Client

from listings.models import Listing
from moderation.models import Complaint, Decision
from tests.html import assert_valid

HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def listing(make_listing, seller):
    return make_listing(seller=seller)


def address(listing):
    return f"/en/listing/{listing.pk}/report/"


def test_a_visitors_report_joins_the_queue_and_is_answered_by_a_rule(
    client, moderator, listing, decide
):
    page = client.get(address(listing))
    assert_valid(page)
    assert not page.cookies

    answer = client.post(address(listing), {"reason": "other", "text": "Просит аванс."}, **HERE)

    assert answer.url == f"/en/listing/{listing.pk}/report/sent/"
    thanks = client.get(answer.url)
    assert_valid(thanks)
    assert "Thank you for the report" in thanks.content.decode()
    shown = moderator.get(f"/admin/moderation/queue/{listing.pk}/").content.decode()
    assert "Просит аванс." in shown
    decide(moderator, listing, "approve")
    listing.refresh_from_db()
    assert (listing.state, listing.waiting_since, listing.version) == ("published", None, 3)
    decision = Decision.objects.get()
    assert (decision.act, decision.rules) == ("keep", ["rules-ads/1/5.5"])
    assert Complaint.objects.get().answer == decision


def test_one_person_reports_an_ad_once_a_day_from_wherever(
    client, sign_in, marat, listing, time_machine
):
    time_machine.move_to("2026-03-03T05:00Z")
    signed_in = sign_in(marat)
    for browser in (client, client, signed_in, signed_in, sign_in(marat)):
        answer = browser.post(address(listing), {"reason": "fraud"}, **HERE)
        assert answer.status_code == 302

    assert Complaint.objects.count() == 2
    assert Complaint.objects.exclude(subject=None).get().subject == marat.subject
    listing.refresh_from_db()
    assert listing.version == 2

    time_machine.move_to("2026-03-04T05:00Z")
    client.post(address(listing), {"reason": "fraud"}, **HERE)
    assert Complaint.objects.count() == 3


def test_nothing_of_the_visitor_stands_in_a_report(client, listing):
    client.post(
        address(listing),
        {"reason": "sold"},
        HTTP_USER_AGENT="Canary/1",
        **HERE,
        REMOTE_ADDR="203.0.113.9",
    )

    kept = str(Complaint.objects.values().get())
    assert "203.0.113" not in kept
    assert "Canary" not in kept


def test_a_report_that_says_nothing_is_refused_with_what_was_typed(client, listing):
    for given, said in (
        ({}, "This field is required."),
        ({"reason": "hate"}, "Select a valid choice"),
        ({"reason": "other", "text": "  "}, "Say in your words what is wrong."),
        ({"reason": "other", "text": "Канарейка" + "x" * 1001}, "at most 1000"),
    ):
        answer = client.post(address(listing), given, **HERE)

        assert answer.status_code == 400, given
        assert said in answer.content.decode(), given
    assert "Канарейка" in answer.content.decode()
    assert not Complaint.objects.exists()
    listing.refresh_from_db()
    assert listing.waiting_since is None


def test_a_report_from_another_site_or_about_a_hidden_ad_changes_nothing(
    client, listing, make_listing
):
    hidden = make_listing(state="pending")
    foreign = {"HTTP_SEC_FETCH_SITE": "cross-site"}

    assert client.post(address(listing), {"reason": "sold"}, **foreign).status_code == 403
    assert client.post(address(hidden), {"reason": "sold"}, **HERE).status_code == 404
    assert client.get(address(hidden)).status_code == 404

    assert not Complaint.objects.exists()


@pytest.mark.parametrize("state", ["archived", "blocked", "rejected", "draft"])
def test_what_nobody_sees_any_more_does_not_join_the_queue(listing, state):
    """It went while somebody was reporting it; a moderator could do nothing with it."""
    Listing.objects.update(state=state)

    Listing.objects.filter(pk=listing.pk).ask_for_review()

    assert not Listing.objects.waiting().exists()


def test_who_reports_one_ad_after_the_other_is_asked_to_come_back(client, make_listing, seller):
    ads = [make_listing(f"Пшеница {number}", seller=seller) for number in range(21)]

    answers = [client.post(address(ad), {"reason": "price"}, **HERE) for ad in ads]

    assert {answer.status_code for answer in answers[:20]} == {302}
    assert answers[20].status_code == 429
    assert answers[20]["Retry-After"] == "86400"
    assert "You have reported many ads today" in answers[20].content.decode()
    assert Complaint.objects.count() == 20


def test_a_report_is_taken_without_cookies_and_script(client, listing):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(address(listing), {"reason": "photo"}, **HERE)

    assert answer.status_code == 302
    assert Complaint.objects.count() == 1


def test_whoever_has_a_whole_network_reports_an_ad_once_a_day(client, listing):
    for number in range(3):
        client.post(
            address(listing), {"reason": "fraud"}, **HERE, REMOTE_ADDR=f"2001:db8::{number}"
        )

    assert Complaint.objects.count() == 1


def test_two_people_behind_a_server_that_writes_old_addresses_the_new_way_are_two(client, listing):
    for last in (7, 8):
        given = {"REMOTE_ADDR": f"::ffff:203.0.113.{last}"}
        client.post(address(listing), {"reason": "fraud"}, **HERE, **given)

    assert Complaint.objects.count() == 2
