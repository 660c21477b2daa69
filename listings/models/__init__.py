from listings.models.catalogue import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
    DealType,
    PriceKind,
)
from listings.models.document import Document
from listings.models.leftover import Leftover
from listings.models.listing import Change, Currency, Listing, Revision, Vat
from listings.models.photo import Photo

__all__ = [
    "Attribute",
    "CatalogueVersion",
    "Category",
    "CategoryAttribute",
    "Change",
    "Choice",
    "Currency",
    "DealType",
    "Document",
    "Leftover",
    "Listing",
    "Photo",
    "PriceKind",
    "Revision",
    "Vat",
]
