"""What sellers and the clock may do to an ad in each state."""

from datetime import timedelta

import pytest
from django.utils import timezone

from listings import expiry
from listings.models import Change, Listing, Revision
from listings.states import TRANSITIONS, Act, Role, State
from listings.tasks import expire_listings, put_away, remind_of_ends
from sellers.models import Member
from tests.html import assert_valid

BY_BUTTON = [Act.WITHDRAW, Act.PAUSE, Act.RESUME, Act.SELL, Act.RENEW, Act.ARCHIVE]


@pytest.fixture
def places(few_places):
    pass


@pytest.fixture
def catalogue(small):
    pass


@pytest.fixture
def make(seller, make_listing):
    def make(state="published", **fields):
        return make_listing("Пшеница", seller=seller, state=state, price=1, **fields)

    return make


def in_days(days):
    return timezone.now() + timedelta(days=days)


def rows():
    return [*Listing.objects.order_by("pk").values(), *Change.objects.order_by("pk").values()]


@pytest.mark.parametrize("act", BY_BUTTON)
def test_a_button_does_in_each_state_what_the_table_says_and_nothing_else(make, browser, act):
    for state in State:
        listing, before = make(state), rows()
        if act == Act.RENEW:
            Listing.objects.filter(pk=listing.pk).update(expires_at=in_days(2))
            before = rows()
        allowed, after = TRANSITIONS[Role.SELLER][act]

        answer = browser.post(f"/en/account/listings/{listing.pk}/{act}/", follow=True)

        listing.refresh_from_db()
        if state in allowed:
            assert listing.state == after, state
            assert listing.history.get().act == act
        else:
            assert rows() == before, state
            assert "Nothing was changed" in answer.content.decode()
        listing.delete()


def test_only_a_button_changes_a_state(make, browser):
    listing = make()

    for act in [*BY_BUTTON, "copy", "delete", "publish", "take-back"]:
        assert browser.get(f"/en/account/listings/{listing.pk}/{act}/").status_code == 405
    assert Listing.objects.get().state == "published"


def test_a_button_pressed_twice_says_so_and_changes_nothing_more(make, browser):
    listing = make()
    for _ in range(2):
        browser.post(f"/en/account/listings/{listing.pk}/pause/")

    assert Change.objects.count() == 1


def test_a_pause_does_not_get_an_ad_round_the_moderator(make, browser):
    listing = make(waiting_since=timezone.now())

    browser.post(f"/en/account/listings/{listing.pk}/pause/")
    browser.post(f"/en/account/listings/{listing.pk}/resume/")

    assert Listing.objects.get().waiting_since is not None


def test_an_ad_is_renewed_from_three_days_before_its_end_and_not_earlier(make, browser):
    listing = make(expires_at=in_days(4), sort_at=in_days(-26))
    path = f"/en/account/listings/{listing.pk}/renew/"

    early = browser.post(path, follow=True).content.decode()
    assert "three days before its end" in early
    Listing.objects.update(expires_at=in_days(2.9))
    browser.post(path)

    renewed = Listing.objects.get()
    assert renewed.expires_at > in_days(29)
    assert renewed.sort_at > in_days(-0.1)
    assert renewed.first_published_at == listing.first_published_at


def test_only_a_draft_is_deleted(make, browser):
    draft, live = make("draft"), make()
    for listing in (draft, live):
        browser.post(f"/en/account/listings/{listing.pk}/delete/")

    assert Listing.objects.get() == live


# Time


def test_overdue_ads_expire_with_one_letter_to_each_who_may_renew_them(
    make, seller, make_user, mailoutbox
):
    overdue = [make(expires_at=in_days(-1)), make("paused", expires_at=in_days(-2))]
    others = [make(), make("sold", expires_at=in_days(-1))]
    for role in ("manager", "viewer"):
        user = make_user(f"{role}@example.com", language="kk")
        Member.objects.create(seller=seller, user=user, role=role)

    for _ in range(2):
        expire_listings()

    for listing in overdue + others:
        listing.refresh_from_db()
    assert [listing.state for listing in overdue] == ["expired", "expired"]
    assert [listing.state for listing in others] == ["published", "sold"]
    assert {change.role for change in Change.objects.all()} == {"clock"}
    assert sorted(letter.to[0] for letter in mailoutbox) == [
        "aigul@example.com",
        "manager@example.com",
    ]
    [english] = [letter for letter in mailoutbox if letter.to == ["aigul@example.com"]]
    assert english.subject == "2 of your ads have ended"
    [kazakh] = [letter for letter in mailoutbox if letter.to == ["manager@example.com"]]
    assert "/kk/listing/renew/" in kazakh.body


