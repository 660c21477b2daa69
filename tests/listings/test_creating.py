import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from listings.answers import unpack
from listings.catalogue import current_catalogue, forget_catalogue
from listings.choosing import found_by
from listings.drafting import MOST_DRAFTS
from listings.models import Category, Change, Choice, Listing
from listings.publishing import TooMany, submit
from places.models import Settlement
from sellers.models import Seller
from tests.html import assert_valid

LANGUAGES = ["en", "ru", "kk"]


@pytest.fixture
def places(few_places):
    pass


@pytest.fixture
def catalogue(small):
    pass


@pytest.fixture
def send(draft, browser):
    """The form of the draft as a browser sends it; the draft afterwards."""

    def send(fields, language="en"):
        answer = browser.post(f"/{language}/account/listings/{draft.pk}/edit/", fields)
        draft.refresh_from_db()
        draft.page = answer
        draft.words = answer.content.decode()
        return draft

    return send


def begin_again(draft):
    """The ad as a draft, with what was written in it."""
    Change.objects.all().delete()
    Listing.objects.filter(pk=draft.pk).update(state="draft", waiting_since=None)


def errors_in(html):
    return re.findall(r'<li><a href="#id_([^"]+)">', html)


def seen_in(answer):
    return re.search(r'name="seen" value="(\w+)"', answer.content.decode())[1]


# Choosing a category


@pytest.mark.parametrize(
    "words", ["пшеницу", "бидайды", "Wheat", "бидай", "ПШЕНИЦА", "пшениц", "зерно пшеница"]
)
def test_a_category_is_found_by_its_name_in_any_language(shipped_tree, words):
    assert "wheat" in [category.slug for category in found_by(words, shipped_tree)]


def test_only_what_takes_ads_is_found(shipped_tree):
    for words in ("зерновые", "agricultural", "техника", "а"):
        for category in found_by(words, shipped_tree):
            assert not shipped_tree.children_of(category)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_what_is_found_and_the_whole_tree(browser, seller, language):
    for words in ("wheat", "unicorn", "%", "ъ" * 80, "x" * 500, "\x00", "🐄", ""):
        answer = browser.get(f"/{language}/account/listings/new/", {"q": words})

        assert answer.status_code == 200
        found, _, tree = answer.content.decode().partition('<h2 class="heading">')
        assert re.findall(r'name="category" value="([^"]+)"', found) == (
            ["wheat"] if words == "wheat" else []
        )
        assert re.findall(r'name="category" value="([^"]+)"', tree) == [
            *("wheat", "barley", "tractors")
        ]
        assert_valid(answer)


def test_what_takes_no_ads_begins_none(browser, seller):
    for category in ("", "unicorns", "grain"):
        answer = browser.post("/en/account/listings/new/", {"category": category})

        assert answer.status_code == 404
    assert not Listing.objects.exists()


def test_a_category_chosen_twice_begins_one_draft(browser, draft):
    browser.post("/en/account/listings/new/", {"category": "wheat"})

    assert Listing.objects.get() == draft
    assert draft.region_id == "KZ-39"
    assert draft.settlement.name_ru == "Рудный"


def test_no_seller_keeps_more_drafts_than_are_kept(browser, draft):
    Listing.objects.bulk_create(
        Listing(seller=draft.seller, category=draft.category, title="x", language="ru")
        for _ in range(MOST_DRAFTS)
    )

    answer = browser.post("/en/account/listings/new/", {"category": "barley"}, follow=True)

    assert "as many as we keep" in answer.content.decode()
    assert not Listing.objects.filter(category__slug="barley").exists()


def test_who_has_no_page_as_a_seller_opens_one_and_comes_back(enter, marat, catalogue, places):
    client = enter(marat)
    asked = client.get("/en/account/listings/new/", follow=True)
    form = re.search(r'action="([^"]*create[^"]*)"', asked.content.decode())[1]

    answer = client.post(
        form,
        {"form": "person", "name": "Marat", "region": "KZ-39", "settlement": "Рудный"},
    )

    assert answer["Location"] == "/en/account/listings/new/"
    assert Seller.objects.get().members.get().user == marat


def test_the_way_back_leads_to_no_other_site(enter, marat, places):
    fields = {"form": "person", "name": "Marat", "region": "KZ-39", "settlement": "Рудный"}

    answer = enter(marat).post("/en/account/seller/create/?next=https://evil.example/", fields)

    assert answer["Location"] == "/en/account/seller/"


# The form


