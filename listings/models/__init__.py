from listings.models.catalogue import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
    DealType,
    PriceKind,
)
from listings.models.document import HiddenSeller, SearchDocument, Word
from listings.models.listing import Change, Listing, Revision, Vat
from listings.models.photo import Photo
from listings.models.rate import Currency, Rate

__all__ = [
    "Attribute",
    "CatalogueVersion",
    "Category",
    "CategoryAttribute",
    "Change",
    "Choice",
    "Currency",
    "DealType",
    "HiddenSeller",
    "Listing",
    "Photo",
    "PriceKind",
    "Rate",
    "Revision",
    "SearchDocument",
    "Vat",
    "Word",
]
