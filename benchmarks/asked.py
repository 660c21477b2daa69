"""What is asked of a portal that is measured: addresses of pages, chosen from what is there."""

from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import urlencode

import psycopg

from ui import alphabet

ADS, POPULAR = 5000, 400
SEARCHES = 40
DEPTH = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORDS = [
    *("пшеница", "ячмень", "трактор", "комбайн", "подшипник", "цемент", "арматура", "дизель"),
    *("бидай", "арпа", "сиыр", "қой", "жүгері", "тыңайтқыш", "wheat", "tractor", "barley"),
    *("сеялка", "насос", "перевозка", "мука", "картофель", "шина", "фильтр"),
]
# As people mistype them: two letters that changed places, one too few or too many, another one.
MISTYPED = {
    "пшеница": "пшениуа",
    "трактор": "тарктор",
    "комбайн": "комбаин",
    "подшипник": "подшыпник",
    "арматура": "арматурра",
    "картофель": "картофел",
    "перевозка": "перевозкка",
    "ячмень": "ячмнь",
}

CATEGORIES = """
SELECT slug FROM listings_category category
JOIN (
    SELECT unnest(ARRAY[section, branch, leaf]) AS id, count(*) AS ads
    FROM listings_searchdocument GROUP BY 1
) found USING (id)
WHERE ads >= 60 ORDER BY ads DESC, slug
"""
NEWEST = """
SELECT id, title FROM listings_listing WHERE state = 'published' ORDER BY sort_at DESC LIMIT %s
"""
AT_DEPTH = """
SELECT sort_at, listing_id FROM listings_searchdocument
ORDER BY sort_at DESC, listing_id DESC OFFSET %s LIMIT 1
"""
# Ads that answer with three choices at least, and cost something.
ANSWERED = """
SELECT category.slug, document.region, document.deal_type, document.price_kzt,
    (
        SELECT array_agg(attribute.code || '=' || choice.code ORDER BY attribute.code)
        FROM listings_choice choice
        JOIN listings_attribute attribute ON attribute.id = choice.attribute_id
        WHERE choice.id = ANY (document.choices) AND attribute.type = 'choice'
            AND attribute.is_filterable
    ) AS answers
FROM listings_searchdocument document
JOIN listings_listing listing ON listing.id = document.listing_id
JOIN listings_category category ON category.id = listing.category_id
WHERE document.price_kzt IS NOT NULL AND cardinality(document.choices) >= 3
ORDER BY document.listing_id LIMIT 2000
"""


class Asked:
    def __init__(self, url: str):
        self.rng = Random(7)  # noqa: S311 nothing secret
        with psycopg.connect(url) as connection:
            self.categories = [
                f"/ru/listings/{slug}/" for (slug,) in connection.execute(CATEGORIES)
            ]
            newest = connection.execute(NEWEST, [ADS]).fetchall()
            (live,) = connection.execute("SELECT count(*) FROM listings_searchdocument").fetchone()
            at, key = connection.execute(AT_DEPTH, [min(DEPTH, live // 2)]).fetchone()
            answered = [row for row in connection.execute(ANSWERED) if len(row[4] or []) >= 2]
        self.browsed = self.as_people_open(self.categories)
        self.rng.shuffle(self.categories)
        self.first = ["/ru/listings/"]
        after = f"{(at - EPOCH) // timedelta(microseconds=1)}-{key}"
        self.deep = [f"/ru/listings/?after={after}"]
        addresses = [f"/ru/listing/{key}/{slug_of(title)}/" for key, title in newest]
        self.ads = self.as_people_open(addresses[:POPULAR])
        self.any_ads = addresses
        self.words = [searched(word) for word in WORDS]
        self.right = [searched(word) for word in MISTYPED]
        self.mistyped = [searched(word) for word in MISTYPED.values()]
        self.filtered = list(map(filtered, self.rng.sample(answered, SEARCHES)))

    def as_people_open(self, addresses):
        """The first most often, the second half as often, and each by somebody."""
        often = [1 / place for place in range(1, len(addresses) + 1)]
        return self.rng.choices(addresses, often, k=20_000)


def slug_of(title):
    return alphabet.slug(title, 80) or "ad"


def searched(word):
    return "/ru/listings/?" + urlencode({"q": word})


def filtered(row):
    """Two answers, the region and the deal, between half the price and twice as much."""
    slug, region, deal, price, answers = row
    asked = [answer.split("=") for answer in answers[:2]]
    parameters = [
        ("deal", deal),
        *((f"a.{attribute}", choice) for attribute, choice in asked),
        *([("region", region)] if region else []),
        ("price_from", round(price / 2)),
        ("price_to", round(price * 2)),
    ]
    return f"/ru/listings/{slug}/?{urlencode(parameters)}"
