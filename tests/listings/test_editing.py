"""Changing an ad that others may be reading."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from listings.answers import unpack
from listings.catalogue import current_catalogue
from listings.models import Attribute, Category, Listing, Photo, Revision
from sellers.models import Seller
from tests.html import assert_valid


@pytest.fixture
def places(few_places):
    pass


@pytest.fixture
def catalogue(small):
    pass


@pytest.fixture
def live(draft, browser, written):
    """As `written` says it, approved and live."""
    browser.post(f"/en/account/listings/{draft.pk}/edit/", written(**{"a.protein": "13"}))
    now = timezone.now()
    dates = {"first_published_at": now, "sort_at": now, "expires_at": now + timezone.timedelta(30)}
    Listing.objects.update(state="published", waiting_since=None, **dates)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def change(live, browser, written):
    """Send the form of the live ad with these fields changed; the ad afterwards."""

    def change(language="en", **fields):
        answer = browser.post(
            f"/{language}/account/listings/{live.pk}/edit/",
            written(**{"a.protein": "13"} | fields),
        )
        listing = Listing.objects.get(pk=live.pk)
        listing.page = answer
        return listing

    return change


def test_price_stock_place_and_phone_hold_at_once_and_nothing_else_waits(change, seller):
    phone = seller.phones.get()

    listing = change(price="101 000", quantity="900", town="Павлодар", phone=phone.pk)

    assert (listing.price, listing.quantity) == (Decimal(101000), Decimal(900))
    assert (listing.settlement.name_ru, listing.region_id) == ("Павлодар", "KZ-55")
    assert (listing.phone, listing.state) == (phone, "published")
    assert listing.waiting_since is None
    assert not Revision.objects.exists()


def test_words_wait_for_a_moderator_while_the_approved_ones_stay_public(change, client):
    listing = change(title="Пшеница 2 класса", price="1", **{"a.protein": "15"})

    revision = listing.revision
    assert (listing.title, listing.price) == ("Пшеница 3 класса, урожай 2026", Decimal(1))
    assert (revision.title, revision.state) == ("Пшеница 2 класса", "pending")
    assert listing.waiting_since == revision.touched_at
    assert listing.state == "published"
    public = client.get(listing.get_absolute_url()).content.decode()
    assert "Пшеница 3 класса" in public
    assert "Пшеница 2 класса" not in public


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_seller_sees_both_and_the_state_of_the_change(change, browser, language):
    listing = change(title="Пшеница 2 класса", **{"a.protein": "15"})

    answer = browser.get(f"/{language}/account/listings/{listing.pk}/")

    html = answer.content.decode()
    table = re.search(r"<table.*?</table>", html, re.DOTALL)[0]
    assert "Пшеница 3 класса" in table
    assert "Пшеница 2 класса" in table
    assert ">13<" in table
    assert ">15<" in table
    assert_valid(answer)
    assert_valid(browser.get(f"/{language}/account/listings/"))


def test_a_change_that_is_dropped_leaves_the_ad_as_it_was(change, browser):
    listing = change(title="Пшеница 2 класса")

    browser.post(f"/en/account/listings/{listing.pk}/take-back/")

    listing.refresh_from_db()
    assert not Revision.objects.exists()
    assert listing.title == "Пшеница 3 класса, урожай 2026"
    assert listing.waiting_since is None


def test_dropping_a_change_does_not_get_round_the_check_of_what_was_published_on_trust(
    change, browser
):
    moment = timezone.now()
    Listing.objects.update(waiting_since=moment)
    listing = change(title="Пшеница 2 класса")

    browser.post(f"/en/account/listings/{listing.pk}/take-back/")

    assert Listing.objects.get().waiting_since == moment


def test_written_back_to_what_is_approved_there_is_no_change(change):
    change(title="Пшеница 2 класса")

    listing = change()

    assert not Revision.objects.exists()
    assert listing.waiting_since is None


def test_a_change_sent_twice_waits_once(change):
    moment = change(title="Пшеница 2 класса").waiting_since

    assert change(title="Пшеница 2 класса").waiting_since == moment
    assert Revision.objects.get().state == "pending"


def test_a_refused_change_can_be_corrected_and_sent_again(change):
    change(title="Пшеница 2 класса")
    Revision.objects.update(state="rejected")
    Listing.objects.update(waiting_since=None)

    listing = change(title="Пшеница второго класса")

    assert (listing.revision.state, listing.revision.title) == ("pending", "Пшеница второго класса")
    assert listing.waiting_since is not None


def test_what_a_verified_seller_changes_is_live_at_once_and_checked_afterwards(change):
    Seller.objects.update(verified_at=timezone.now())

    listing = change(title="Пшеница 2 класса")

    assert listing.title == "Пшеница 2 класса"
    assert listing.waiting_since is not None
    assert not Revision.objects.exists()


def test_a_look_at_a_live_ad_changes_nothing_and_keeps_what_was_typed(change):
    listing = change(act="preview", title="Пшеница 2 класса", price="1")

    html = listing.page.content.decode()
    assert "Nothing of it is saved yet" in html
    assert 'value="Пшеница 2 класса"' in html
    assert listing.price == Decimal(98500)
    assert not Revision.objects.exists()
    assert_valid(listing.page)


@pytest.mark.parametrize(
    "fields",
    [{"price": ""}, {"region": "", "town": ""}, {"price_kind": "range"}, {"unit": "piece"}],
)
def test_a_live_ad_cannot_lose_what_it_must_have(change, fields):
    before = Listing.objects.values().get()

    listing = change(act="save", **fields)

    assert listing.page.status_code == 200
    after = Listing.objects.values().get()
    assert {name: after[name] for name in ("price", "price_to", "price_kind", "region_id")} == {
        name: before[name] for name in ("price", "price_to", "price_kind", "region_id")
    }
    assert after["unit"] == "t"


def test_an_incomplete_change_of_words_is_kept_and_not_sent(change):
    listing = change(title="МТЗ", description="Отгрузка вагонами с элеватора Тобол.")

    assert listing.revision.state == "draft"
    assert listing.revision.description == "Отгрузка вагонами с элеватора Тобол."
    assert listing.waiting_since is None
    assert listing.title == "Пшеница 3 класса, урожай 2026"


def test_at_nothing_left_the_ad_pauses_and_comes_back_with_new_stock(change, browser):
    assert change(quantity="0").state == "paused"
    refused = browser.post(f"/en/account/listings/{Listing.objects.get().pk}/resume/", follow=True)
    assert "Nothing is available of it" in refused.content.decode()
    assert Listing.objects.get().state == "paused"

    assert change(quantity="60").state == "published"
    acts = [each.act for each in Listing.objects.get().history.all()[:2]]
    assert acts == ["resume", "run_out"]


def test_an_ad_paused_by_hand_stays_paused_whatever_its_stock(change, browser):
    listing = Listing.objects.get()
    browser.post(f"/en/account/listings/{listing.pk}/pause/")

    assert change(quantity="60").state == "paused"


@pytest.mark.parametrize("state", ["pending", "blocked", "archived"])
def test_what_cannot_be_edited_says_so_and_stays(live, browser, written, state):
    Listing.objects.update(state=state)
    before = Listing.objects.values().get()

    answers = [
        browser.get(f"/en/account/listings/{live.pk}/edit/"),
        browser.post(f"/en/account/listings/{live.pk}/edit/", written(price="1")),
        browser.post(f"/en/account/listings/{live.pk}/category/", {"category": "barley"}),
    ]

    assert {answer["Location"] for answer in answers} == {f"/en/account/listings/{live.pk}/"}
    assert Listing.objects.values().get() == before
    assert_valid(browser.get(f"/en/account/listings/{live.pk}/"))


# A refused ad


def test_a_refused_ad_is_corrected_and_waits_again(live, browser, written):
    Listing.objects.update(state="rejected")

    browser.post(f"/en/account/listings/{live.pk}/edit/", written(act="save", title=""))
    assert Listing.objects.get().title != ""
    browser.post(f"/en/account/listings/{live.pk}/edit/", written(title="Пшеница мягкая"))

    listing = Listing.objects.get()
    assert (listing.state, listing.title) == ("pending", "Пшеница мягкая")


def test_a_change_left_beside_a_refused_ad_goes_into_it(change, browser):
    listing = change(title="Пшеница 2 класса")
    Listing.objects.update(state="rejected")

    browser.post(f"/en/account/listings/{listing.pk}/publish/")

    listing.refresh_from_db()
    assert (listing.state, listing.title) == ("pending", "Пшеница 2 класса")
    assert not Revision.objects.exists()


def test_the_way_to_the_photos_saves_what_is_written(live, browser, written):
    Listing.objects.update(state="draft")

    answer = browser.post(
        f"/en/account/listings/{live.pk}/edit/", written(act="photos", title="Пшеница мягкая")
    )

    assert answer["Location"] == f"/en/account/listings/{live.pk}/photos/"
    assert Listing.objects.get().title == "Пшеница мягкая"


# Another category


def test_another_category_keeps_common_answers_and_names_what_would_be_lost(
    draft, browser, written
):
    told = {"a.protein": "13", "a.crop_year": "2026", "a.hard": "yes"}
    browser.post(f"/en/account/listings/{draft.pk}/edit/", written(act="category", **told))
    path = f"/en/account/listings/{draft.pk}/category/"

    asked = browser.post(path, {"category": "barley"})
    assert "Protein" in asked.content.decode()
    assert "Crop_year" not in asked.content.decode()
    draft.refresh_from_db()
    assert draft.category.slug == "wheat"
    assert_valid(asked)
    browser.post(path, {"category": "barley", "sure": "1"})

    draft = Listing.objects.get()
    answers = unpack(draft.answers, current_catalogue())
    assert draft.category.slug == "barley"
    assert [(a.attribute.code, a.value) for a in answers] == [("crop_year", 2026), ("hard", True)]
    assert draft.title == "Пшеница 3 класса, урожай 2026"


def test_deal_and_unit_follow_a_category_that_has_others(draft, browser, written):
    browser.post(f"/en/account/listings/{draft.pk}/edit/", written(act="save", deal_type="wanted"))

    browser.post(f"/en/account/listings/{draft.pk}/category/", {"category": "tractors"})

    draft = Listing.objects.get()
    assert (draft.category.slug, draft.deal_type, draft.unit) == ("tractors", "sale", "piece")


def test_the_category_of_a_live_ad_waits_as_its_words_do(live, browser):
    path = f"/en/account/listings/{live.pk}/category/"

    browser.post(path, {"category": "barley", "sure": "1"})
    browser.post(f"/en/account/listings/{live.pk}/publish/")

    listing = Listing.objects.get()
    assert listing.category.slug == "wheat"
    assert (listing.revision.category.slug, listing.revision.state) == ("barley", "pending")


def test_answers_that_are_asked_no_more_stay_readable_and_are_not_lost(change):
    Attribute.objects.filter(code="protein").update(is_archived=True)

    listing = change(act="save", title="Пшеница 2 класса")

    assert unpack(listing.answers, current_catalogue())[0].value == Decimal(13)
    assert unpack(listing.revision.answers, current_catalogue())[0].value == Decimal(13)


# Copies


def test_a_copy_is_a_draft_of_its_own_with_the_same_words_price_and_photos(live, browser):
    files = {"state": "ready", "stem": "ab", "widths": [320], "width": 320, "height": 240}
    photos = [Photo.objects.create(listing=live, **files) for _ in range(2)]
    Listing.objects.update(photo_order=[photo.pk for photo in reversed(photos)])

    answer = browser.post(f"/en/account/listings/{live.pk}/copy/")

    copy = Listing.objects.get(state="draft")
    assert answer["Location"] == f"/en/account/listings/{copy.pk}/edit/"
    assert (copy.title, copy.price, copy.answers) == (live.title, live.price, live.answers)
    assert [copy.first_published_at, copy.expires_at, copy.waiting_since] == [None] * 3
    assert len(copy.photo_order) == 2
    assert not {*copy.photo_order} & {photo.pk for photo in photos}
    assert Listing.objects.get(pk=live.pk).photos.count() == 2


def test_a_blocked_ad_is_not_copied(live, browser):
    Listing.objects.update(state="blocked")

    assert browser.post(f"/en/account/listings/{live.pk}/copy/").status_code == 404
    assert Listing.objects.count() == 1
    assert Category.objects.filter(slug="wheat").exists()


@pytest.mark.parametrize("state", ["blocked", "archived"])
@pytest.mark.parametrize("verified", [False, True])
def test_a_change_beside_an_ad_that_is_put_away_is_not_published(
    change, browser, live, state, verified
):
    change(title="Пшеница 1 класса, урожай 2026", act="save")
    Listing.objects.update(state=state)
    Seller.objects.update(verified_at=timezone.now() if verified else None)
    before = Listing.objects.values().get(), Revision.objects.values().get()

    answer = browser.post(f"/en/account/listings/{live.pk}/publish/", follow=True)

    assert "cannot be changed" in answer.content.decode() or "archive" in answer.content.decode()
    assert (Listing.objects.values().get(), Revision.objects.values().get()) == before


def test_an_ad_of_which_nothing_is_left_is_not_renewed(live, browser):
    Listing.objects.update(state="expired", quantity=0, expires_at=timezone.now())

    answer = browser.post(f"/en/account/listings/{live.pk}/renew/", follow=True)

    assert "Write how much there is" in answer.content.decode()
    live.refresh_from_db()
    assert live.state == "expired"
