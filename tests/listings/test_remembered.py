"""What was rendered once is shown again, and never when something on it has changed."""

import random
import re

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from listings.models import Listing
from listings.reindexing import reindex
from places.models import Country, Region, Settlement
from ui import remembered
from ui.remembered import Pages

CATEGORY = "/en/listings/wheat/"
NEW_PRICE = re.compile(r"\b77\W?001\b")


def shown(client, address):
    return client.get(address).content.decode()


def test_a_page_shown_again_costs_one_look_and_is_the_same(
    client, make_listing, operator_is_known, django_assert_max_num_queries
):
    listing = make_listing(price=98_500)

    for address in (CATEGORY, listing.get_absolute_url()):
        first = client.get(address)
        with django_assert_max_num_queries(2):  # the marks, and the version of the catalogue
            again = client.get(address)
        assert again.content == first.content
        for name in ("ETag", "Cache-Control", "Content-Type", "Vary"):
            assert again.get(name) == first.get(name)


def test_a_page_that_many_ask_for_is_looked_through_once_a_second(
    client, make_listing, django_assert_num_queries, monkeypatch
):
    monkeypatch.setattr(remembered, "LOOKS_EVERY", 1)
    listing = make_listing()
    pages = (CATEGORY, listing.get_absolute_url())
    for _twice in range(2):
        for page in pages:
            shown(client, page)

    listing.price_kind, listing.price = "exact", 77_001
    listing.changed("price_kind", "price")

    with django_assert_num_queries(0):
        assert not any(NEW_PRICE.search(shown(client, page)) for page in pages)
    monkeypatch.setattr(remembered, "LOOKS_EVERY", 0)  # a second later
    assert all(NEW_PRICE.search(shown(client, page)) for page in pages)


def test_a_page_of_words_is_shown_again_until_something_else_matches_them(
    client, make_listing, monkeypatch
):
    monkeypatch.setattr("listings.views.search.WORDS_LAG", 0)
    monkeypatch.setattr("listings.finding.PAGE", 2)
    for _number in range(5):
        make_listing()
    address = f"{CATEGORY}?q=пшеница"
    first = client.get(address)

    again = client.get(address)
    newest = make_listing(title="Пшеница с холма")
    with CaptureQueriesContext(connection) as asked:
        changed = client.get(address)

    assert "after=" in first.text
    assert again.context is None  # nothing was rendered
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert changed["ETag"] != first["ETag"]
    assert newest.title in changed.text
    assert sum("WITH whole" in query["sql"] for query in asked) == 1


def test_whatever_changes_on_an_ad_is_seen_at_once(client, make_listing):
    listing, other = (
        make_listing(title="Wheat of the hill"),
        make_listing(title="Wheat of the lake"),
    )
    pages = (CATEGORY, listing.get_absolute_url(), other.get_absolute_url())
    for page in pages:
        assert not NEW_PRICE.search(shown(client, page))

    listing.price_kind, listing.price = "exact", 77_001
    listing.changed("price_kind", "price")

    for page in pages:
        assert NEW_PRICE.search(shown(client, page))


def test_an_ad_that_comes_or_goes_is_seen_at_once(client, make_listing, marat):
    listing = make_listing(title="Wheat of the hill")
    assert "of the lake" not in shown(client, CATEGORY)

    other = make_listing(title="Wheat of the lake")
    assert "of the lake" in shown(client, CATEGORY)
    assert "of the lake" in shown(client, listing.get_absolute_url() + "?near=1")

    listing.seller.members.update(user=marat)
    marat.is_active = False
    marat.save()
    assert "of the hill" not in shown(client, CATEGORY)
    assert "of the lake" in shown(client, CATEGORY) or other.seller_id == listing.seller_id


def test_an_ad_whose_term_ends_leaves_the_page_by_itself(client, make_listing):
    listing = make_listing(title="Wheat of the hill")
    assert "of the hill" in shown(client, CATEGORY)

    Listing.objects.filter(pk=listing.pk).update(expires_at=timezone.now())
    reindex(behind=0, every=True)

    assert "of the hill" not in shown(client, CATEGORY)
    assert "The term of this ad is over" in shown(client, listing.get_absolute_url())


def test_somebody_signed_in_gets_a_page_of_their_own(client, make_listing, marat):
    listing = make_listing()
    address = listing.get_absolute_url()
    everybodys = shown(client, address)

    client.force_login(marat)
    own = client.get(address)
    client.logout()

    assert "private" in own["Cache-Control"]
    assert shown(client, address) == everybodys


def test_memory_has_an_end(rf):
    pages = Pages(most_bytes=1000)
    for number in range(50):
        pages.remember(rf.get(f"/{number}/"), HttpResponse(random.randbytes(100)), None, seconds=10)

    assert pages.bytes <= 1000
    assert pages.get(rf.get("/0/")) is None
    assert len(pages.get(rf.get("/49/")).response().content) == 100


def test_places_of_ads_are_remembered_and_never_under_an_old_name(
    make_listing, catalogue_stays, django_assert_num_queries
):
    abroad = Settlement.objects.filter(region=None).first()
    listings = make_listing(), make_listing(settlement=abroad, region=None)

    def places():
        with translation.override("en"):
            return [listing.place for listing in Listing.objects.for_cards().order_by("pk")]

    with translation.override("en"):
        expected = [listing.place for listing in listings]
    with django_assert_num_queries(1):
        assert places() == expected
    for model in (Region, Settlement, Country):
        model.objects.update(name_en="Elsewhere", **FULL.get(model, {}))

    assert places() == ["Elsewhere region", "Elsewhere, Elsewhere"]


FULL = {Region: {"full_name_en": "Elsewhere region"}}
