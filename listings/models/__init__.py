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
from listings.models.listing import Change, Listing, Revision, Vat
from listings.models.photo import Photo
from listings.models.rate import Currency, Rate
from listings.models.saved_search import SavedSearch
from listings.models.search_document import HiddenSeller, SearchDocument, Word

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
    "Document",
    "Favourite",
    "Folding",
    "HiddenSeller",
    "Leftover",
    "Listing",
    "Photo",
    "PriceKind",
    "Rate",
    "Revision",
    "SavedSearch",
    "SearchDocument",
    "Vat",
    "Word",
]
