from listings.models.catalogue import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
    DealType,
    PriceKind,
)
from listings.models.places import Country, District, Region, Settlement

__all__ = [
    "Attribute",
    "CatalogueVersion",
    "Category",
    "CategoryAttribute",
    "Choice",
    "Country",
    "DealType",
    "District",
    "PriceKind",
    "Region",
    "Settlement",
]
