import io

import pytest
import yaml
from django.core.management import call_command

from listings.catalogue import forget_catalogue, remembered


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


@pytest.fixture
def small(load_catalogue):
    """The small catalogue is loaded; its data, to load again with a change."""
    data = small_catalogue()
    load_catalogue(data)
    return data