def test_the_form_asks_what_the_category_asks_and_nothing_else(browser, seller):
    for number, category in enumerate(Category.objects.filter(slug__in=["wheat", "tractors"])):
        browser.post("/en/account/listings/new/", {"category": category.slug})
        listing = Listing.objects.get(category=category)

        answer = browser.get(f"/{LANGUAGES[number]}/account/listings/{listing.pk}/edit/")

        html, questions = answer.content.decode(), current_catalogue().attributes_of(category)
        asked = {f"a.{question.attribute.code}" for question in questions}
        assert set(re.findall(r'name="(a\.[^"]+)"', html)) == asked
        units = re.search(r'<select name="unit".*?</select>', html, re.DOTALL)[0]
        assert set(re.findall(r'value="([^"]*)"', units)) == set(category.units)
        assert_valid(answer)


def test_a_whole_ad_is_kept_as_it_was_meant_and_waits_for_a_moderator(send, written):
    two = Choice.objects.get(code="two", attribute__code="grade")
    told = {"a.protein": "13,85", "a.crop_year": "2026", "a.hard": "no", "a.grade": two.pk}
    listing = send(
        written(
            title="  Пшеница\t3  класса ",
            description="Первая строка текста\r\nвторая\r\n",
            minimum_order="60",
            step="0,5",
            village="  элеватор «Тобол» ",
            **told,
        ),
        language="ru",
    )

    assert listing.page["Location"] == f"/ru/account/listings/{listing.pk}/", listing.words
    assert listing.title == "Пшеница 3 класса"
    assert listing.description == "Первая строка текста\nвторая"
    assert (listing.price, listing.quantity) == (Decimal("98500"), Decimal("1200"))
    assert (listing.minimum_order, listing.step) == (Decimal(60), Decimal("0.5"))
    assert listing.village == "элеватор «Тобол»"
    assert listing.settlement.name_ru == "Рудный"
    answers = unpack(listing.answers, current_catalogue())
    assert {answer.attribute.code: answer.value for answer in answers} == {
        **{"protein": Decimal("13.85"), "crop_year": 2026, "hard": False, "grade": two}
    }
    assert listing.state == "pending"
    assert listing.waiting_since is not None
    assert listing.first_published_at is None
    change = listing.history.get()
    assert (change.act, change.before, change.after) == ("submit", "draft", "pending")


def test_numbers_are_read_as_people_here_write_them(send, written):
    for language, typed, price in (
        ("ru", "98 500", "98500"),
        ("ru", "98\u00a0500,50", "98500.50"),
        ("kk", "98\u202f500,5", "98500.5"),
        ("en", "98,500.50", "98500.50"),
        ("en", "98,500", "98500"),
        ("ru", "98.500,50", "98500.50"),
        ("en", "1'250'000", "1250000"),
        ("ru", "1.250.000", "1250000"),
        ("ru", "0,01", "0.01"),
    ):
        listing = send(written(act="save", price=typed), language)

        assert listing.price == Decimal(price), (language, typed)


def test_a_price_that_is_none_is_said_and_stays_as_it_was_typed(send, written):
    for typed in (
        *("98,500", "0", "-5", "много", "NaN", "Infinity", "1e400", "9" * 40, "12..5", "1,2,3"),
        "1e999999999",
    ):
        listing = send(written(price=typed), "ru")

        assert errors_in(listing.words) == ["price"], typed
        assert f'value="{typed}"' in listing.words
        assert (listing.state, listing.price) == ("draft", None)
        assert listing.title == "Пшеница 3 класса, урожай 2026"
    assert_valid(listing.page)


def test_what_is_wrong_is_said_at_its_field_and_the_ad_stays_a_draft(send, written):
    for fields, wrong in (
        ({"title": ""}, "title"),
        ({"title": "МТЗ"}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"title": "ПРОДАЁТСЯ ПШЕНИЦА ОЧЕНЬ ХОРОШАЯ"}, "title"),
        ({"title": "Пшеница по 98 500 тг"}, "title"),
        ({"title": "Пшеница, цена 98500"}, "title"),
        ({"description": "Коротко"}, "description"),
        ({"description": "x" * 5001}, "description"),
        ({"price": ""}, "price"),
        ({"price_kind": "range"}, "price_to"),
        ({"price_kind": "range", "price_to": "98 500"}, "price_to"),
        ({"price_kind": "free"}, "price_kind"),
        ({"currency": "XXX"}, "currency"),
        ({"unit": "hour"}, "unit"),
        ({"deal_type": "rent"}, "deal_type_0"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": "0"}, "quantity"),
        ({"minimum_order": "1 500"}, "minimum_order"),
        ({"step": "0"}, "step"),
        ({"region": "", "town": ""}, "region"),
        ({"region": "XX-00"}, "region"),
        ({"town": "Нигдебург"}, "town"),
        ({"a.protein": "45"}, "a.protein"),
        ({"a.protein": "белок"}, "a.protein"),
        ({"a.crop_year": "1066"}, "a.crop_year"),
        ({"a.grade": "999999"}, "a.grade"),
        ({"a.hard": "maybe"}, "a.hard"),
        ({"phone": "999999"}, "phone"),
        ({"village": "звонить 87012345678"}, "village"),
    ):
        listing = send(written(**fields))

        assert errors_in(listing.words) == [wrong], fields
        assert listing.state == "draft"
    assert not Change.objects.exists()
    assert_valid(listing.page)