def test_sellers_are_reminded_three_days_and_one_day_before_the_end_once_each(
    make, mailoutbox, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)
    make(expires_at=in_days(5))
    letters = []
    for _hours in range(0, 5 * 24, 6):
        remind_of_ends()
        remind_of_ends()
        letters.append(len(mailoutbox))
        time_machine.shift(timedelta(hours=6))

    assert letters[-1] == 2
    # At two days gone, and at four.
    assert [letters.index(1), letters.index(2)] == [8, 16]


def test_what_was_not_reminded_of_while_nothing_ran_is_made_up_for_with_one_letter(
    make, mailoutbox
):
    make(expires_at=in_days(0.5))

    remind_of_ends()
    remind_of_ends()

    assert len(mailoutbox) == 1


def test_the_link_of_a_letter_shows_first_and_renews_by_its_button(make, client, mailoutbox):
    listing, later = make(expires_at=in_days(2)), make(expires_at=in_days(20))
    remind_of_ends()
    link = next(line for line in mailoutbox[0].body.splitlines() if "/renew/" in line)
    path = link[link.index("/en/") :]

    shown = client.get(path)
    assert Listing.objects.get(pk=listing.pk).expires_at == listing.expires_at
    assert_valid(shown)
    client.post(path, headers={"Sec-Fetch-Site": "same-origin"})

    listing.refresh_from_db()
    later.refresh_from_db()
    assert listing.expires_at > in_days(29)
    assert later.expires_at < in_days(21)
    assert listing.history.get().by is None
    again = client.get(path)
    assert "Nothing is left to renew" in again.content.decode()
    assert "no-store" in again["Cache-Control"]
    assert not again.cookies


def test_a_link_that_is_not_ours_or_comes_from_elsewhere_renews_nothing(make, seller, client):
    listing = make(expires_at=in_days(2))
    token = expiry.renewal_token(seller, [listing])

    forged = client.post(f"/en/listing/renew/{token}x/", headers={"Sec-Fetch-Site": "same-origin"})
    foreign = client.post(f"/en/listing/renew/{token}/", headers={"Sec-Fetch-Site": "cross-site"})

    assert (forged.status_code, foreign.status_code) == (404, 403)
    assert Listing.objects.get().expires_at == listing.expires_at


def test_a_month_later_what_is_over_is_archived_and_a_year_later_gone(make):
    old = {"sold", "expired", "rejected"}
    kept = [make("published"), make("paused")]
    for state in old:
        make(state)
        Listing.objects.filter(pk=make(state).pk).update(touched_at=in_days(-31))
    Listing.objects.filter(pk__in=[one.pk for one in kept]).update(touched_at=in_days(-31))
    long_ago, lately = make("archived"), make("archived")
    Listing.objects.filter(pk=long_ago.pk).update(touched_at=in_days(-366))
    Listing.objects.filter(pk=lately.pk).update(touched_at=in_days(-364))

    for _ in range(2):
        put_away()

    states = sorted(Listing.objects.values_list("state", flat=True))
    assert states == sorted([*["archived"] * 4, *old, "published", "paused"])
    assert not Listing.objects.filter(pk=long_ago.pk).exists()


def test_drafts_nobody_touches_for_a_month_are_swept(make):
    old, young = make("draft"), make("draft")
    Listing.objects.filter(pk=old.pk).update(touched_at=in_days(-31))
    live = make()
    facts = {"category": live.category, "deal_type": "sale", "language": "ru"}
    Revision.objects.create(listing=live, touched_at=in_days(-31), **facts)

    put_away()

    assert set(Listing.objects.all()) == {young, live}
    assert not Revision.objects.exists()


def test_an_incomplete_draft_is_deleted_and_never_archived(make, browser):
    draft = make("draft")
    Listing.objects.update(title="", price=None)

    browser.post(f"/en/account/listings/{draft.pk}/archive/")

    assert Listing.objects.get().state == "draft"
