from listings.models.catalogue import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
    DealType,
    PriceKind,
)
from listings.models.daily_count import DailyCount, Folding
from listings.models.document import Document
from listings.models.favourite import Favourite
from listings.models.leftover import Leftover
from listings.models.listing import Change, Currency, Listing, Revision, Vat
from listings.models.photo import Photo
from listings.models.saved_search import SavedSearch

__all__ = [
    "Attribute",
    "CatalogueVersion",
    "Category",
    "CategoryAttribute",
    "Change",
    "Choice",
    "Currency",
    "DailyCount",
    "DealType",
    "Favourite",
    "Folding",
    "Document",
    "Leftover",
    "Listing",
    "Photo",
    "PriceKind",
    "Revision",
    "SavedSearch",
    "Vat",
]