def test_a_contact_in_the_text_is_quoted_and_refused(send, written):
    for contact in (
        *("+7 701 234 56 78", "8 7 0 1 2 3 4 5 6 7 8", "dala@example.kz"),
        *("www.dala.kz", "@dala_agro"),
    ):
        listing = send(written(description=f"Отгрузка каждый день, пишите: {contact} сюда"))

        assert f"“{contact}” looks like a contact" in listing.words
        assert listing.state == "draft"


def test_names_in_capitals_and_numbers_are_good_titles(send, written, draft):
    for title in ("КАМАЗ 65115", "МТЗ-82.1", "RSM 161", "Шина 18.4-38"):
        assert send(written(title=title)).state == "pending", title
        begin_again(draft)


def test_five_thousand_letters_are_counted_as_one_reads_them(send, written):
    listing = send(written(description=("а" * 49 + "\r\n") * 100))

    assert listing.state == "pending"
    assert len(listing.description) == 4999


def test_each_kind_of_price_keeps_what_belongs_to_it(send, written, draft):
    for kind, fields, kept in (
        ("on_request", {"price": "1"}, (None, None)),
        ("negotiable", {"price": ""}, (None, None)),
        ("negotiable", {"price": "5"}, (Decimal(5), None)),
        ("from", {"price": "5", "price_to": "7"}, (Decimal(5), None)),
        ("range", {"price": "5", "price_to": "7"}, (Decimal(5), Decimal(7))),
        ("on_request", {"price": "дорого", "price_to": "x"}, (None, None)),
    ):
        listing = send(written(price_kind=kind, **fields))

        assert listing.state == "pending", listing.words
        assert (listing.price, listing.price_to) == kept
        begin_again(draft)


# Places


def test_a_town_is_known_by_its_name_in_any_language(send, written):
    for town in ("Рудный", "рудный", "rudnyy", "Рудный, Костанайская область"):
        assert send(written(act="save", town=town), "ru").settlement.name_ru == "Рудный"
        assert send(written(act="save", town="")).settlement is None


def test_a_town_elsewhere_brings_its_region_with_it(send, written):
    listing = send(written(town="Павлодар"))

    assert (listing.settlement.name_ru, listing.region_id) == ("Павлодар", "KZ-55")


def test_a_village_that_is_on_no_map_stands_beside_its_region(send, written):
    listing = send(written(town="", village="Ауыл Достық"))

    assert listing.state == "pending"
    assert (listing.settlement, listing.region_id) == (None, "KZ-39")


def test_of_towns_with_one_name_the_region_decides_or_the_person_is_asked(send, written):
    twin = Settlement.objects.get(name_ru="Рудный")
    twin.pk, twin.region_id = None, "KZ-55"
    twin.save()

    assert send(written(act="save", region="KZ-55")).settlement == twin
    asked = send(written(act="save", region=""))
    assert "There are several" in asked.words
    assert asked.settlement == twin


# Drafts


def test_a_draft_keeps_what_is_right_and_shows_the_rest_as_it_was_typed(send, written):
    listing = send(written(act="save", title="", price="дорого", town="Нигдебург"))

    assert errors_in(listing.words) == ["price", "town"]
    assert "Everything else is saved" in listing.words
    assert 'value="дорого"' in listing.words
    assert 'value="Нигдебург"' in listing.words
    assert listing.description.startswith("Хранится")
    assert listing.quantity == Decimal(1200)


def test_an_empty_form_is_a_draft_too(send):
    listing = send({"act": "save"})

    assert listing.page.status_code == 302
    assert listing.state == "draft"


def test_a_form_sent_twice_is_one_ad_sent_once(send, written):
    send(written())
    listing = send(written())

    assert listing.state == "pending"
    assert Change.objects.count() == 1


def test_a_preview_shows_row_and_page_and_publishes_nothing(send, written):
    for language in LANGUAGES:
        listing = send(written(act="preview", **{"a.protein": "13"}), language)

        assert "class=listing-row" in listing.words
        assert listing.words.count("Пшеница 3 класса, урожай 2026") >= 3
        assert listing.state == "draft"
        assert_valid(listing.page)


