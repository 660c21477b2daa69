"""Countries, regions and settlements shipped with the software, from places/data/*.csv."""

import csv
from pathlib import Path

from django.db import IntegrityError, connection, transaction

from places.models import Country, Region, Settlement
from places.shipped import Changes, Unreadable, archive_vanished, take_over

SHIPPED = Path(__file__).parent / "data"


def load(folder: Path = SHIPPED) -> dict[str, Changes]:
    """Take over the three files as a whole or not at all: what changed, for each kind of row."""
    countries = read(folder / "countries.csv", "code", country)
    regions = read(folder / "regions.csv", "code", region)
    settlements = read(folder / "places.csv", "geonameid", settlement)
    refuse_strangers(regions, "country_id", countries)
    refuse_strangers(settlements, "country_id", countries)
    refuse_strangers(settlements, "region_id", regions)
    changes = {name: Changes() for name in ("countries", "regions", "settlements")}
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('places'))")
            for model, key, shipped, kind in [
                (Country, "code", countries, changes["countries"]),
                (Region, "code", regions, changes["regions"]),
                (Settlement, "geonames_id", settlements, changes["settlements"]),
            ]:
                take_over(model, (key,), shipped, kind)
                archive_vanished(model, (key,), shipped, kind)
    except IntegrityError as error:
        raise Unreadable(f"The places do not fit what is in the database: {error}") from error
    return changes


def country(line):
    return names(line, "name")


def region(line):
    return {
        "country_id": line["code"][:2],
        "kind": line["type"],
        **names(line, "name"),
        **names(line, "full_name"),
        "latitude": line["lat"],
        "longitude": line["lon"],
    }


def settlement(line):
    return {
        "country_id": line["country"],
        "region_id": line["region"] or None,
        **names(line, "name"),
        "latitude": line["lat"],
        "longitude": line["lon"],
        "population": int(line["population"]),
    }


def names(line, name):
    """A Kazakh name that is not known is the Russian one, and the other way round."""
    kk, ru, en = (line[f"{name}_{code}"].strip() for code in ("kk", "ru", "en"))
    return {f"{name}_kk": kk or ru or en, f"{name}_ru": ru or kk or en, f"{name}_en": en}


def read(path, key, facts_of):
    shipped, lines = {}, None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file, strict=True)
            for line in lines:
                name = int(line[key]) if key == "geonameid" else line[key]
                if (name,) in shipped:
                    raise ValueError(f"{name} is there twice")
                shipped[name,] = facts_of(line) | {"is_archived": False}
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from error
    except KeyError as error:
        raise Unreadable(f"{path.name} has no column {error}.") from error
    except (csv.Error, ValueError, AttributeError, TypeError) as error:
        where = lines.line_num if lines else 1
        raise Unreadable(f"{path.name} is not a list of places, line {where}: {error}") from error
    return shipped


def refuse_strangers(shipped, name, known):
    for (key,), facts in shipped.items():
        if facts[name] is not None and (facts[name],) not in known:
            raise Unreadable(f"{key} lies in {facts[name]}, which is not among the places.")
