"""The catalogue shipped with the software, from listings/data/categories.yaml into the tables."""

from decimal import Decimal
from pathlib import Path

import yaml
from django.db import IntegrityError, transaction

from listings.models import Attribute, Category, CategoryAttribute, Choice, DealType, PriceKind
from listings.units import UNITS_OF_TIME, PriceUnit
from places.shipped import Changes, Unreadable, archive_vanished, take_over

SHIPPED = Path(__file__).parent / "data" / "categories.yaml"

# The one in C is ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TYPES = {
    "integer": Attribute.Type.NUMBER,
    "decimal": Attribute.Type.NUMBER,
    "year": Attribute.Type.YEAR,
    "choice": Attribute.Type.CHOICE,
    "multichoice": Attribute.Type.CHOICES,
    "boolean": Attribute.Type.YES_NO,
    "text": Attribute.Type.TEXT,
}


def load(path: Path = SHIPPED) -> dict[str, Changes]:
    """Take over the file as a whole or not at all: what changed, for each kind of row."""
    attributes, choices, categories, own_attributes = read(path)
    changes = {name: Changes() for name in ("categories", "attributes", "choices", "uses")}
    try:
        with transaction.atomic():
            Category.objects.lock_tree()
            load_attributes(attributes, choices, changes)
            load_categories(categories, changes["categories"])
            load_own_attributes(own_attributes, changes["uses"])
            Category.objects.refile()
    except (Category.Misplaced, IntegrityError) as error:
        raise Unreadable(f"{path.name} does not fit what is in the database: {error}") from error
    return changes


def load_attributes(attributes, choices, changes):
    types = dict(Attribute.objects.values_list("code", "type"))
    for (code,), facts in attributes.items():
        if types.get(code, facts["type"]) != facts["type"]:
            raise Unreadable(
                f"The attribute {code} cannot become {facts['type']}: ads keep what was told by "
                "it. Give the new one another key."
            )
    take_over(Attribute, ("code",), attributes, changes["attributes"])
    archive_vanished(Attribute, ("code",), attributes, changes["attributes"])
    ids = dict(Attribute.objects.values_list("code", "pk"))
    choices = {(ids[attribute], code): facts for (attribute, code), facts in choices.items()}
    take_over(Choice, ("attribute_id", "code"), choices, changes["choices"])
    archive_vanished(Choice, ("attribute_id", "code"), choices, changes["choices"])


def load_categories(levels, changes):
    for categories in levels:
        ids = dict(Category.objects.values_list("slug", "pk"))
        take_over(
            Category,
            ("slug",),
            {
                name: {**facts, "parent_id": ids.get(facts["parent_id"])}
                for name, facts in categories.items()
            },
            changes,
        )
    shipped = {name for categories in levels for name in categories}
    archive_vanished(Category, ("slug",), shipped, changes)


def load_own_attributes(own_attributes, changes):
    categories = dict(Category.objects.values_list("slug", "pk"))
    attributes = dict(Attribute.objects.values_list("code", "pk"))
    shipped = {
        (categories[category], attributes[attribute]): facts
        for (category, attribute), facts in own_attributes.items()
    }
    take_over(CategoryAttribute, ("category_id", "attribute_id"), shipped, changes)
    # Ads keep their answers by attribute, so that a use can go; unless somebody has edited it.
    vanished = [
        use.pk
        for use in CategoryAttribute.objects.filter(shipped__isnull=False)
        if (use.category_id, use.attribute_id) not in shipped
        and (use.position, use.is_required) == (use.shipped["position"], use.shipped["is_required"])
        and not use.is_hidden
        and use.fact is None
    ]
    CategoryAttribute.objects.filter(pk__in=vanished).delete()
    changes.archived += len(vanished)


# The file


def read(path):
    """Facts by name: attributes, choices, categories level by level, attributes of categories."""
    try:
        data = yaml.load(path.read_bytes(), Loader=LOADER)  # noqa: S506 both are safe loaders
        known = {"expires_after", "units", "attributes", "attribute_groups", "categories"}
        refuse_unknown(data, known, path.name)
        attributes, choices = read_attributes(data["attributes"])
        levels, own_attributes = read_categories(data)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.") from error
    except KeyError as error:
        raise Unreadable(f"{path.name} lacks or does not know {error}.") from error
    except (yaml.YAMLError, ArithmeticError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"{path.name} is not a catalogue: {error}") from error
    if unknown := {attribute for _, attribute in own_attributes} - {code for (code,) in attributes}:
        raise Unreadable(f"{path.name} has no attribute {sorted(unknown)[0]}.")
    return attributes, choices, levels, own_attributes


