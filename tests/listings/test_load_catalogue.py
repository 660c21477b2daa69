import io

import pytest
from django.core.management import CommandError, call_command

from listings.models import Attribute, Category, CategoryAttribute, Choice
from tests.listings.conftest import attribute, category, named


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Category, Attribute, Choice, CategoryAttribute)
    ]


def test_the_shipped_catalogue_is_loaded_whole_and_a_second_time_changes_nothing(db):
    first, second = io.StringIO(), io.StringIO()

    call_command("load_catalogue", stdout=first)
    before = everything()
    call_command("load_catalogue", stdout=second)

    assert "categories: 188 new, 0 changed, 0 archived." in first.getvalue()
    assert "attributes: 375 new, 0 changed, 0 archived." in first.getvalue()
    assert second.getvalue() == ""
    assert everything() == before


def test_ads_of_the_shipped_categories_stay_as_long_as_their_goods(catalogue):
    days = dict(Category.objects.values_list("slug", "expiry_days"))

    assert days["wheat"] == 30
    assert days["tractors"] == days["agricultural-land"] == 60
    assert days["cattle"] == days["vegetables"] == days["dairy-products"] == 14


def test_paths_and_order_of_the_tree_are_filed(small):
    wheat = Category.objects.get(slug="wheat")

    assert wheat.ancestors == [Category.objects.get(slug="grain").pk]
    assert list(Category.objects.values_list("slug", flat=True)) == [
        "grain",
        "wheat",
        "barley",
        "machines",
        "tractors",
    ]


def test_a_change_of_the_data_arrives(load_catalogue, small):
    small["categories"][0]["children"][0]["names"]["kk"] = "Бидай"
    small["categories"][1]["children"].append(category("ploughs"))
    small["attributes"][3]["choices"].append({"key": "three", **named("Grade three")})

    said = load_catalogue(small)

    assert Category.objects.get(slug="wheat").name_kk == "Бидай"
    assert Category.objects.get(slug="ploughs").expiry_days == 60
    assert Choice.objects.get(code="three").attribute.code == "grade"
    assert said.splitlines() == [
        "categories: 1 new, 1 changed, 0 archived.",
        "choices: 1 new, 0 changed, 0 archived.",
    ]


def test_what_an_administrator_edited_stays_and_the_rest_of_the_row_follows(load_catalogue, small):
    Category.objects.filter(slug="wheat").update(name_ru="Пшеница мягкая")
    small["categories"][0]["children"][0]["names"] = {"en": "Soft wheat", "ru": "П", "kk": "Б"}

    said = load_catalogue(small)

    wheat = Category.objects.get(slug="wheat")
    assert (wheat.name_en, wheat.name_ru, wheat.name_kk) == ("Soft wheat", "Пшеница мягкая", "Б")
    assert "wheat: name_ru stays as it was edited here." in said


def test_a_category_made_by_hand_is_left_alone(load_catalogue, small):
    fields = {f"name_{code}": "Rye" for code in ("kk", "ru", "en")}
    Category.objects.create(
        slug="rye", deal_types=["sale"], units=["piece"], price_kinds=["exact"], **fields
    )
    Category.objects.refile()
    before = Category.objects.filter(slug="rye").values().get()

    load_catalogue(small)

    assert Category.objects.filter(slug="rye").values().get() == before


def test_what_vanished_is_archived_and_what_returns_is_taken_out_again(load_catalogue, small):
    barley = small["categories"][0]["children"].pop()
    year = small["attributes"].pop(1)
    small["categories"][0]["attributes"] = ["hard"]

    said = load_catalogue(small)

    assert Category.objects.get(slug="barley").is_archived
    assert Attribute.objects.get(code="crop_year").is_archived
    assert not CategoryAttribute.objects.filter(attribute__code="crop_year").exists()
    assert "categories: 0 new, 0 changed, 1 archived." in said

    small["categories"][0]["children"].append(barley)
    small["attributes"].append(year)
    load_catalogue(small)

    assert not Category.objects.get(slug="barley").is_archived
    assert not Attribute.objects.get(code="crop_year").is_archived


def test_a_category_that_moves_takes_what_is_below_along(load_catalogue, small):
    grain = small["categories"].pop(0)
    grain["children"] = []
    small["categories"][0]["children"].append(grain)
    small["categories"].append(category("crops", category("wheat"), category("barley")))

    load_catalogue(small)

    machines, crops = Category.objects.get(slug="machines"), Category.objects.get(slug="crops")
    assert Category.objects.get(slug="grain").ancestors == [machines.pk]
    assert Category.objects.get(slug="wheat").ancestors == [crops.pk]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda data: data["categories"][0].pop("slug"), "slug"),
        (lambda data: data["categories"].append(category("wheat")), "wheat is there twice"),
        (lambda data: data["categories"][0].update(attributes=["nope"]), "no attribute nope"),
        (lambda data: data["categories"][0].update(price_unit="pood"), "pood"),
        (lambda data: data["categories"][0].update(icon="no-such-icon"), "grain"),
        (lambda data: data["categories"][0].update(deal_types=["gift"]), "there is no gift"),
        (lambda data: data["categories"][0].update(colour="red"), "unknown key 'colour'"),
        (lambda data: data["categories"][0].update(expires_after="soon"), "soon"),
        (lambda data: data["categories"][0].update(names=named("x" * 100)), "80"),
        (lambda data: data["attributes"].append(attribute("hard", "boolean")), "twice"),
        (lambda data: data["attributes"].append(attribute("soft", "smell")), "smell"),
        (lambda data: data["attributes"][0].update(min=31), "database"),
        (lambda data: data["attributes"][2].update(type="text"), "another key"),
        (
            lambda data: data["categories"][0]["children"][0].update(
                children=[category("a", category("b"))]
            ),
            "b stands deeper than 3 levels",
        ),
    ],
)
def test_data_that_makes_no_sense_is_refused_whole_with_its_reason(
    load_catalogue, small, spoil, reason
):
    before = everything()
    small["categories"][1]["names"] = named("Changed")
    spoil(small)

    with pytest.raises(CommandError, match=reason):
        load_catalogue(small)

    assert everything() == before


@pytest.mark.parametrize("text", ["", "[", "a: [", "- 1", "categories: 5", "\x00"])
def test_a_file_that_is_no_catalogue_is_refused(load_catalogue, small, text):
    before = everything()

    with pytest.raises(CommandError, match=r"categories\.yaml"):
        load_catalogue(text)

    assert everything() == before


def test_a_file_that_is_not_there_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_catalogue", str(tmp_path / "none.yaml"))
