"""The Atom feed of any search, and what search may not know."""

from xml.etree import ElementTree

import pytest
from django.db import connection

from listings.models import SearchDocument
from places.models import Settlement
from sellers.models import Phone

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_feed_has_the_newest_ads_of_its_search_and_knows_nobody(client, make_listing):
    make_listing("Пшеница", price=98_000)
    make_listing("Ячмень", category="barley")

    wheat = client.get("/ru/listings/feed/?category=wheat&sort=price")
    feed = ElementTree.fromstring(wheat.content)

    assert wheat["Content-Type"].startswith("application/atom+xml")
    assert not wheat.cookies
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["Пшеница"]
    assert feed.findtext(f"{ATOM}title") == "Пшеница"
    link = next(feed.iter(f"{ATOM}entry")).find(f"{ATOM}link").get("href")
    assert "/ru/listing/" in link
    everything = ElementTree.fromstring(client.get("/en/listings/feed/?q=зерно").content)
    assert "“зерно”" in everything.findtext(f"{ATOM}title")
    assert client.get("/en/listings/feed/?category=unicorns").status_code == 404


@pytest.mark.clause("P3.1i")
def test_no_way_to_reach_a_seller_gets_into_the_index_and_no_search_is_kept(
    client, make_seller, make_listing
):
    seller = make_seller("Айгүл Сейтқазы", form="person", phone="+77012345678")
    Phone.objects.create(seller=seller, number="+77142543322", note="Қойма")
    make_listing(
        "Пшеница, звоните 8 701 234 56 78",
        seller=seller,
        settlement=Settlement.objects.get(name_en="Rudnyy"),
        description="Пишите на aigul@dala.kz, www.dala.kz, WhatsApp +7 (714) 254-33-22, "
        "t.me/aigul_dala, ИИН 960101300123, звонить 87012345678",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT listings_searchdocument::text FROM listings_searchdocument")
        dump = cursor.fetchone()[0]

    assert "пшениц" in dump
    for secret in ("701", "2345678", "714", "543322", "aigul", "dala", "960101300123", "сейтказ"):
        assert secret not in dump, secret
    for asked in ("87012345678", "aigul", "Сейтқазы", "dala.kz", "+77142543322"):
        page = client.get("/en/listings/", {"q": asked})
        assert page.context["found"].total == 0, asked
        assert not page.cookies
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM listings_word WHERE word LIKE 'сейт%%'")
        assert cursor.fetchone()[0] == 0
    assert SearchDocument.objects.count() == 1


def test_the_feed_is_xml_whatever_is_asked(client, catalogue, places):
    for words in ("\x0b", "\ufffe\uffff", "<&>", "]]>"):
        answer = client.get("/en/listings/feed/", {"q": f"wheat{words}"})

        assert ElementTree.fromstring(answer.content).tag.endswith("feed")
