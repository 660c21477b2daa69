"""Page after page nobody is shown twice or skipped, and a page costs the same for any number."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from listings.catalogue import current_catalogue
from listings.models import Listing, Rate, SearchDocument
from listings.states import Act, Role
from tests.listings.conftest import look_again

WHEAT = "/en/listings/wheat/"


@pytest.fixture
def many(make_listing):
    """`many(60)`: ads of wheat, two of each moment and of each price, and some without a price."""

    def make(number):
        first, now = make_listing(price=1), timezone.now()
        copies = []
        for place in range(number - 1):
            values = {field.name: getattr(first, field.name) for field in first._meta.fields}
            price = None if place % 10 == 9 else 1000 + place // 2 * 10
            kind = "on_request" if price is None else "exact"
            moment = now - timedelta(minutes=place // 2 + 1)
            changed = {"id": None, "price": price, "price_kind": kind, "sort_at": moment}
            copies.append(Listing(**values | changed))
        for copy in copies:
            copy.compare_price({})
        Listing.objects.bulk_create(copies)
        SearchDocument.objects.file(copies)
        return first

    return make


def pages(client, url, between=lambda: None):
    """The keys of the ads on each page, following the links."""
    found = []
    while url:
        context = client.get(url).context
        found.append([card.listing.pk for card in context["cards"]])
        url = context["following"]
        between()
    return found


@pytest.mark.parametrize(
    "asked", ["", "sort=price&no_price=1", "sort=-price&no_price=1", "q=пшеница", "near=Рудный"]
)
def test_nothing_appears_twice_or_is_left_out_while_new_ads_come_in(
    client, many, make_listing, asked
):
    many(70)
    there = set(Listing.objects.values_list("pk", flat=True))
    asked += "&sort=nearest" if "near" in asked else ""

    found = pages(client, f"{WHEAT}?{asked}", lambda: make_listing("Новая", price=1500))

    shown = [key for page in found for key in page]
    assert len(shown) == len(set(shown))
    assert there <= set(shown)
    assert [len(page) for page in found[:2]] == [24, 24]


def test_prices_are_in_order_over_currencies_and_units_and_those_without_come_last_when_asked(
    client, make_listing
):
    for currency, tenge in {"USD": "500", "RUB": "6.25"}.items():
        Rate.objects.create(currency=currency, tenge=tenge)
    for title, fields in {
        "98 ₸ a kilogram": {"price": 98, "unit": "kg"},
        "190 $ a tonne": {"price": 190, "currency": "USD"},
        "9 600 ₸ a centner": {"price": 9600, "unit": "centner"},
        "from 1 000 ₽ a centner": {
            "price": 1000,
            "currency": "RUB",
            "unit": "centner",
            "price_kind": "from",
        },
        "97 000 to 200 000 ₸ a tonne": {
            "price": 97_000,
            "price_to": 200_000,
            "price_kind": "range",
        },
        "94 000 ₸ with VAT": {"price": 94_000, "vat": "incl"},
        "on request": {},
        "yuan without a rate": {"price": 1, "currency": "CNY"},
        "by the cubic metre": {"price": 1, "unit": "m3"},
    }.items():
        make_listing(title, **fields)

    def shown(query):
        return [one.listing.title for one in client.get(f"{WHEAT}?{query}").context["cards"]]

    cheapest = [
        *("from 1 000 ₽ a centner", "94 000 ₸ with VAT", "190 $ a tonne", "9 600 ₸ a centner"),
        *("97 000 to 200 000 ₸ a tonne", "98 ₸ a kilogram"),
    ]
    without = ["on request", "yuan without a rate", "by the cubic metre"]
    assert shown("sort=price") == cheapest
    assert shown("sort=-price") == cheapest[::-1]
    assert shown("sort=price&no_price=1") == cheapest + without
    assert shown("sort=-price&no_price=1") == cheapest[::-1] + without[::-1]
    assert shown("price_from=95 000&price_to=96 500&sort=price") == cheapest[2:4]
    assert set(shown("price_from=97500&no_price=1")) == {cheapest[5], *without}
    assert len(shown("no_price=1")) == 9


def test_a_place_that_is_none_begins_at_the_start_and_one_behind_the_end_says_so(client, many):
    many(3)

    for nonsense in ("abc", "-1", "0", "99999999999999999999-1", "1-1-1-1", "\x00", "1" * 5000):
        page = client.get(WHEAT, {"after": nonsense})
        assert len(page.context["cards"]) == 3, nonsense
    page = client.get(WHEAT, {"after": "5-1"})

    assert page.context["cards"] == []
    assert "There is nothing further" in page.text
    assert page.context["found"].total == 3


def test_a_page_takes_four_queries_whatever_the_number_of_ads(
    client, many, operator_is_known, django_assert_max_num_queries
):
    first = many(60)
    current_catalogue()
    client.get(f"{WHEAT}?near=Рудный&q=пшеница")

    for asked in ("", "?view=table", "?view=cards", "?q=пшеница&region=KZ-39&deal=sale",
                  "?near=Рудный&km=100&price_from=1", "?q=единорог"):  # fmt: skip
        look_again()
        with django_assert_max_num_queries(4 if "единорог" not in asked else 5):
            client.get(f"{WHEAT}{asked}")
    first.move(Act.PAUSE, Role.SELLER)

    assert client.get(WHEAT).context["found"].total == 59
    assert not SearchDocument.objects.filter(pk=first.pk).exists()


def test_reindexing_mends_whatever_is_out_of_line_and_then_finds_nothing_to_do(
    client, many, capsys
):
    first = many(5)
    SearchDocument.objects.exclude(pk=first.pk).delete()
    Listing.objects.filter(pk=first.pk).update(state="archived")

    call_command("reindex")
    call_command("reindex")

    done = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in done] == ["1", "0"]
    assert client.get(WHEAT).context["found"].total == 4
