"""Ads that several people report are out of sight until a moderator has read them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from listings.models import Listing, Revision
from moderation.models import Ban, Complaint, Decision
from moderation.models.ban import known_by
from moderation.tasks import forget_old
from privacy.models import Subject
from sellers.models import Member

HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
LONG_AGO = timedelta(days=31)


@pytest.fixture
def listing(make_listing, seller, rules):
    return make_listing(seller=seller, price=98_000)


@pytest.fixture
def people(make_user, sign_in):
    """`people(5)`: browsers of so many accounts that have nothing in common."""

    def make(count, *, since=LONG_AGO, network=None, language="en"):
        browsers = []
        for _each in range(count):
            number = Subject.objects.count()
            user = make_user(
                f"p{number}@example.com", date_joined=timezone.now() - since, language=language
            )
            browser = sign_in(user)
            browser.defaults["REMOTE_ADDR"] = network or f"203.0.113.{number}"
            browser.user = user
            browsers.append(browser)
        return browsers

    return make


def report(listing, *browsers, **given):
    for browser in browsers:
        answer = browser.post(
            f"/en/listing/{listing.pk}/report/", {"reason": "fraud"} | given, **HERE
        )
        assert answer.status_code == 302
    listing.refresh_from_db()
    return listing.state


def test_five_people_hide_an_ad_until_a_moderator_publishes_it_again(
    listing, people, moderator, client, decide, mailoutbox
):
    ends = listing.expires_at
    first, *others = people(5, language="ru")
    assert report(listing, first, *others[:3]) == "published"

    assert report(listing, others[3]) == "pending"

    assert client.get(listing.get_absolute_url()).status_code == 404
    assert "Пшеница" not in client.get("/en/listings/").content.decode()
    decision = Decision.objects.get()
    assert (decision.act, decision.by, decision.rules) == ("hide", None, ["rules-ads/1/5.5"])
    assert listing.history.get().get_role_display() == "the portal"
    [letter] = mailoutbox
    assert letter.to == ["aigul@example.com"]
    assert letter.subject == f"Ad № {listing.pk} is hidden until a moderator has read it"
    assert "/en/rules/ads/1/#c-5.5" in letter.body
    shown = moderator.get(f"/admin/moderation/queue/{listing.pk}/").content.decode()
    assert "An ad hidden after reports, in review" in shown

    decide(moderator, listing, "approve")

    listing.refresh_from_db()
    assert (listing.state, listing.waiting_since, listing.expires_at) == ("published", None, ends)
    assert client.get(listing.get_absolute_url()).status_code == 200
    assert Decision.objects.first().act == "keep"
    assert mailoutbox[-1].subject == f"Ad № {listing.pk} is public"
    assert [one.to[0] for one in mailoutbox[1:-1]] == sorted(
        each.user.email for each in (first, *others)
    )


def test_a_hidden_ad_may_be_refused_like_any_other(listing, people, moderator, decide, mailoutbox):
    report(listing, *people(5))

    decide(moderator, listing, "reject", reasons=["untrue"], note="Трактор продан год назад.")

    listing.refresh_from_db()
    assert (listing.state, listing.waiting_since) == ("rejected", None)
    assert Decision.objects.first().matter == "check"
    *to_reporters, to_seller = mailoutbox[1:]
    assert "Трактор продан год назад." in to_seller.body
    assert len(to_reporters) == 5
    assert "has taken it down" in to_reporters[0].body


def colleagues(listing, people, make_seller):
    browsers = people(5)
    rival = make_seller("Конкурент", form="person", owner=browsers[0].user)
    for browser in browsers[1:]:
        Member.objects.create(seller=rival, user=browser.user, role="manager")
    report(listing, *browsers)


def one_network(listing, people, make_seller):
    report(listing, *people(5, network="198.51.100.7"))


def newcomers(listing, people, make_seller):
    report(listing, *people(2), *people(3, since=timedelta(days=29)))


def strangers(listing, people, make_seller):
    report(listing, *people(4))
    for number in range(5):
        browser = Client(REMOTE_ADDR=f"198.51.100.{number}")
        report(listing, browser, email=f"x{number}@example.com")


def shut_out(listing, people, make_seller):
    browsers = people(5)
    report(listing, *browsers[:4])
    Ban.objects.create(user=browsers[0].user, reason="False reports.")
    report(listing, browsers[4])


def long_ago(listing, people, make_seller):
    report(listing, *people(4))
    Complaint.objects.update(at=timezone.now() - timedelta(days=15))
    report(listing, *people(1))


def verified(listing, people, make_seller):
    listing.seller.verified_at = timezone.now()
    listing.seller.save()
    report(listing, *people(6))


def just_looked_at(listing, people, make_seller):
    listing.decisions.create(act="keep", matter="check", rules=["rules-ads/1/5.5"])
    report(listing, *people(6))


def no_rule_in_force(listing, people, make_seller):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE privacy_clause SET is_suspended = true WHERE number = '5.5'")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    report(listing, *people(5))


@pytest.mark.parametrize(
    "burst",
    [
        *(colleagues, one_network, newcomers, strangers, shut_out, long_ago, verified),
        *(just_looked_at, no_rule_in_force),
    ],
)
def test_a_burst_that_proves_nothing_hides_nothing(
    listing, people, make_seller, client, mailoutbox, burst
):
    burst(listing, people, make_seller)

    listing.refresh_from_db()
    assert listing.state == "published"
    assert listing.waiting_since is not None
    assert client.get(listing.get_absolute_url()).status_code == 200
    assert not Decision.objects.filter(act="hide").exists()
    assert not mailoutbox


def test_one_person_hides_nothing_in_any_number_of_days(listing, people, time_machine):
    [one] = people(1)
    for day in range(6):
        time_machine.move_to(timezone.now() + timedelta(days=day % 2))
        report(listing, one)

    assert Complaint.objects.count() > 1
    assert Listing.objects.get().state == "published"


def test_what_several_have_reported_is_first_in_the_queue(
    listing, people, moderator, make_listing, seller
):
    old = make_listing(
        "Ячмень", seller=seller, state="pending", waiting_since=timezone.now() - LONG_AGO
    )
    listing.seller.verified_at = timezone.now()
    listing.seller.save()
    once = make_listing("Рожь", seller=seller)
    report(once, *people(1))

    report(listing, *people(5))

    page = moderator.get("/admin/moderation/queue/").content.decode()
    places = [page.index(f"/queue/{each.pk}/") for each in (listing, old, once)]
    assert places == sorted(places)
    taken = moderator.post("/admin/moderation/queue/next/")
    assert taken.url == f"/admin/moderation/queue/{listing.pk}/"


@pytest.mark.parametrize(("act", "state"), [("approve", "pending"), ("reject", "rejected")])
def test_a_change_that_waited_beside_a_hidden_ad_is_not_forgotten(
    listing, people, moderator, decide, act, state
):
    content = {name: getattr(listing, name) for name in Listing.CONTENT}
    change = Revision.objects.create(listing=listing, state="pending", **content)
    report(listing, *people(5))

    decide(moderator, listing, act, reasons=["price"])

    change.refresh_from_db()
    listing.refresh_from_db()
    assert change.state == state
    assert (listing.waiting_since == change.touched_at) == (act == "approve")


@pytest.mark.django_db(transaction=True)
def test_those_who_report_at_one_moment_hide_it_once(listing, people, mailoutbox):
    def press(browser):
        try:
            return browser.post(f"/en/listing/{listing.pk}/report/", {"reason": "fraud"}, **HERE)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, people(6)))

    # To whoever came too late it is not there any more.
    assert {answer.status_code for answer in answers} <= {302, 404}
    assert Listing.objects.get().state == "pending"
    assert Decision.objects.get().act == "hide"
    assert len(mailoutbox) == 1


# Who hears of the outcome


@pytest.mark.clause("P4.2")
def test_everybody_who_can_be_written_to_hears_of_the_outcome_once_and_of_nobody(
    listing, people, moderator, decide, mailoutbox, seller
):
    [kazakh] = people(1, language="kk")
    stranger = Client(REMOTE_ADDR="198.51.100.1")
    address = {"reason": "sold", "email": "Guest@example.com"}
    russian = f"/ru/listing/{listing.pk}/report/"
    stranger.post(russian, address, **HERE)
    stranger.post(russian, address, **HERE)
    # What is written beside an account counts for nothing.
    report(listing, kazakh, email="somebody@example.com")
    report(listing, Client(REMOTE_ADDR="198.51.100.2"))
    assert Complaint.objects.exclude(email="").count() == 1

    decide(moderator, listing, "approve")

    letters = {letter.to[0]: letter for letter in mailoutbox}
    assert set(letters) == {"Guest@example.com", kazakh.user.email}
    assert len(mailoutbox) == 2
    assert letters["Guest@example.com"].subject == f"Ваша жалоба на объявление № {listing.pk}"
    assert "оставил его на портале" in letters["Guest@example.com"].body
    assert f"№ {listing.pk} хабарландыру" in letters[kazakh.user.email].subject
    for letter in mailoutbox:
        whole = letter.body + letter.alternatives[0].content
        for secret in (seller.name, moderator.user.email, "aigul", "+7701", "somebody"):
            assert secret not in whole


def test_an_address_goes_with_its_letter_and_the_person_with_it(
    listing, moderator, decide, mailoutbox
):
    Client().post(
        f"/en/listing/{listing.pk}/report/",
        {"reason": "photo", "email": "guest@example.com"},
        **HERE,
    )
    stranger = Complaint.objects.get().subject
    assert stranger.complaints.get().email == "guest@example.com"

    decide(moderator, listing, "block", reasons=["others_photo"])

    complaint = Complaint.objects.get()
    assert (complaint.email, complaint.language, complaint.subject) == ("", "", None)
    assert complaint.answer.act == "block"
    assert not Subject.objects.filter(pk=stranger.pk).exists()
    assert "has taken it down" in mailoutbox[0].body


def test_an_address_goes_with_the_report_after_a_year(listing, time_machine):
    Client().post(
        f"/en/listing/{listing.pk}/report/",
        {"reason": "photo", "email": "guest@example.com"},
        **HERE,
    )
    stranger = Complaint.objects.get().subject
    time_machine.move_to(timezone.now() + timedelta(days=366))

    forget_old()

    assert not Complaint.objects.exists()
    assert not Subject.objects.filter(pk=stranger.pk).exists()


def test_nobody_is_flooded_with_outcomes(make_listing, seller, rules):
    ads = [make_listing(f"Пшеница {number}", seller=seller) for number in range(6)]
    given = {"reason": "price", "email": "victim@example.com"}

    answers = [
        Client(REMOTE_ADDR=f"198.51.100.{number}").post(
            f"/en/listing/{ad.pk}/report/", given, **HERE
        )
        for number, ad in enumerate(ads)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert Complaint.objects.count() == 5


def test_an_address_that_is_none_is_refused_and_a_banned_one_turned_away(listing):
    Ban.objects.create(**known_by("email", "*@spam.example"), reason="False reports.")
    page = f"/en/listing/{listing.pk}/report/"

    wrong = Client().post(page, {"reason": "sold", "email": "nobody"}, **HERE)
    banned = Client().post(page, {"reason": "sold", "email": "x@spam.example"}, **HERE)

    assert (wrong.status_code, banned.status_code) == (400, 403)
    assert "Enter a valid email address" in wrong.content.decode()
    assert not Complaint.objects.exists()
