import re
from datetime import timedelta

import pytest
from django.utils import timezone

from listings.models import Change, Listing
from listings.views.mine import AT_ONCE
from sellers.models import Member
from tests.html import assert_valid

FIELDS = [field for field in Listing._meta.concrete_fields if not field.primary_key]


@pytest.fixture
def places(few_places):
    pass


@pytest.fixture
def catalogue(small):
    pass


@pytest.fixture
def make(seller, make_listing):
    def make(title="Пшеница", state="published", **fields):
        return make_listing(title, seller=seller, state=state, price=1, **fields)

    return make


def numbers_in(answer):
    return [int(one) for one in re.findall(r'name="ad" value="(\d+)"', answer.content.decode())]


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_list_has_every_state_with_its_count_and_what_can_be_done(browser, make, language):
    from_states = ["published", "published", "pending", "rejected", "paused", "expired"]
    for state in [*from_states, "draft", "sold", "blocked", "archived"]:
        make(state=state)
    make("", state="draft")

    answer = browser.get(f"/{language}/account/listings/")

    html = answer.content.decode()
    tabs = dict(re.findall(r'href="\?state=(\w+)".*?<data value="(\d+)"', html, re.DOTALL))
    assert tabs == dict.fromkeys(from_states[2:], "1") | {
        **{"published": "2", "draft": "2", "sold": "1", "blocked": "1", "archived": "1"}
    }
    assert len(numbers_in(answer)) == 10
    assert_valid(answer)


def test_tabs_and_words_narrow_the_list(browser, make):
    wheat, barley = make("Пшеница 3 класса"), make("Ячмень", state="paused")

    def shown(query):
        return numbers_in(browser.get(f"/en/account/listings/?{query}"))

    assert shown("state=paused") == [barley.pk]
    assert shown("q=ПШЕНИЦА") == [wheat.pk]
    assert shown(f"q={barley.pk}") == [barley.pk]
    assert shown("q=unicorn") == []
    assert shown("q=%00") == [barley.pk, wheat.pk]
    assert shown("state=evil&q=" + "9" * 40) == []
    assert shown("page=999") == [barley.pk, wheat.pk]


def test_the_list_takes_the_same_queries_for_one_ad_and_for_twenty(
    browser, make, django_assert_max_num_queries, django_assert_num_queries
):
    make()
    browser.get("/en/account/listings/")
    with django_assert_max_num_queries(14) as one:
        browser.get("/en/account/listings/")
    for state in ["published", "draft", "paused", "expired"] * 5:
        make(state=state)

    with django_assert_num_queries(len(one)):
        browser.get("/en/account/listings/")


def test_many_ads_stand_on_several_pages(browser, make):
    listings = [make(f"Ad number {number}") for number in range(27)]

    pages = [numbers_in(browser.get(f"/en/account/listings/?page={page}")) for page in (1, 2)]

    assert [len(page) for page in pages] == [25, 2]
    assert {*pages[0], *pages[1]} == {listing.pk for listing in listings}


# Many at once


def test_a_mass_act_first_says_how_many_and_then_does_exactly_those(browser, make):
    live, paused = [make(), make()], make(state="paused")
    chosen = {"act": "pause", "ad": [live[0].pk, live[1].pk, paused.pk]}

    preview = browser.post("/en/account/listings/acts/", chosen)

    html = preview.content.decode()
    assert "This would be done to 2 ads" in html
    assert "1 ad stays as it is" in html
    assert set(numbers_in(preview)) == {live[0].pk, live[1].pk}
    assert not Change.objects.exists()
    assert_valid(preview)
    make()
    browser.post(
        "/en/account/listings/acts/", {"act": "pause", "sure": "1", "ad": numbers_in(preview)}
    )
    assert Listing.objects.filter(state="paused").count() == 3
    assert Listing.objects.filter(state="published").count() == 1


@pytest.mark.parametrize(
    ("act", "state", "after"),
    [
        ("renew", "expired", "published"),
        ("pause", "published", "paused"),
        ("resume", "paused", "published"),
        ("sell", "published", "sold"),
        ("archive", "sold", "archived"),
    ],
)
def test_each_mass_act_reaches_all_ads_of_the_list(browser, make, act, state, after):
    expired = {"expires_at": timezone.now() - timedelta(days=1)} if state == "expired" else {}
    for _ in range(3):
        make("Пшеница", state=state, **expired)
    other = make("Ячмень", state=state, **expired)

    preview = browser.post("/en/account/listings/acts/", {"act": act, "all": "1", "q": "пшен"})
    browser.post("/en/account/listings/acts/", {"act": act, "sure": "1", "ad": numbers_in(preview)})

    assert Listing.objects.filter(state=after).count() == 3
    other.refresh_from_db()
    assert other.state == state


def test_the_page_of_the_greatest_mass_act_can_be_sent(browser, make, settings):
    one = make()
    Listing.objects.bulk_create(
        [
            Listing(**{field.attname: getattr(one, field.attname) for field in FIELDS})
            for _ in range(AT_ONCE)
        ]
    )

    preview = browser.post("/en/account/listings/acts/", {"act": "sell", "all": "1"})
    sent = re.findall(r'<(?:input|button)[^>]* name="', preview.content.decode())

    assert len(numbers_in(preview)) == AT_ONCE
    assert len(sent) <= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


def test_an_act_that_is_none_and_numbers_that_are_none_change_nothing(browser, make):
    make()

    assert browser.post("/en/account/listings/acts/", {"act": "approve"}).status_code == 404
    assert browser.post("/en/account/listings/acts/", {}).status_code == 404
    evil = {"act": "pause", "sure": "1", "ad": ["x", "-1", "9" * 30, "²", ""]}
    assert browser.post("/en/account/listings/acts/", evil).status_code == 302
    assert not Change.objects.exists()


def test_an_act_on_nothing_says_how_to_choose(browser, make):
    make()

    answer = browser.post(
        "/en/account/listings/acts/", {"act": "pause", "state": "published"}, follow=True
    )

    assert answer.redirect_chain == [("/en/account/listings/?state=published", 302)]
    assert "Choose some ads first: tick them in the list." in answer.content.decode()
    assert not Change.objects.exists()


def test_who_does_not_sell_is_told_how_to_begin(enter, marat):
    answer = enter(marat).get("/en/account/listings/")

    assert "You do not sell here yet" in answer.content.decode()
    assert_valid(answer)


def test_a_viewer_sees_all_and_is_offered_nothing_to_press(enter, seller, marat, make):
    make()
    Member.objects.create(seller=seller, user=marat, role="viewer")
    client = enter(marat)

    html = client.get("/en/account/listings/").content.decode()

    assert "Пшеница" in html
    assert "formaction" not in html
    assert 'name="ad"' not in html
    own = client.get(f"/en/account/listings/{Listing.objects.get().pk}/").content.decode()
    assert "formaction" not in own
