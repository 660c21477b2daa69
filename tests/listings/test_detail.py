"""The page of an ad: what it shows to whom, in which state, and what search engines are told."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone, translation

from listings.models import Attribute, Choice, Listing, Photo, Rate
from listings.views.detail import PAGES
from places.models import Settlement
from sellers.models import Payment, Phone, Seller, Shipping, WorkingDay
from tests.html import assert_valid


def page_of(listing, language="en"):
    with translation.override(language):
        return listing.get_absolute_url()


def json_ld(answer):
    [text] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', answer.content.decode()
    )
    return json.loads(text)["@graph"]


def ready_photo(listing, number=1):
    photo = Photo.objects.create(
        listing=listing,
        state="ready",
        stem=f"ab{number:062d}",
        widths=[320, 640, 1280],
        width=1280,
        height=960,
    )
    listing.photo_order = [*listing.photo_order, photo.pk]
    listing.save(update_fields=["photo_order"])
    return photo


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_page_is_proper_html_in_each_language_and_sets_no_cookie(
    client, make_listing, language
):
    listing = make_listing("3-сыныпты бидай", language="kk", price=98_500, vat="incl")

    answer = client.get(f"/{language}/listing/{listing.pk}/3-synypty-biday/")

    html = answer.content.decode()
    assert answer.status_code == 200
    assert_valid(answer)
    assert '<h1 lang="kk">3-сыныпты бидай</h1>' in html
    assert "98\u00a0500" in html
    assert f'hreflang="kk" href="http://localhost:8000{page_of(listing, "kk")}"' in html
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")


def test_everything_the_seller_said_of_the_goods_stands_on_the_page(client, make_listing):
    protein = Attribute.objects.get(code="protein_pct")
    grade = Choice.objects.filter(attribute__code="wheat_class").first()
    answers = [{"attribute": protein.pk, "value": "13.8"}]
    if grade:
        answers.append({"attribute": grade.attribute_id, "value": grade.pk})
    Rate.objects.create(currency="USD", tenge=525)
    listing = make_listing(
        price=Decimal("187.4"),
        currency="USD",
        quantity=1200,
        minimum_order=60,
        step=20,
        answers=answers,
        description="<b>Своё</b>\n\nсо склада",
    )
    Shipping.objects.create(seller=listing.seller, method="rail", conditions="Тобыл")
    Payment.objects.create(seller=listing.seller, method="cash")
    Seller.objects.update(verified_at=timezone.now())
    listing.seller.verifications.create(called_phone=True)

    html = client.get(page_of(listing)).content.decode()

    for words in (
        *("187.4", "98\u00a0385\u00a0₸/t", "at the rate of", "1\u00a0200 t", "60 t", "20 t"),
        *("13.8", "&lt;b&gt;Своё&lt;/b&gt;", "Railway wagons", "the phone, by a call"),
        *("Kostanay Region", listing.seller.name, "ads on offer"),
    ):
        assert words in html, words


def test_a_price_in_tenge_is_not_converted(client, make_listing):
    listing = make_listing(price=98_500, price_kzt=98_500, price_kzt_on=timezone.localdate())

    assert "≈" not in client.get(page_of(listing)).content.decode()


def test_the_distance_from_a_chosen_place_is_told_and_rubbish_is_not_minded(client, make_listing):
    rudny = Settlement.objects.get(name_ru="Рудный", region_id="KZ-39")
    almaty = Settlement.objects.get(name_en="Almaty")
    listing = make_listing(settlement=rudny)
    page = page_of(listing)

    [far] = re.findall(
        r"([\d\xa0]+) km from Almaty", client.get(f"{page}?near={almaty.pk}").content.decode()
    )

    assert 1000 < int(far.replace("\u00a0", "")) < 1500
    for rubbish in ("", "x", "-1", "9" * 30, "%00", "١"):
        answer = client.get(f"{page}?near={rubbish}")
        assert answer.status_code == 200
        assert "km from" not in answer.content.decode()


def test_another_slug_leads_to_the_right_one_for_good_and_keeps_the_question(client, make_listing):
    listing = make_listing()

    for address in (f"/en/listing/{listing.pk}/", f"/en/listing/{listing.pk}/old-words/"):
        answer = client.get(f"{address}?near=1")
        assert (answer.status_code, answer["Location"]) == (
            301,
            f"{page_of(listing)}?near=1",
        )


@pytest.mark.parametrize("title", ["Phone", "Save", "Report", "!!!"])
def test_no_title_takes_the_address_of_what_is_done_to_an_ad(client, make_listing, title):
    listing = make_listing(title)

    assert client.get(page_of(listing)).status_code == 200


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("paused", "taken this ad off for a while"),
        ("expired", "term of this ad is over"),
        ("sold", "This is sold"),
        ("published", "term of this ad is over"),
    ],
)
def test_what_is_not_on_offer_says_so_shows_others_and_stays_out_of_search_engines(
    client, make_listing, state, words
):
    other = make_listing("Пшеница 4 класса")
    gone = timezone.now() - timedelta(minutes=1)
    listing = make_listing(state=state, expires_at=gone)
    Phone.objects.create(seller=listing.seller, number="+77012345678")

    answer = client.get(page_of(listing))

    html = answer.content.decode()
    assert answer.status_code == 200
    assert_valid(answer)
    assert words in html
    assert other.title in html
    assert '<meta name="robots" content="noindex">' in html
    assert "ld+json" not in html
    assert "Show the phone" not in html


def test_under_the_thumb_stands_what_the_ad_can_be_answered_by(client, make_listing, marat):
    wheat = make_listing(price=98_500)

    def under_the_thumb():
        page = client.get(page_of(wheat)).content.decode()
        bar = re.search(r'<div class="thumb-bar.*?</div>', page, re.DOTALL)
        return re.findall(r"(Show the phone|Add to the cart)</button>", bar[0]) if bar else []

    assert under_the_thumb() == ["Add to the cart"]
    Phone.objects.create(seller=wheat.seller, number="+77012345678")
    assert under_the_thumb() == ["Show the phone", "Add to the cart"]
    Listing.objects.update(deal_type="wanted", version=F("version") + 1)
    assert under_the_thumb() == ["Show the phone"]
    Listing.objects.update(deal_type="sale", state="sold", version=F("version") + 1)
    assert under_the_thumb() == []
    Listing.objects.update(state="published")
    wheat.seller.members.update(user=marat)
    client.force_login(marat)
    assert under_the_thumb() == ["Show the phone"]


@pytest.mark.clause("P3.2")
@pytest.mark.parametrize("state", ["draft", "pending", "rejected", "blocked", "archived"])
def test_what_was_never_or_is_no_more_public_is_not_found_even_by_its_seller(
    client, make_listing, state
):
    listing = make_listing(state=state)
    owner = Client()
    owner.force_login(listing.seller.members.get().user)

    for visitor in (client, owner):
        for address in (f"/en/listing/{listing.pk}/", page_of(listing)):
            answer = visitor.get(address)
            assert answer.status_code == 404
            assert listing.title not in answer.content.decode()


def test_the_ad_of_a_seller_who_is_not_public_is_not_found(client, make_listing):
    listing = make_listing()
    listing.seller.members.get().user.subject.restrict()

    assert client.get(page_of(listing)).status_code == 404


def test_an_erased_ad_is_gone_and_a_number_never_issued_is_not_found(client, make_listing):
    listing = make_listing()
    pk = listing.pk
    listing.delete()

    answer = client.get(f"/en/listing/{pk}/words/")

    assert answer.status_code == 410
    assert_valid(answer)
    for never in (0, pk + 1, 10**30):
        assert client.get(f"/en/listing/{never}/").status_code == 404


def test_before_the_first_ad_nothing_is_gone(client, db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE listings_listing_id_seq RESTART")

    assert client.get("/en/listing/1/").status_code == 404


def test_search_engines_are_told_what_stands_on_the_page(client, make_listing, settings):
    listing = make_listing(
        "</script><script>alert(1)</script>",
        price=98_500,
        vat="incl",
        answers=[{"attribute": Attribute.objects.get(code="protein_pct").pk, "value": "13.8"}],
    )
    Phone.objects.create(seller=listing.seller, number="+77012345678")
    ready_photo(listing)

    answer = client.get(page_of(listing))

    product, crumbs = json_ld(answer)
    html = answer.content.decode()
    assert product["@type"] == "Product"
    assert product["name"] == listing.title
    assert (product["offers"]["price"], product["offers"]["priceCurrency"]) == ("98500.00", "KZT")
    assert product["offers"]["priceSpecification"]["valueAddedTaxIncluded"] is True
    assert product["image"] == [f"http://localhost:8000{Photo.objects.get().url(1280)}"]
    assert product["additionalProperty"][0]["value"] == "13.8"
    assert crumbs["itemListElement"][-1]["item"].endswith(page_of(listing))
    assert [each["position"] for each in crumbs["itemListElement"]] == [1, 2, 3, 4, 5]
    assert "<script>alert" not in html
    assert "701" not in json.dumps([product, crumbs])
    assert '<meta property="og:image" content="http://localhost:8000/media/photos/ab/' in html
    assert f'<link rel="canonical" href="http://localhost:8000{page_of(listing)}">' in html


@pytest.mark.parametrize(
    ("deal_type", "price", "kind", "expected"),
    [
        ("rent", {"price_kind": "from", "price": 10}, "Product", {"minPrice": "10.00"}),
        (
            "service",
            {"price_kind": "range", "price": 10, "price_to": 20},
            "Service",
            {"minPrice": "10.00", "maxPrice": "20.00"},
        ),
        ("sale", {"price_kind": "on_request"}, "Product", None),
        ("wanted", {"price_kind": "negotiable", "price": 5}, "Demand", {"minPrice": "5.00"}),
    ],
)
def test_each_kind_of_deal_and_price_is_told_as_it_is(
    client, make_listing, deal_type, price, kind, expected
):
    listing = make_listing(deal_type=deal_type, **price)

    thing = json_ld(client.get(page_of(listing)))[0]

    assert thing["@type"] == kind
    terms = thing if kind == "Demand" else thing["offers"]
    told = terms.get("priceSpecification")
    assert (told and {key: told[key] for key in expected}) == expected
    assert ("price" in terms) == (price["price_kind"] in ("from", "negotiable"))


def test_similar_ads_are_of_the_region_and_near_in_price_and_never_more_than_six(
    client, make_listing, make_seller
):
    listing = make_listing(price=100, price_kzt=100)
    near = make_listing("Рядом по цене", price=110, price_kzt=110)
    far = make_listing("Далеко по цене", price=900, price_kzt=900)
    elsewhere = make_listing("В другой области", region_id="KZ-75", price=100, price_kzt=100)
    for number in range(5):
        make_listing(f"Без цены {number}", region_id="KZ-75")
    make_listing("Не пшеница", category="barley")
    make_listing("Куплю", deal_type="wanted")
    make_listing("Снято", state="paused")
    hidden = make_listing("Скрытого продавца", seller=make_seller("Агро", form="person"))
    hidden.seller.subject.restrict()

    html = client.get(page_of(listing)).content.decode()

    part = html[html.index('id="similar"') :]
    titles = re.findall(r"<h3 lang=[^>]*><a [^>]*>([^<]*)</a>", part)
    assert titles[:3] == [near.title, far.title, elsewhere.title]
    assert len(titles) == 6
    assert {title[:8] for title in titles[3:]} == {"Без цены"}


def test_without_another_of_its_kind_the_categories_beside_it_offer_theirs(client, make_listing):
    listing = make_listing(state="expired")
    barley = make_listing("Ячмень", category="barley")
    make_listing("Куплю ячмень", category="barley", deal_type="wanted")
    make_listing("Трактор", category="tractors")

    html = client.get(page_of(listing)).content.decode()

    part = html[html.index('id="similar"') :]
    titles = re.findall(r"<h3 lang=[^>]*><a [^>]*>([^<]*)</a>", part)
    assert titles == [barley.title]


def test_a_page_costs_the_same_four_queries_at_most_whatever_it_shows(
    client, make_listing, make_seller, catalogue_is_known_from_the_database, operator_is_known,
    django_assert_max_num_queries,
):  # fmt: skip
    listing = make_listing(price=100, price_kzt=100)
    for number in range(8):
        seller = make_seller(f"Seller {number}", phone="+77012345678")
        Shipping.objects.create(seller=seller, method="rail")
        WorkingDay.objects.create(seller=seller, weekday=1, opens="09:00", closes="18:00")
        seller.verifications.create(called_phone=True)
        abroad = Settlement.objects.filter(region=None).first()
        ready_photo(make_listing(seller=seller, settlement=abroad, price=99))
    busy = Listing.objects.last()
    for number in range(5):
        ready_photo(busy, number + 2)

    with django_assert_max_num_queries(3):
        client.get(page_of(listing))
    with django_assert_max_num_queries(3):
        client.get(page_of(busy))
    with django_assert_max_num_queries(4):
        client.get(f"{page_of(busy)}?near={abroad.pk}")


@pytest.fixture
def catalogue_is_known_from_the_database(client, catalogue_stays):
    client.get("/ru/")


def test_a_repeated_visit_is_answered_in_a_word_until_something_changes(
    client, make_listing, time_machine
):
    time_machine.move_to("2026-11-22 10:10", tick=False)
    listing = make_listing(expires_at=timezone.now() + timedelta(days=9))
    page = page_of(listing)
    first = client.get(page)

    def again(address=page):
        return client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code

    assert first["Cache-Control"] == "public, max-age=4, stale-while-revalidate=4"
    assert again() == 304
    assert again(page_of(listing, "kk")) == 200
    Listing.objects.get().changed()
    assert again() == 200
    first = client.get(page)
    like_it = make_listing("Овёс", price=90_000)
    PAGES.clear()  # what is like it may come a little later
    assert again() == 200
    first = client.get(page)
    like_it.price = 91_000
    like_it.changed("price")
    assert again() == 200
    first = client.get(page)
    time_machine.move_to("2026-11-22 10:20", tick=False)
    listing.seller.save()
    assert again() == 200
    first = client.get(page)
    time_machine.move_to("2026-11-22 11:10", tick=False)
    assert again() == 200
    first = client.get(page)
    Listing.objects.filter(pk=listing.pk).update(expires_at=timezone.now())
    assert again() == 200


def test_whoever_is_signed_in_gets_a_page_that_nobody_keeps(client, make_listing, marat):
    listing = make_listing()
    client.force_login(marat)

    answer = client.get(page_of(listing))

    assert answer["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer


def test_the_seller_is_led_from_the_ad_to_its_statistics(client, make_listing, marat):
    listing = make_listing()
    stats = f"/en/account/listings/{listing.pk}/stats/"
    owner = Client()
    owner.force_login(listing.seller.members.get().user)
    client.force_login(marat)

    assert stats in owner.get(page_of(listing)).content.decode()
    assert stats not in client.get(page_of(listing)).content.decode()


@pytest.mark.clause("P4.3")
def test_sharing_leads_away_marked_and_loads_nothing(client, make_listing):
    listing = make_listing('Пшеница "&" <i>')

    html = client.get(page_of(listing)).content.decode()

    links = re.findall(r'<a href="(https://[^"]*)" rel="([^"]*)">(?:WhatsApp|Telegram)', html)
    assert len(links) == 2
    assert {rel for _, rel in links} == {"noopener noreferrer nofollow ugc"}
    assert all("%22%26%22" in link for link, _ in links)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_is_only_read(client, make_listing, method):
    assert getattr(client, method)(page_of(make_listing())).status_code == 405
