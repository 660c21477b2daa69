"""Words: what is found by which, in which spelling, and what never gets into the index."""

from urllib.parse import urlencode

import pytest
from django.core.management import call_command

from listings.models import Category

INDEX = "/en/listings/"


@pytest.fixture
def titles(client):
    """`titles("q=пшеница")`: what the page of that search shows, in order."""

    def show(query="", path=INDEX):
        response = client.get(f"{path}?{query}")
        assert response.status_code == 200, response
        return [card.listing.title for card in response.context["cards"]]

    return show


@pytest.fixture
def market(make_listing):
    call_command("reindex", verbosity=0)
    for title, category in {
        "Пшеница 3 класса, элеватор": "wheat",
        "Трактор МТЗ-82.1 после ремонта": "tractors",
        "Насос топливный RE 504836": "parts",
    }.items():
        slug = category if Category.objects.filter(slug=category).exists() else "tractors"
        make_listing(title, category=slug, description="Торг")


def test_an_ad_is_found_by_what_people_write(market, titles):
    wheat = "Пшеница 3 класса, элеватор"
    tractor = "Трактор МТЗ-82.1 после ремонта"
    pump = "Насос топливный RE 504836"
    found = {
        **dict.fromkeys(("пшеница", "пшеницы", "ПШЕНИЦУ", "пшиница", "gitybwf"), [wheat]),
        **dict.fromkeys(("wheat", "whaet", "Бидай", "биддай"), [wheat]),
        **dict.fromkeys(("трактор мтз", "трактар мтз", "nhfrnjh vnp", "TRACTOR мтз"), [tractor]),
        **dict.fromkeys(("мтз 82", "МТЗ82.1", "мтз-82,1", "mtz-82"), [tractor]),
        **dict.fromkeys(("RE504836", "re-504836", "насос re504.836", "504836"), [pump]),
        **dict.fromkeys(("элеватор костанай", "қостанай элеваторы"), [wheat]),
        **dict.fromkeys(("единорог", "пшеница единорог", "'; DROP", "a" * 500), []),
    }

    shown = {asked: titles(urlencode({"q": asked})) for asked in found}

    assert {asked: names for asked, names in shown.items() if names != found[asked]} == {}
