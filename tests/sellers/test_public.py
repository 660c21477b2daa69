import json
import re

import pytest
from django.test import Client

from privacy.models import Subject
from sellers.models import Phone, Seller
from tests.conftest import BIN, IIN
from tests.html import assert_valid

FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
STOREFRONT = "/en/sellers/zharkyn-dala/"


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_storefront_is_the_same_proper_page_for_everybody(seller, sign_in, aigul, language):
    page = f"/{language}/sellers/{seller.slug}/"

    anonymous, owner = Client().get(page), sign_in(aigul).get(page)

    assert anonymous.status_code == 200
    assert_valid(anonymous)
    assert anonymous.content == owner.content
    assert not anonymous.cookies
    assert "Cookie" not in anonymous.get("Vary", "")
    assert f'hreflang="kk" href="http://localhost:8000/kk/sellers/{seller.slug}/"' in (
        anonymous.content.decode()
    )


def test_the_about_is_shown_in_the_language_of_the_reader_or_else_in_another(client, seller):
    Seller.objects.update(about_kk="Бидай <b>сатамыз</b>", about_en="We sell wheat")

    assert "We sell wheat" in client.get(STOREFRONT).content.decode()
    russian = client.get("/ru/sellers/zharkyn-dala/").content.decode()

    assert (
        '<div class="prose break" lang="kk"><p>Бидай &lt;b&gt;сатамыз&lt;/b&gt;</p></div>'
        in russian
    )


@pytest.mark.clause("P2.5", "P4.3")
def test_the_website_of_a_seller_is_marked_as_another_site_and_leaks_nothing(client, seller):
    Seller.objects.update(website="https://zharkyn.example/shop?a=1&b=2")

    html = client.get(STOREFRONT).content.decode()

    [link] = re.findall(r'<a href="https://[^>]*>', html)
    assert link == (
        '<a href="https://zharkyn.example/shop?a=1&amp;b=2" rel="noopener noreferrer nofollow ugc">'
    )
    assert ">zharkyn.example <" in html


def test_phones_are_shown_to_who_asks_with_the_button_and_in_no_page_before(client, seller):
    before = client.get(STOREFRONT).content.decode()

    answer = client.post(f"{STOREFRONT}phones/", **FROM_HERE)

    assert "701 234" not in before
    assert "7012345678" not in before
    assert "+7 701 234 5678" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert not answer.cookies
    assert_valid(answer)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_SEC_FETCH_SITE": "none"},
        {"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://testserver"},
        {"HTTP_ORIGIN": "https://testserver"},
        {"HTTP_ORIGIN": "http://evil.example"},
        {"HTTP_ORIGIN": "null"},
    ],
)
def test_another_site_gets_no_phone(settings, seller, headers):
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = Client(enforce_csrf_checks=True).post(f"{STOREFRONT}phones/", **headers)

    assert answer.status_code == 403
    assert "701 234" not in answer.content.decode()


def test_an_older_browser_that_names_only_its_origin_gets_the_phone(settings, seller):
    settings.ALLOWED_HOSTS = ["testserver"]

    answer = Client(enforce_csrf_checks=True).post(
        f"{STOREFRONT}phones/", HTTP_ORIGIN="http://testserver"
    )

    assert "+7 701 234 5678" in answer.content.decode()


def test_by_its_address_the_page_of_phones_leads_back_to_the_seller(client, seller):
    answer = client.get(f"{STOREFRONT}phones/")

    assert (answer.status_code, answer["Location"]) == (302, STOREFRONT)


@pytest.mark.clause("P3.1j")
def test_who_asks_for_many_phones_is_asked_to_come_back(client, seller, time_machine):
    for _ in range(60):
        assert client.post(f"{STOREFRONT}phones/", **FROM_HERE).status_code == 200

    refused = client.post(f"{STOREFRONT}phones/", **FROM_HERE)
    neighbour = client.post(f"{STOREFRONT}phones/", **FROM_HERE, REMOTE_ADDR="203.0.113.9")

    assert refused.status_code == 429
    assert refused["Retry-After"] == "3600"
    assert "701 234" not in refused.content.decode()
    assert "Come back in an hour" in refused.content.decode()
    assert_valid(refused)
    assert neighbour.status_code == 200


def test_without_valkey_phones_wait_and_the_page_stays(client, seller, settings):
    client.raise_request_exception = False
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    answer = client.post(f"{STOREFRONT}phones/", **FROM_HERE)

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert client.get(STOREFRONT).status_code == 200


@pytest.mark.parametrize("who", ["person", "owner"])
def test_who_asked_to_be_left_in_peace_is_shown_no_more(client, make_seller, aigul, who):
    form = "person" if who == "person" else "company"
    make_seller(form=form, owner=aigul)
    aigul.subject.restrict()

    assert client.get(STOREFRONT).status_code == 404
    assert client.post(f"{STOREFRONT}phones/", **FROM_HERE).status_code == 404
    assert "Жарқын" not in client.get("/en/sellers/").content.decode()


def test_a_company_nobody_answers_for_any_more_is_not_shown(client, seller, aigul):
    seller.members.all().delete()

    assert client.get(STOREFRONT).status_code == 404


