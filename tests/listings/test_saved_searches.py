"""Searches that people come back to, in their canonical form."""

import pytest
from django.test import Client

from listings.models import Category, SavedSearch
from tests.conftest import PASSWORD
from tests.html import assert_valid

FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
SAVE = "/en/account/searches/save/"
SEARCHES = "/en/account/searches/"

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.fixture
def browser(marat):
    client = Client()
    client.force_login(marat)
    return client


def keep(client, query, category="", **headers):
    return client.post(SAVE, {"query": query, "category": category}, **FROM_HERE | headers)


def test_one_question_in_many_spellings_is_kept_once_and_opens_again(browser, marat):
    for query in ("q=бидай&deal=sale&after=zz", "deal=sale&q=%D0%B1%D0%B8%D0%B4%D0%B0%D0%B9&km="):
        assert keep(browser, query, "wheat")["Location"] == SEARCHES
    keep(browser, "q=бидай&deal=sale")

    page = browser.get(SEARCHES)

    in_wheat, anywhere = SavedSearch.objects.order_by("pk")
    assert (in_wheat.user, in_wheat.name) == (marat, "бидай, Wheat")
    assert in_wheat.query == anywhere.query == "deal=sale&q=%D0%B1%D0%B8%D0%B4%D0%B0%D0%B9"
    assert_valid(page)
    href = f'href="/en/listings/wheat/?{in_wheat.query.replace("&", "&amp;")}"'
    assert href in page.content.decode()
    assert browser.get(f"/en/listings/wheat/?{in_wheat.query}").status_code == 200


def test_searches_of_one_category_differ_by_what_they_ask_for(browser, places):
    keep(browser, "deal=sale&region=KZ-39", "wheat")
    keep(browser, "price_from=90000&q=бидай", "wheat")

    page = browser.get(SEARCHES)

    asked = [[chip.label for chip in chips] for _search, chips in page.context["rows"]]
    assert asked == [["“бидай”", "from 90\xa0000 ₸/t"], ["For sale", "Kostanay"]]
    assert '<span class="break">Kostanay</span>' in page.content.decode()
    assert_valid(page)


def test_whoever_is_not_signed_in_signs_in_and_comes_back_with_the_search(client, marat):
    sent = keep(client, "q=трактор&a.power_from=80", "wheat")
    arrived = client.post(sent["Location"], {"login": marat.email, "password": PASSWORD})
    asked = client.get(arrived["Location"])

    assert sent["Location"].startswith("/en/accounts/login/?next=/en/account/searches/save/")
    assert_valid(asked)
    assert "трактор, Wheat" in asked.content.decode()
    assert 'value="q=трактор&amp;a.power_from=80"' in asked.content.decode()
    assert not SavedSearch.objects.exists()  # by an address alone nothing is saved


@pytest.mark.parametrize(
    ("query", "category"),
    [("q=" + "x" * 1000, ""), ("q=%00", ""), ("&".join(f"a{n}=1" for n in range(101)), ""),
     ("q=1", "unicorns"), ("q=1", "../"), ("q=%ff", "")],
)  # fmt: skip
def test_what_is_no_search_is_refused_in_words(browser, query, category):
    answer = keep(browser, query, category)

    assert "This is no search" in browser.get(answer["Location"]).content.decode()
    assert browser.get(SAVE, {"query": query, "category": category})["Location"] == SEARCHES
    assert not SavedSearch.objects.exists()


def test_twenty_are_enough(browser):
    for number in range(21):
        answer = keep(browser, f"q={number}")

    assert "Delete one of them" in browser.get(answer["Location"]).content.decode()
    assert SavedSearch.objects.count() == 20


def test_a_search_is_renamed_and_deleted(browser):
    keep(browser, "", "wheat")
    search = SavedSearch.objects.get()
    assert search.name == "Wheat"

    assert_valid(browser.get(f"{SEARCHES}{search.pk}/rename/"))
    refused = browser.post(f"{SEARCHES}{search.pk}/rename/", {"name": " "})
    browser.post(f"{SEARCHES}{search.pk}/rename/", {"name": "<i>Бидай</i>"})
    shown = browser.get(SEARCHES).content.decode()
    assert_valid(browser.get(f"{SEARCHES}{search.pk}/delete/"))
    assert SavedSearch.objects.count() == 1
    browser.post(f"{SEARCHES}{search.pk}/delete/")

    assert refused.status_code == 200
    assert "&lt;i&gt;Бидай&lt;/i&gt;" in shown
    assert not SavedSearch.objects.exists()
    assert "You have saved no searches yet" in browser.get(SEARCHES).content.decode()


@pytest.mark.clause("P3.1i", "P4.1b")
def test_nobody_else_sees_or_changes_a_search(marat, make_user, client):
    search = SavedSearch.objects.create(user=marat, name="Тайный поиск", query="q=1")
    stranger = Client()
    stranger.force_login(make_user("stranger@example.com"))
    own = f"{SEARCHES}{search.pk}"

    for path in (SEARCHES, f"{own}/rename/", f"{own}/delete/"):
        assert client.get(path)["Location"].startswith("/en/accounts/login/")
    assert "Тайный" not in stranger.get(SEARCHES).content.decode()
    for path in (f"{own}/rename/", f"{own}/delete/"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, {"name": "Evil"}).status_code == 404
        assert client.post(path, {"name": "Evil"}).status_code == 302

    assert SavedSearch.objects.get().name == "Тайный поиск"


def test_another_site_saves_nothing(marat):
    client = Client(enforce_csrf_checks=True)
    client.force_login(marat)

    answer = client.post(SAVE, {"query": "q=1"}, HTTP_SEC_FETCH_SITE="cross-site")

    assert answer.status_code == 403
    assert not SavedSearch.objects.exists()


def test_a_category_that_goes_takes_its_searches_along(marat):
    category = Category.objects.create(
        slug="mammoths", name_kk="М", name_ru="М", name_en="M", icon="wheat",
        deal_types=["sale"], units=["t"], price_unit="t", place=9999,
    )  # fmt: skip
    SavedSearch.objects.create(user=marat, name="Мамонты", category=category)

    category.delete()

    assert not SavedSearch.objects.exists()
