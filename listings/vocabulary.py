"""The words that a misspelt one is corrected to: of the catalogue and the map, and of titles."""

from django.db import connection, transaction

from listings.models import Category, Choice, Word
from places.models import Region, Settlement
from ui import alphabet

SHORTEST, LONGEST = 3, 40
NAMES = ["name_kk", "name_ru", "name_en"]

# A title that many have is taken apart once.
OF_TITLES = """
SELECT word FROM (
    SELECT first_seller, last_seller, regexp_split_to_table(
        translate(lower(title), %s, %s), '[^a-zа-яё]+'
    ) AS word
    FROM (
        SELECT title, min(listing.seller_id) AS first_seller, max(listing.seller_id) AS last_seller
        FROM listings_listing listing
        JOIN listings_searchdocument document ON document.listing_id = listing.id
        GROUP BY title
    ) titles
) written
WHERE length(word) BETWEEN %s AND %s
-- What two sellers write says nothing about either of them.
GROUP BY word HAVING min(first_seller) <> max(last_seller)
"""


def learn() -> int:
    """Read all names and titles anew, so that what nobody writes any more is forgotten too."""
    found = set()
    for model in (Category, Choice, Region, Settlement):
        for names in model.objects.values_list(*NAMES):
            for name in names:
                found |= {word for word in alphabet.folded(name).split() if not word.isdecimal()}
    with connection.cursor() as cursor:
        folding = [chr(code) for code in alphabet.TAKEN_FOR], list(alphabet.TAKEN_FOR.values())
        letters = "".join(folding[0]), "".join(map(chr, folding[1]))
        cursor.execute(OF_TITLES, [*letters, SHORTEST, LONGEST])
        found |= {word for (word,) in cursor.fetchall()}
    found = {word for word in found if SHORTEST <= len(word) <= LONGEST}
    with transaction.atomic():
        Word.objects.exclude(word__in=found).delete()
        Word.objects.bulk_create(
            [Word(word=word) for word in sorted(found)], ignore_conflicts=True, batch_size=5000
        )
    return len(found)