def test_search_engines_are_told_of_an_organization_what_stands_on_the_page(client, seller):
    Seller.objects.update(name="</script><script>alert(1)</script>", street="Абай & Ко")

    html = client.get(STOREFRONT).content.decode()

    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    facts = json.loads(text)
    assert facts["name"] == "</script><script>alert(1)</script>"
    assert facts["taxID"] == BIN
    assert facts["address"]["addressRegion"] == "Kostanay Region"
    assert "<script>alert" not in html
    assert "telephone" not in text


def test_an_individual_is_no_organization(client, make_seller):
    make_seller(form="person", iin=IIN)

    html = client.get(STOREFRONT).content.decode()

    assert "ld+json" not in html
    assert IIN not in html
    assert IIN[-4:] not in html


# Cyrillic before Latin.
EVERYBODY = ["Агро", "Әлем", "Дала", "Ёлка", "Жарқын дала", "Zernotrade"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", EVERYBODY),
        ("q=ДАЛА", ["Дала", "Жарқын дала"]),
        ("q=жаркын", ["Жарқын дала"]),
        ("q=елка", ["Ёлка"]),
        ("q=алем", ["Әлем"]),
        ("q=дала жар", ["Жарқын дала"]),
        ("q=%25", EVERYBODY),
        ("region=KZ-75", ["Агро"]),
        ("region=KZ-00", EVERYBODY),
        ("q=nobody", []),
        ("after=rubbish", EVERYBODY),
        ("after=~~~~-1", []),
        ("q=" + "x" * 81, EVERYBODY),
        ("q=a%00b", EVERYBODY),
    ],
)
def test_sellers_are_found_and_stand_in_the_order_readers_expect(client, make_seller, query, names):
    for name in ("Zernotrade", "Жарқын дала", "Ёлка", "Дала", "Әлем"):
        make_seller(name)
    make_seller("Агро", region_id="KZ-75", settlement="Алматы")

    answer = client.get(f"/en/sellers/?{query}")

    found = re.findall(
        r'<h2 class="break"><a href="/en/sellers/[^"]*">([^<]*)</a>', answer.content.decode()
    )
    assert found == names
    assert_valid(answer)
    assert not answer.cookies


@pytest.mark.clause("P3.1i")
@pytest.mark.parametrize(
    ("region", "settlement", "place"),
    [
        ("KZ-79", "Шымкент", "Shymkent"),
        ("KZ-23", "Атырау", "Атырау, Atyrau Region"),
        ("KZ-39", "Рудный", "Рудный, Kostanay Region"),
    ],
)
def test_a_city_that_is_its_own_region_is_said_once(client, make_seller, region, settlement, place):
    make_seller(region_id=region, settlement=settlement)

    page = client.get("/en/sellers/").content.decode()

    assert f"</svg>{place}</span>" in page


def test_a_bin_finds_its_company_and_an_iin_finds_nobody(client, make_seller):
    make_seller("Элеватор")
    make_seller("Дәулет", form="sole")

    assert "Элеватор" in client.get(f"/en/sellers/?q={BIN[:6]}+{BIN[6:]}").content.decode()
    assert "Дәулет" not in client.get(f"/en/sellers/?q={IIN}").content.decode()


def test_paging_shows_everybody_once_while_others_come_and_go(client, make_seller, monkeypatch):
    monkeypatch.setattr("sellers.directory.PAGE", 4)
    for number in range(10):
        make_seller(f"Агро {number % 3}", settlement=f"Place {number}")
    page, seen = "/en/sellers/", []

    while page:
        html = client.get(page).content.decode()
        seen += re.findall(r'<h2 class="break"><a href="([^"]*)">', html)
        make_seller("Агро")  # before the reader's place
        following = re.search(r'<a class="button" href="(\?[^"]*)" rel="next">', html)
        page = f"/en/sellers/{following[1].replace('&amp;', '&')}" if following else None
        if len(seen) > 40:
            pytest.fail("It never ends.")

    assert len(seen) == len(set(seen)) == 10


def test_the_pages_cost_the_same_for_one_seller_or_thirty(
    client, make_seller, catalogue_is_known, django_assert_num_queries
):
    for number in range(30):
        seller = make_seller(f"Seller {number}", phone="+77012345678")
    for number in range(5):
        Phone.objects.create(seller=seller, number=f"+7701234560{number}")
    client.get("/en/sellers/")  # reads the record of the operator

    with django_assert_num_queries(2):  # the sellers, and the regions to choose from
        client.get("/en/sellers/")
    with django_assert_num_queries(8):  # the page itself, and its ads
        client.get(f"/en/sellers/{seller.slug}/")


def test_an_empty_directory_says_so_and_stays_out_of_search_engines(client, db):
    answer = client.get("/en/sellers/")

    assert "There are no sellers yet" in answer.content.decode()
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert_valid(answer)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_directory_and_the_storefront_are_only_read(client, seller, method):
    for page in ("/en/sellers/", STOREFRONT):
        assert getattr(client, method)(page).status_code == 405


def test_the_sitemap_names_the_storefronts_that_are_shown(client, make_seller, aigul):
    make_seller("Дала", owner=aigul)
    make_seller("Агро", form="person").subject.restrict()

    sitemap = client.get("/sitemap-sellers-0.xml").content.decode()

    assert "/kk/sellers/dala/</loc>" in sitemap
    assert "agro" not in sitemap
    assert Subject.objects.filter(state="restricted").count() == 1
