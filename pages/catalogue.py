from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """A part of the catalogue: its address, its sign, and what people mostly look for in it."""

    slug: str
    icon: str
    name: Promise
    parts: tuple[tuple[str, Promise], ...] = ()


SECTIONS = [
    Section(
        "grain-oilseeds-pulses",
        "wheat",
        _("Grain, oilseeds and pulses"),
        (
            ("wheat", _("Wheat")),
            ("barley", _("Barley")),
            ("sunflower-seed", _("Sunflower seed")),
            ("flaxseed", _("Flaxseed")),
            ("peas", _("Peas")),
        ),
    ),
    Section(
        "seeds-agrochemicals",
        "seedling",
        _("Seeds, fertilisers and crop protection"),
        (
            ("grain-seeds", _("Cereal seeds")),
            ("crop-protection", _("Crop protection products")),
        ),
    ),
    Section(
        "livestock-feed",
        "cow",
        _("Livestock, poultry and feed"),
        (
            ("cattle", _("Cattle")),
            ("sheep", _("Sheep")),
            ("horses", _("Horses")),
            ("poultry", _("Poultry")),
            ("compound-feed", _("Compound feed")),
        ),
    ),
    Section(
        "food-produce",
        "package",
        _("Food and raw produce wholesale"),
        (
            ("meat", _("Meat")),
            ("dairy-products", _("Milk and dairy products")),
            ("flour", _("Flour")),
            ("vegetable-oil", _("Vegetable oil")),
        ),
    ),
    Section(
        "agricultural-machinery",
        "tractor",
        _("Agricultural machinery and farm equipment"),
        (
            ("tractors", _("Tractors")),
            ("combine-harvesters", _("Combine harvesters")),
            ("seeders", _("Seeders and planters")),
            ("sprayers", _("Sprayers")),
        ),
    ),
    Section(
        "construction-machinery",
        "backhoe",
        _("Construction, road and mining machinery"),
        (
            ("excavators", _("Excavators")),
            ("bulldozers", _("Bulldozers")),
            ("cranes-lifts", _("Cranes and aerial platforms")),
        ),
    ),
    Section(
        "trucks-trailers",
        "truck",
        _("Trucks and trailers"),
        (
            ("truck-tractors", _("Truck tractors")),
            ("dump-trucks", _("Dump trucks")),
            ("flatbed-grain-trucks", _("Flatbed and grain trucks")),
        ),
    ),
    Section(
        "spare-parts",
        "cog",
        _("Spare parts, tyres and consumables"),
        (
            ("tractor-parts", _("Tractor parts")),
            ("bearings-seals", _("Bearings and seals")),
            ("tyres-wheels", _("Tyres and wheels")),
            ("batteries", _("Batteries")),
        ),
    ),
    Section(
        "fuel-chemicals",
        "gas-station",
        _("Fuel, lubricants and chemicals"),
        (
            ("diesel-fuel", _("Diesel fuel")),
            ("petrol", _("Petrol")),
            ("coal-solid-fuel", _("Coal, firewood and pellets")),
        ),
    ),
    Section(
        "metal",
        "pipeline",
        _("Metal and metal products"),
        (
            ("rolled-steel", _("Rolled steel and pipes")),
            ("nonferrous-metals", _("Non-ferrous metals")),
            ("scrap", _("Scrap and recyclables")),
        ),
    ),
    Section(
        "industrial-equipment",
        "building-factory-2",
        _("Industrial equipment, electrical and safety"),
        (
            ("pumps", _("Pumps")),
            ("generators", _("Generators and UPS")),
            ("compressors", _("Compressors")),
            ("cables-wires", _("Cables and wires")),
        ),
    ),
    Section(
        "building-materials-packaging",
        "building-warehouse",
        _("Building materials, timber and packaging"),
        (
            ("cement-dry-mixes", _("Cement and dry mixes")),
            ("timber-panels", _("Timber and wood panels")),
            ("bags-film-twine", _("Bags, film and twine")),
        ),
    ),
    Section(
        "land-property",
        "barn",
        _("Land and production property"),
        (
            ("agricultural-land", _("Agricultural land")),
            ("warehouses", _("Warehouses and granaries")),
        ),
    ),
    Section(
        "services",
        "wrench",
        _("Services"),
        (
            ("transport-services", _("Grain and freight transport")),
            ("repair-services", _("Machinery and equipment repair")),
            ("machinery-rental", _("Machinery rental")),
        ),
    ),
]

# Every address of the catalogue that answers, with the words it is known by.
NAMES = {
    slug: name
    for section in SECTIONS
    for slug, name in ((section.slug, section.name), *section.parts)
}
