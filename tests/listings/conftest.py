import io

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from listings.catalogue import forget_catalogue, remembered
from listings.models import Listing
from places.models import Country, Region, Settlement
from ui import alphabet


def look_again():
    """As if a second had gone by."""
    remembered["until"] = 0.0


def named(name):
    return {"en": name, "ru": f"{name} ру", "kk": f"{name} қаз"}


def category(slug, *children, **facts):
    return {
        "slug": slug,
        "names": named(slug.capitalize()),
        "icon": "wheat",
        "deal_types": ["sale", "wanted"],
        "price_unit": "t",
        "attributes": [],
        "children": list(children),
    } | facts


def attribute(key, type, **facts):
    return {"key": key, "names": named(key.capitalize()), "type": type, "filter": "any"} | facts


def small_catalogue():
    """Grain with wheat and barley, machines with tractors; what they tell of themselves."""
    return {
        "expires_after": 30,
        "units": {"t": ["t", "kg"], "piece": ["piece"]},
        "attributes": [
            attribute("protein", "decimal", unit="%", min=0, max=30),
            attribute("crop_year", "year", min=2018),
            attribute("hard", "boolean"),
            attribute(
                "grade",
                "choice",
                choices=[{"key": key, **named(f"Grade {key}")} for key in ("one", "two")],
            ),
        ],
        "categories": [
            category(
                "grain",
                category("wheat", attributes=["grade", "protein"]),
                category("barley"),
                attributes=["crop_year", "hard"],
            ),
            category(
                "machines",
                category("tractors", price_unit="piece", deal_types=["sale", "rent"]),
                price_unit="piece",
                expires_after=60,
            ),
        ],
    }


@pytest.fixture
def load_catalogue(db, tmp_path):
    """`said = load_catalogue(data)`: the command with a file that says so."""

    def load(data=None):
        path = tmp_path / "categories.yaml"
        path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), encoding="utf-8")
        said = io.StringIO()
        call_command("load_catalogue", str(path), stdout=said)
        forget_catalogue()
        return said.getvalue()

    return load


@pytest.fixture(scope="session")
def small_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("catalogue") / "small.yaml"
    path.write_text(yaml.safe_dump(small_catalogue()), encoding="utf-8")
    return path


@pytest.fixture
def small(copy_catalogue, small_file):
    """The small catalogue is loaded; its data, to load again with a change."""
    copy_catalogue(small_file)
    return small_catalogue()


@pytest.fixture
def few_places(db):
    """Two regions and the towns in them: what most tests need of the map."""
    on_the_map = {"latitude": 53, "longitude": 63}
    country = Country.objects.create(code="KZ", **called("Казахстан"))
    for code, name, towns in (
        ("KZ-39", "Костанайская область", ["Рудный", "Костанай"]),
        ("KZ-55", "Павлодарская область", ["Павлодар"]),
    ):
        names = called(name) | {f"full_{key}": one for key, one in called(name).items()}
        region = Region.objects.create(code=code, country=country, **names, **on_the_map)
        for town in towns:
            Settlement.objects.create(country=country, region=region, **called(town), **on_the_map)


def called(name):
    return {"name_ru": name, "name_kk": f"{name} қаз", "name_en": alphabet.slug(name, 80)}


@pytest.fixture
def enter():
    """A browser in which this account is signed in."""

    def enter(user):
        client = Client()
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def seller(make_seller, catalogue, aigul):
    return make_seller(owner=aigul, phone="+77012345678")


@pytest.fixture
def browser(enter, aigul):
    return enter(aigul)


@pytest.fixture
def written():
    """What a browser sends of a whole ad about wheat: `written(price="98 500,50")`."""

    def write(**others):
        return {
            "act": "publish",
            "deal_type": "sale",
            "title": "Пшеница 3 класса, урожай 2026",
            "description": "Хранится на элеваторе Тобол, отгрузка вагонами.",
            "language": "ru",
            "price_kind": "exact",
            "price": "98 500",
            "currency": "KZT",
            "unit": "t",
            "vat": "incl",
            "quantity": "1 200",
            "region": "KZ-39",
            "town": "Рудный",
        } | others

    return write


@pytest.fixture
def draft(seller, browser):
    """An empty one about wheat, as a seller begins it."""
    browser.post("/en/account/listings/new/", {"category": "wheat"})
    return Listing.objects.get()
