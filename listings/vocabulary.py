"""The words that a misspelt one is corrected to: of the catalogue and the map, and of titles."""

from django.db import connection, transaction

from listings.models import Category, Choice, Word
from places.models import Region, Settlement
from ui import alphabet

SHORTEST, LONGEST = 3, 40
# A word that two sellers write says nothing about either of them.
FEWEST_SELLERS = 2
NAMES = ["name_kk", "name_ru", "name_en"]

OF_TITLES = """
SELECT word FROM (
    SELECT DISTINCT listing.seller_id, regexp_split_to_table(
        translate(lower(listing.title), %s, %s), '[^a-zа-яё]+'
    ) AS word
    FROM listings_listing listing
    JOIN listings_searchdocument document ON document.listing_id = listing.id
) written
WHERE length(word) BETWEEN %s AND %s
GROUP BY word HAVING count(*) >= %s
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
        cursor.execute(OF_TITLES, [*letters, SHORTEST, LONGEST, FEWEST_SELLERS])
        found |= {word for (word,) in cursor.fetchall()}
    found = {word for word in found if SHORTEST <= len(word) <= LONGEST}
    with transaction.atomic():
        Word.objects.exclude(word__in=found).delete()
        Word.objects.bulk_create(
            [Word(word=word) for word in sorted(found)], ignore_conflicts=True, batch_size=5000
        )
    return len(found)
