"""The demo as the first thing that a database sees."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from listings.catalogue import current_catalogue
from listings.models import Listing, Rate, SearchDocument
from orders.models import Order


@pytest.mark.proof(every=6)
def test_the_demo_alone_leaves_a_market_that_is_found_counted_and_compared(
    db, client, settings, tmp_path_factory
):
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "media-of-the-demo"

    call_command("demo", listings=80, stdout=StringIO())

    live = Listing.objects.live()
    assert live.count() == SearchDocument.objects.count() > 40
    assert Rate.objects.exists()
    assert live.exclude(currency="KZT").filter(price_kzt__isnull=False).exists()
    home = client.get("/en/").content.decode()
    counted = re.findall(r'listings/([\w-]+)/">[^<]*</a></h3>\s*<data [^>]*value="(\d+)"', home)
    sections = {section.slug for section in current_catalogue().sections}
    assert {slug for slug, _number in counted} <= sections
    assert sum(int(number) for _slug, number in counted) == live.count()
    wheat = client.get("/en/listings/wheat/").context["found"].all.total
    assert wheat == live.filter(category__slug="wheat").count() > 0
    assert set(Order.objects.values_list("state", flat=True)) >= {"changed", "shipped"}
    misspelt = client.get("/en/listings/?q=пшиница").context["found"]
    assert misspelt.repaired == "пшеница"
    assert misspelt.all.total > 0