def read_attributes(entries):
    attributes, choices = {}, {}
    for entry in entries:
        code = entry["key"]
        known = {"key", "names", "help", "type", "unit", "min", "max", "decimals", "filter"}
        refuse_unknown(entry, known | {"choices"}, code)
        refuse_second(attributes, (code,))
        attributes[code,] = {
            "code": code,
            **names(entry["names"]),
            **{f"help_{code}": text for code, text in entry.get("help", NO_HELP).items()},
            "type": TYPES[entry["type"]].value,
            "unit": entry.get("unit", ""),
            "decimals": entry.get("decimals", decimals(entry)),
            "minimum": number(entry.get("min")),
            "maximum": number(entry.get("max")),
            "is_filterable": "filter" in entry,
            "is_archived": False,
        }
        for position, choice in enumerate(entry.get("choices", [])):
            refuse_unknown(choice, {"key", "en", "ru", "kk"}, f"{code}: {choice['key']}")
            refuse_second(choices, (code, choice["key"]))
            choices[code, choice["key"]] = {
                "code": choice["key"],
                **names(choice),
                "position": position,
                "is_archived": False,
            }
    return attributes, choices


NO_HELP = {"kk": "", "ru": "", "en": ""}


def read_categories(data):
    levels, own_attributes = [{} for _ in range(Category.LEVELS)], {}
    slugs = set()
    known = {
        *("slug", "names", "icon", "featured", "deal_types", "price_unit", "units"),
        *("price_kinds", "expires_after", "attributes", "required", "children"),
    }

    def read_below(entries, parent, level, expiry_days):
        for position, entry in enumerate(entries):
            slug = entry["slug"]
            refuse_unknown(entry, known, slug)
            refuse_second(slugs, slug)
            slugs.add(slug)
            if level == Category.LEVELS:
                raise ValueError(f"{slug} stands deeper than {Category.LEVELS} levels")
            days = entry.get("expires_after", expiry_days)
            levels[level][slug,] = {
                "parent_id": parent,
                "slug": slug,
                **names(entry["names"]),
                "icon": entry["icon"],
                "position": position,
                "is_featured": entry.get("featured", False),
                "deal_types": in_order_of(DealType, entry["deal_types"]),
                "units": in_order_of(PriceUnit, units(entry, data["units"])),
                "price_unit": entry["price_unit"],
                "price_kinds": in_order_of(PriceKind, entry.get("price_kinds", PriceKind.values)),
                "expiry_days": days,
                "is_archived": False,
            }
            for place, attribute in enumerate(entry.get("attributes", [])):
                refuse_second(own_attributes, (slug, attribute))
                own_attributes[slug, attribute] = {
                    "position": place,
                    "is_required": attribute in entry.get("required", []),
                }
            read_below(entry.get("children", []), slug, level + 1, days)

    read_below(data["categories"], None, 0, data["expires_after"])
    return levels, own_attributes


def units(entry, usual):
    if "units" in entry:
        return entry["units"]
    rent = UNITS_OF_TIME if "rent" in entry["deal_types"] else ()
    return [*usual[entry["price_unit"]], *rent]


def in_order_of(choices, values):
    """The order in which a form saves them too, or every save would look like an edit."""
    if unknown := set(values) - set(choices.values):
        raise ValueError(f"there is no {sorted(map(str, unknown))[0]}")
    return [value for value in choices.values if value in values]


def names(texts):
    return {f"name_{code}": texts[code].strip() for code in ("kk", "ru", "en")}


def number(value):
    return None if value is None else str(value)


def decimals(entry):
    """Two, or as many as the smallest has."""
    if entry["type"] != "decimal":
        return 0
    return max(2, -Decimal(str(entry.get("min", 0))).as_tuple().exponent)


def refuse_unknown(facts, known, where):
    if unknown := facts.keys() - known:
        raise ValueError(f"{where} has an unknown key {sorted(map(str, unknown))[0]!r}")


def refuse_second(known, name):
    if name in known:
        raise ValueError(f"{name} is there twice")
