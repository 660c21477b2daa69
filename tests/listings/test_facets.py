"""The numbers beside filters are what choosing them shows."""

import random
from decimal import Decimal

import pytest

from listings.answers import pack
from listings.catalogue import current_catalogue
from listings.models import Category, Listing, SearchDocument

REGIONS = ["KZ-39", "KZ-11", "KZ-59", "KZ-55"]
CATEGORIES = ["wheat", "barley", "tractors"]
SEARCHES = 100


@pytest.fixture
def crowd(make_seller, catalogue):
    """Two hundred ads that answer at random, always the same."""
    chance, known = random.Random(7), current_catalogue()
    sellers = [make_seller(f"Продавец {n}", bin=f"9912409000{n}0") for n in (1, 2)]
    ads = []
    for number in range(200):
        category = Category.objects.get(slug=chance.choice(CATEGORIES))
        ads.append(
            Listing(
                seller=chance.choice(sellers),
                category=category,
                deal_type=chance.choice(category.deal_types),
                title=chance.choice(["Пшеница твёрдая", "Ячмень", "Трактор МТЗ-82", "Продам"]),
                language="ru",
                answers=pack(answers(known.attributes_of(category), chance)),
                state=chance.choice(["published"] * 9 + ["paused"]),
                price=Decimal(chance.randint(1, 100)) * 1000 if chance.random() < 0.8 else None,
                price_kind="negotiable",
                unit=category.price_unit,
                region_id=chance.choice(REGIONS),
                **dates(number),
            )
        )
    Listing.objects.bulk_create(ads)
    for ad in ads:
        ad.compare_price({})
    Listing.objects.bulk_update(ads, Listing.COMPARED)
    SearchDocument.objects.file(ads)
    # One of the two is left in peace: his ads are nobody's business now.
    return ads
