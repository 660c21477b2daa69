import io
import shutil

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from places.models import Country, District, Region, Settlement
from places.shipped_places import SHIPPED


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped files, to change."""
    return shutil.copytree(SHIPPED, tmp_path / "data")


@pytest.fixture
def load_places(db, folder):
    def load():
        said = io.StringIO()
        call_command("load_places", str(folder), stdout=said)
        return said.getvalue()

    return load


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def everything():
    return [list(m.objects.order_by("pk").values()) for m in (Country, Region, Settlement)]


def test_the_shipped_places_are_loaded_whole_and_a_second_time_changes_nothing(load_places):
    first = load_places()
    before = everything()
    second = load_places()

    assert first.splitlines() == [
        "countries: 12 new, 0 changed, 0 archived.",
        "regions: 20 new, 0 changed, 0 archived.",
        "settlements: 725 new, 0 changed, 0 archived.",
    ]
    assert second == ""
    assert everything() == before
    assert not Settlement.objects.filter(name_kk="").exists()


def test_names_stand_where_readers_of_the_language_expect_them(load_places):
    load_places()

    with translation.override("kk"):
        kazakh = [region.name for region in Region.objects.in_order()]
    with translation.override("ru"):
        russian = [region.name for region in Region.objects.in_order()]

    assert kazakh.index("Ақтөбе") < kazakh.index("Алматы") < kazakh.index("Атырау")
    assert kazakh.index("Жетісу") < kazakh.index("Қарағанды") < kazakh.index("Қостанай")
    assert kazakh.index("Қостанай") < kazakh.index("Маңғыстау") < kazakh.index("Түркістан")
    assert kazakh.index("Түркістан") < kazakh.index("Ұлытау") < kazakh.index("Шымкент")
    assert russian == sorted(russian)


def test_a_settlement_is_told_apart_from_its_namesakes(load_places):
    load_places()
    kostanay = Settlement.objects.get(name_en="Rudnyy")

    with translation.override("en"):
        assert str(kostanay) == "Rudnyy, Kostanay Region"
        kostanay.district = District(region=kostanay.region, name_en="Lisakov District")
        assert str(kostanay) == "Rudnyy, Lisakov District, Kostanay Region"
        assert str(Settlement.objects.get(name_en="Astana")) == "Astana"
        assert str(Settlement.objects.get(name_en="Bishkek")) == "Bishkek, Kyrgyzstan"


def test_what_an_administrator_edited_stays_and_its_order_follows(load_places, folder):
    load_places()
    settlement = Settlement.objects.get(name_en="Rudnyy")
    settlement.name_ru = "Ёлкино"
    settlement.save()
    replace(folder / "places.csv", "Rudnyy", "Aardvark")

    said = load_places()

    settlement.refresh_from_db()
    assert (settlement.name_en, settlement.name_ru) == ("Aardvark", "Ёлкино")
    assert f"{settlement.geonames_id}: name_ru stays as it was edited here." in said
    first = Settlement.objects.filter(region=settlement.region)
    with translation.override("en"):
        assert first.in_order().first() == settlement


def test_a_place_that_vanished_is_archived_and_comes_back(load_places, folder):
    load_places()
    whole = (folder / "places.csv").read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    (folder / "places.csv").write_text("".join(lines[:-1]), encoding="utf-8")

    said = load_places()
    archived = list(Settlement.objects.filter(is_archived=True))
    (folder / "places.csv").write_text(whole, encoding="utf-8")
    load_places()

    assert said == "settlements: 0 new, 0 changed, 1 archived.\n"
    assert [place.geonames_id for place in archived] == [int(lines[-1].partition(",")[0])]
    assert Settlement.objects.shown().count() == 725


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("countries.csv", "code,", "cod,", "no column 'code'"),
        ("countries.csv", "KG,", "Kyrgyz,", "lies in KG"),
        ("countries.csv", "KG,", "KZ,", "KZ is there twice"),
        ("regions.csv", "KZ-39,region", "KZ-39,planet", "KZ-39"),
        ("regions.csv", "KZ-39,", "XX-39,", "XX-39 lies in XX"),
        ("places.csv", ",KZ-39,", ",KZ-99,", "lies in KZ-99"),
        ("places.csv", "51.1801", "north", "north"),
        ("places.csv", "51.1801", "151.1801", "database"),
        ("places.csv", "1544142", "many", "line 3"),
    ],
)
def test_files_that_make_no_sense_are_refused_whole_with_the_reason(
    load_places, folder, file, old, new, reason
):
    load_places()
    before = everything()
    replace(folder / "countries.csv", "Қазақстан", "Қазақ елі")
    replace(folder / file, old, new)

    with pytest.raises(CommandError, match=reason):
        load_places()

    assert everything() == before


def test_a_folder_without_the_files_is_refused(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_places", str(tmp_path))
