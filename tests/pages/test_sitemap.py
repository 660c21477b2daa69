"""The index and its files: all that is public, nothing that is not, however much there is."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listings.models import Listing

HERE = "http://localhost:8000"
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture
def read(client):
    def read(address):
        answer = client.get(address.removeprefix(HERE))
        assert answer.status_code == 200, address
        assert answer["Content-Type"] == "application/xml; charset=utf-8"
        assert answer["Cache-Control"] == "public, max-age=3600"
        return ElementTree.fromstring(answer.content)

    return read


@pytest.fixture
def files(read):
    return lambda: [loc.text for loc in read("/sitemap.xml").iterfind("s:sitemap/s:loc", NAMES)]


@pytest.fixture
def everything(read, files):
    return lambda: {
        url.find("s:loc", NAMES).text.removeprefix(HERE): url
        for file in files()
        for url in read(file).iterfind("s:url", NAMES)
    }


def test_an_ad_stands_there_in_each_language_with_the_time_of_its_last_change(
    everything, make_listing
):
    listing = make_listing("Пшеница 3 класса")
    past = timezone.now().replace(microsecond=0) - timedelta(days=3)
    Listing.objects.update(touched_at=past)

    pages = everything()

    path = f"/listing/{listing.pk}/pshenitsa-3-klassa/"
    for language in ("kk", "ru", "en"):
        url = pages[f"/{language}{path}"]
        local = timezone.localtime(past)
        assert url.find("s:lastmod", NAMES).text == local.isoformat()
        alternates = {
            link.get("hreflang"): link.get("href") for link in url.iterfind("x:link", NAMES)
        }
        assert alternates == {
            "kk": f"{HERE}/kk{path}",
            "ru": f"{HERE}/ru{path}",
            "en": f"{HERE}/en{path}",
            "x-default": f"{HERE}/ru{path}",
        }


def test_every_page_of_the_sitemap_answers_and_may_be_found(client, everything, make_listing):
    make_listing()

    pages = everything()

    assert {page[:4] for page in pages} == {"/kk/", "/ru/", "/en/"}
    assert "/en/sellers/" in pages
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        if "/listings/" not in page:  # the search says itself what of it may be found
            assert b"noindex" not in answer.content, page


def test_only_live_ads_and_categories_that_have_some_stand_there(everything, make_listing):
    make_listing("Live", category="wheat")
    for state in ("draft", "pending", "rejected", "paused", "sold", "expired", "blocked"):
        make_listing(f"Other {state}", category="barley", state=state)
    make_listing("Past", category="oats", expires_at=timezone.now() - timedelta(hours=1))

    pages = " ".join(everything())

    assert "/live/" in pages
    assert "/listings/wheat/" in pages
    assert "/listings/grain-oilseeds-pulses/" in pages
    for absent in ("other", "past", "barley", "oats"):
        assert absent not in pages


def test_the_ads_of_a_seller_who_is_left_in_peace_stand_there_no_more(
    everything, make_listing, make_seller
):
    seller = make_seller(form="person")
    make_listing("Secret hay", seller=seller)
    seller.subject.restrict()

    assert "secret" not in " ".join(everything())


def test_files_cover_ranges_of_numbers_and_cost_the_same_for_any_number_of_ads(
    client, read, files, make_listing
):
    near = make_listing("Near")
    far = make_listing("Far", pk=5_000_123)
    make_listing("Between", pk=2_000_000, state="sold")

    ads = [file for file in files() if "-ads-" in file]

    assert ads == [f"{HERE}/sitemap-ads-{near.pk // 1000}.xml", f"{HERE}/sitemap-ads-5000.xml"]
    assert f"/listing/{far.pk}/far/" in ElementTree.tostring(read(ads[1]), "unicode")

    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        said = [query["sql"] for query in queries if "catalogueversion" not in query["sql"]]
        assert not [sql for sql in said if "OFFSET" in sql]
        return len(said)

    before = [cost("/sitemap.xml"), cost(ads[1])]
    for number in range(20):
        make_listing(f"More {number}", pk=5_000_200 + number)
        make_listing(f"More {number}", pk=6_000_000 + 1000 * number)
    assert [cost("/sitemap.xml"), cost(ads[1])] == before == [4, 1]


@pytest.mark.parametrize(
    "address",
    [
        "/sitemap-ads-7.xml",
        "/sitemap-pages-1.xml",
        "/sitemap-nothing-0.xml",
        "/sitemap-ads-99999999999999999999999999.xml",
        "/sitemap-ads--1.xml",
    ],
)
def test_a_file_that_is_not_there_is_not_found(client, db, address):
    assert client.get(address).status_code == 404


def test_an_empty_portal_has_a_sitemap_of_its_own_pages(files, everything, db):
    assert files() == [f"{HERE}/sitemap-pages-0.xml"]
    assert "/ru/help/" in everything()
    assert not [page for page in everything() if "/listing" in page or "/sellers/" in page]
