"""Rates of currencies: where they come from, what they do to prices, and what is refused."""

import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from listings.models import Listing, Rate, SearchDocument

BANK = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Official rates</title>
<item><title>USD</title><pubDate>20.11.2026</pubDate><description>525.4</description><quant>1</quant></item>
<item><title>UZS</title><pubDate>20.11.2026</pubDate><description>4.38</description><quant>100</quant></item>
<item><title>XDR</title><pubDate>20.11.2026</pubDate><description>700</description><quant>1</quant></item>
</channel></rss>"""
TABLE = "currency,date,tenge,units\nUSD,2026-11-20,525.4,1\nUZS,20.11.2026,4.38,100\n"
ROWS = [
    {"currency": "USD", "date": "2026-11-20", "tenge": 525.4},
    {"currency": "UZS", "date": "2026-11-20", "tenge": "4,38", "units": 100},
]


@pytest.fixture
def load(tmp_path, db):
    def load(text, **options):
        path = tmp_path / "rates"
        path.write_text(text, encoding="utf-8")
        said = io.StringIO()
        call_command("rates", str(path), stdout=said, **options)
        return said.getvalue().strip()

    return load


@pytest.mark.parametrize("text", [BANK, TABLE, json.dumps(ROWS), json.dumps({"rates": ROWS})])
def test_a_file_of_rates_is_taken_over_once(load, text):
    said = [load(text), load(text)]

    assert said == ["2 rates are new or changed", "0 rates are new or changed"]
    assert {rate.currency: rate.tenge for rate in Rate.objects.all()} == {
        "USD": Decimal("525.4"),
        "UZS": Decimal("0.0438"),
    }


@pytest.mark.parametrize(
    "text",
    [
        *("", "currency,date,tenge\n", "currency\nUSD\n", "{", "[1]", "<rss>", "null", "\x00"),
        *("currency,date,tenge\nUSD,yesterday,5\n", "currency,date,tenge\nUSD,2026-11-20,NaN\n"),
        *("currency,date,tenge\nUSD,2026-11-20,-1\n", "currency,date,tenge\nUSD,2026-11-20,1e99\n"),
        "currency,date,tenge,units\nUSD,2026-11-20,5,0\n",
        "currency,date,tenge\nUSD,2026-11-20,500\nEUR,2026-11-20,nonsense\n",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><item>&b;</item></rss>',
    ],
)
def test_what_is_no_list_of_rates_is_refused_as_a_whole(load, text):
    with pytest.raises(CommandError):
        load(text)

    assert not Rate.objects.exists()


def test_prices_follow_the_rates_and_what_was_entered_by_hand_stays(
    client, staff, make_listing, load, django_capture_on_commit_callbacks
):
    load(TABLE)
    listing = make_listing(price=200, currency="USD")
    assert (listing.price_kzt, str(listing.price_kzt_on)) == (Decimal("105080.00"), "2026-11-20")

    staff.post("/admin/listings/rate/add/", {"currency": "USD", "on": "2026-11-21", "tenge": "530"})
    load("currency,date,tenge\nUSD,2026-11-21,999\n")

    listing = Listing.objects.get()
    assert Rate.objects.get(on="2026-11-21").source == "hand"
    assert (listing.price_kzt, str(listing.price_kzt_on)) == (Decimal("106000.00"), "2026-11-21")
    assert SearchDocument.objects.get().price_kzt == listing.price_kzt
    assert SearchDocument.objects.get().version == listing.version == 3


def test_the_example_rates_are_for_a_portal_that_knows_none(db):
    call_command("rates", sample=True, verbosity=0, stdout=io.StringIO())
    Rate.objects.exclude(currency="USD").delete()
    call_command("rates", sample=True, verbosity=0)

    assert Rate.objects.get().source == "sample"


def test_without_a_file_and_an_address_the_command_says_what_it_wants(db, settings):
    settings.RATES_URL = ""
    with pytest.raises(CommandError, match="RATES_URL"):
        call_command("rates")
    settings.RATES_URL = "file:///etc/passwd"
    with pytest.raises(CommandError, match="https"):
        call_command("rates")
