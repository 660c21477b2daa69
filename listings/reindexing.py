"""Bringing the search documents in line with the ads, a thousand at a time."""

from django.db import connection, transaction

from listings.models import Listing, SearchDocument
from listings.models.rate import Rate

CHUNK = 1000

# Published without a document or with one that is not of its present version and place in the
# catalogue; or not published and still with one.
LAGGING = """
SELECT listing.id FROM listings_listing listing
JOIN listings_category category ON category.id = listing.category_id
LEFT JOIN listings_searchdocument document ON document.listing_id = listing.id
WHERE listing.id > %s AND (
    listing.state = 'published' AND (
        document.listing_id IS NULL
        OR document.version <> listing.version
        OR array_remove(ARRAY[document.section, document.branch, document.leaf], NULL)
            <> category.ancestors || category.id
    )
    OR listing.state <> 'published' AND document.listing_id IS NOT NULL
)
ORDER BY listing.id LIMIT %s
"""
EVERY = "SELECT id FROM listings_listing WHERE id > %s ORDER BY id LIMIT %s"


def reindex(*, behind: int = 0, every: bool = False) -> int | None:
    """The next so many ads behind this one. Returns the last of them, None when there is none."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(EVERY if every else LAGGING, [behind, CHUNK])
            keys = [key for (key,) in cursor.fetchall()]
        if not keys:
            return None
        ads = Listing.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=["self"])
        ads = list(ads.select_related("category", "region", "settlement__region"))
        compare(ads)
        SearchDocument.objects.file(ads)
    return keys[-1]


def compare(ads):
    """Prices in tenge by the last rates, for the unit that the category compares by."""
    rates = Rate.objects.current()
    changed = []
    for ad in ads:
        before = ad.price_kzt, ad.price_kzt_on
        ad.compare_price(rates)
        if (ad.price_kzt, ad.price_kzt_on) != before:
            ad.version += 1
            changed.append(ad)
    Listing.objects.bulk_update(changed, [*Listing.COMPARED, "version"])
    return changed