def test_what_somebody_else_wrote_meanwhile_is_not_lost(browser, draft, send, written):
    seen = seen_in(browser.get(f"/en/account/listings/{draft.pk}/edit/"))
    send(written(act="save", seen=seen, title="Пшеница коллеги"))

    refused = send(written(act="save", seen=seen, title="Пшеница моя"))

    assert "changed meanwhile" in refused.words
    assert 'value="Пшеница моя"' in refused.words
    assert refused.title == "Пшеница коллеги"
    again = send(written(act="save", seen=seen_in(refused.page), title="Пшеница моя"))
    assert again.title == "Пшеница моя"


def test_the_same_form_sent_again_after_a_lost_answer_is_no_conflict(browser, draft, send, written):
    seen = seen_in(browser.get(f"/en/account/listings/{draft.pk}/edit/"))

    pages = [send(written(act="save", seen=seen)).page for _ in range(2)]

    assert [page.status_code for page in pages] == [302, 302]


# Publishing


def test_a_verified_seller_publishes_at_once_and_is_checked_afterwards(send, written):
    Seller.objects.update(verified_at=timezone.now())

    listing = send(written())

    assert listing.state == "published"
    assert listing.waiting_since is not None
    assert listing.expires_at - listing.first_published_at == timedelta(days=30)
    assert listing.history.get().act == "trust"


def test_the_same_offer_again_is_a_hint_and_not_a_wall(send, written, browser, draft):
    send(written(**{"a.protein": "13"}))
    browser.post("/en/account/listings/new/", {"category": "wheat"})
    second = Listing.objects.get(state="draft")
    path = f"/en/account/listings/{second.pk}/edit/"

    hint = browser.post(path, written(**{"a.protein": "13"}))

    assert f"This looks like your ad № {draft.pk}" in hint.content.decode()
    assert Listing.objects.get(pk=second.pk).state == "draft"
    browser.post(path, written(act="publish_anyway", **{"a.protein": "13"}))
    assert Listing.objects.get(pk=second.pk).state == "pending"


def test_another_fact_makes_it_another_offer(send, written, browser):
    send(written(**{"a.protein": "13"}))
    browser.post("/en/account/listings/new/", {"category": "wheat"})
    second = Listing.objects.get(state="draft")

    browser.post(f"/en/account/listings/{second.pk}/edit/", written(**{"a.protein": "11"}))

    second.refresh_from_db()
    assert second.state == "pending"


@pytest.mark.parametrize(("is_verified", "most"), [(False, 20), (True, 200)])
def test_a_day_has_room_for_so_many_ads(send, written, seller, draft, is_verified, most):
    if is_verified:
        Seller.objects.update(verified_at=timezone.now())
    others = already_sent(most, draft)

    refused = send(written())

    assert refused.state == "draft"
    Change.objects.filter(listing=others[0]).update(at=timezone.now() - timedelta(hours=25))
    assert send(written()).state == ("published" if is_verified else "pending")


def already_sent(number, draft):
    others = Listing.objects.bulk_create(
        Listing(seller=draft.seller, category=draft.category, title="x", language="ru")
        for _ in range(number)
    )
    facts = {"act": "submit", "role": "seller", "before": "draft", "after": "pending"}
    Change.objects.bulk_create(Change(listing=other, **facts) for other in others)
    return others


def test_a_category_archived_meanwhile_is_said(send, written, draft):
    Category.objects.filter(slug="grain").update(is_archived=True)
    forget_catalogue()

    listing = send(written())

    assert "takes no ads any more" in listing.words
    assert listing.state == "draft"


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_at_one_moment_by_several_is_one_act_and_the_last_place_is_given_once(
    send, written, aigul, draft
):
    first = send(written(act="save"))
    second = Listing.objects.get(pk=draft.pk)
    second.pk, second.title = None, "Другая пшеница"
    second.save()
    already_sent(19, draft)

    def press(listing):
        try:
            return submit(listing, aigul).state
        except TooMany:
            return "too many"
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        states = list(pool.map(press, [first, first, second, first, second, second]))

    assert sorted(set(states)) == ["pending", "too many"]
    assert Listing.objects.filter(state="pending").count() == 1
    assert Change.objects.exclude(listing__title="x").count() == 1


@pytest.mark.parametrize("region", ["\0", "KZ-39\0", "x" * 100_000, "\u202e"])
def test_a_region_that_is_none_is_refused_with_the_form(draft, browser, written, region):
    answer = browser.post(f"/en/account/listings/{draft.pk}/edit/", written(region=region, town=""))

    assert answer.status_code == 200
    assert 'aria-invalid="true"' in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
