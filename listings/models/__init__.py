from listings.models.catalogue import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
    DealType,
    PriceKind,
)

__all__ = [
    "Attribute",
    "CatalogueVersion",
    "Category",
    "CategoryAttribute",
    "Choice",
    "DealType",
    "PriceKind",
]
