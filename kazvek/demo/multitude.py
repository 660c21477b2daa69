"""As many ads as one likes: Python makes a few thousand patterns, PostgreSQL their copies.

With the same seed and number the ads are the same; their dates count from the moment of filling.
What a copy has of its own, its seller, place, price, dates and last words, follows from its number
by a hash. A test holds what stands here beside what the portal writes of the same ads.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from kazvek.demo import MODERATOR, crowd, filling, many_orders, people
from kazvek.demo.copying import hand_over, numbers
from kazvek.demo.patterns import COLUMNS, ENDINGS, Pattern, endings, patterns_of
from kazvek.demo.sellers import Trader
from listings.catalogue import current_catalogue
from listings.models import Listing
from listings.vocabulary import learn
from places.models import Region, Settlement
from ui import alphabet

PATTERNS = 5000
ADS_PER_SELLER = 50
FEWEST_SELLERS, MOST_SELLERS = 20, 20_000
# What the demo people have of their own, for the pages of an account.
DEMO_ADS = 60
# What grows by millions of rows: on an empty portal it is filled first and indexed then.
LARGE = [
    *("listings_listing", "listings_photo", "listings_change", "listings_searchdocument"),
    *("orders_order", "orders_orderseller", "orders_orderline", "orders_change", "orders_timer"),
    *("orders_offer", "orders_offerline"),
]

# Between 0 and 1, for whatever is left to chance in the copy of a number.
CHANCE = """
CREATE OR REPLACE FUNCTION pg_temp.chance(number bigint, seed bigint) RETURNS float8
LANGUAGE sql IMMUTABLE
AS 'SELECT (hashint8extended(number, seed) & 9007199254740991)::float8 / 9007199254740992'
"""

# As `listings.models.search_document.holding` has it.
BAGS_OF_PATTERNS = """
UPDATE pattern SET bag = setweight(to_tsvector('russian', said_first), 'A')
        || strip(to_tsvector('russian', said)) || array_to_tsvector(tokens),
    decimals = least(2, 2 - floor(log(price))::int)
"""
BAGS_OF_ENDINGS = "UPDATE ending SET bag = strip(to_tsvector('russian', words))"
BAGS_OF_PLACES = "UPDATE place SET bag = strip(to_tsvector('russian', words))"

# Where an ad of a category stands.
TOKENS_OF_PLACES = """
CREATE TEMP TABLE token_of_place ON COMMIT DROP AS
SELECT category, region, array_to_tsvector(
    'r:' || region
    || ARRAY(SELECT 'c:' || pk || '|r:' || region FROM unnest(path) pk WHERE pk IS NOT NULL)
) AS bag
FROM (SELECT DISTINCT category, ARRAY[section_key, branch, leaf] AS path FROM pattern) traded,
    (SELECT DISTINCT region FROM place) AS anywhere
"""

# The larger a number, the newer the ad: so they come about.
COPIES = """
CREATE TEMP TABLE copy ON COMMIT DROP AS
SELECT chosen.*, %(first)s + number AS id, %(first_photo)s - 1
        + sum(photos) OVER (ORDER BY number) - photos AS before_photos,
    least(begun + (4 + 296 * pg_temp.chance(number, %(seed)s + 7)) * interval '1 minute', %(now)s)
        AS published
FROM (
    SELECT number, pattern.id AS pattern, pattern.photos, trader.seller, trader.owner,
        trader.region, pattern.language,
        CASE WHEN pg_temp.chance(number, %(seed)s + 1) < 0.05 THEN 0
            ELSE 1 + floor(trader.towns * pg_temp.chance(number, %(seed)s + 2))::int END AS town,
        floor(%(endings)s * pg_temp.chance(number, %(seed)s + 3))::int AS first_ending,
        floor(%(endings)s * pg_temp.chance(number, %(seed)s + 4))::int AS second_ending,
        (80 + floor(45 * pg_temp.chance(number, %(seed)s + 5)))::numeric / 100 AS dearer,
        %(now)s - CASE pattern.state
            WHEN 'expired' THEN
                (pattern.term + 1 + 10 * pg_temp.chance(number, %(seed)s + 6)) * interval '1 day'
            WHEN 'pending' THEN 3 * pg_temp.chance(number, %(seed)s + 6) * interval '1 day'
            ELSE 0.97 * least(30, pattern.term) * interval '1 day'
                * (%(ads)s - number + pg_temp.chance(number, %(seed)s + 6)) / %(ads)s
        END AS begun
    FROM generate_series(1, %(ads)s) number
    JOIN pattern
        ON pattern.id = 1 + floor(%(patterns)s * pg_temp.chance(number, %(seed)s))::int
    JOIN (SELECT section, count(*) AS traders FROM trader GROUP BY section) size
        ON size.section = pattern.section
    -- Few sellers have many ads.
    JOIN trader ON trader.section = pattern.section
        AND trader.place = 1 + floor(traders * pg_temp.chance(number, %(seed)s + 8) ^ 2)::int
) chosen
"""

LISTINGS = """
INSERT INTO listings_listing (id, seller_id, state, category_id, deal_type, title, description,
    language, answers, photo_order, document_order, price_kind, price, price_to, currency, unit,
    vat, price_kzt, price_kzt_on, quantity, minimum_order, step, region_id, settlement_id, village,
    created_at, touched_at, first_published_at, sort_at, expires_at, waiting_since, version)
OVERRIDING SYSTEM VALUE
SELECT copy.id, seller, state, category, deal_type, title,
    description || ' ' || one.words || ' ' || other.words || ', № ' || copy.id, copy.language,
    answers,
    ARRAY(SELECT before_photos::bigint + each FROM generate_series(1, copy.photos) each), '{}',
    price_kind, now.price, now.price_to, currency, unit, vat,
    CASE WHEN currency = 'KZT' OR times IS NOT NULL THEN round(now.price * times, 2) END,
    CASE WHEN now.price * times IS NOT NULL THEN times_on END,
    quantity, minimum_order, step, copy.region, place.settlement, village, begun,
    CASE WHEN state = 'pending' THEN begun ELSE published END,
    CASE WHEN state <> 'pending' THEN published END,
    CASE WHEN state <> 'pending' THEN published END,
    CASE WHEN state <> 'pending' THEN published + term * interval '1 day' END,
    CASE WHEN state = 'pending' THEN begun + (%(now)s - begun) / 2
        WHEN is_changed THEN %(now)s - (%(now)s - published) / 3 END,
    1
FROM copy
JOIN pattern ON pattern.id = copy.pattern
JOIN place ON place.region = copy.region AND place.number = copy.town
JOIN ending one ON one.language = copy.language AND one.number = first_ending
JOIN ending other ON other.language = copy.language AND other.number = second_ending
-- Kept apart, or each mention of a price would be reckoned anew.
CROSS JOIN LATERAL (
    SELECT round(pattern.price * dearer, decimals) AS price,
        round(price_to * dearer, decimals) AS price_to
    OFFSET 0
) now
"""

DOCUMENTS = """
INSERT INTO listings_searchdocument (listing_id, seller_id, section, branch, leaf, deal_type,
    region, latitude, longitude, price_kzt, sort_at, expires_at, version, choices, bag)
SELECT listing.id, seller_id, section_key, branch, leaf, listing.deal_type, copy.region,
    latitude, longitude, price_kzt, sort_at, expires_at, version, choices,
    pattern.bag || place.bag || one.bag || other.bag || token_of_place.bag
        || array_to_tsvector(ARRAY[copy.id::text])
FROM copy
JOIN listings_listing listing ON listing.id = copy.id
JOIN pattern ON pattern.id = copy.pattern
JOIN place ON place.region = copy.region AND place.number = copy.town
JOIN token_of_place
    ON token_of_place.category = pattern.category AND token_of_place.region = copy.region
JOIN ending one ON one.language = copy.language AND one.number = first_ending
JOIN ending other ON other.language = copy.language AND other.number = second_ending
WHERE listing.state = 'published'
-- As they would have come.
ORDER BY sort_at
"""

PHOTOS = """
INSERT INTO listings_photo (id, listing_id, state, stem, widths, width, height, uploaded_at,
    attempts, file_name, reason, upload)
OVERRIDING SYSTEM VALUE
SELECT before_photos + photo.number, copy.id, 'ready', stem, widths, width, height, begun,
    0, '', '', ''
FROM copy JOIN photo ON photo.pattern = copy.pattern
"""

HISTORY = """
INSERT INTO listings_change (listing_id, act, role, by_id, before, after, at)
SELECT copy.id, act, role,
    CASE role WHEN 'seller' THEN owner WHEN 'staff' THEN %(moderator)s END, before, after,
    CASE change.number WHEN 1 THEN begun WHEN 2 THEN published
        ELSE least(published + term * interval '1 day', published + (%(now)s - published) / 2) END
FROM copy
JOIN change ON change.pattern = copy.pattern
JOIN pattern ON pattern.id = copy.pattern
"""

REVISIONS = """
INSERT INTO listings_revision (listing_id, state, touched_at, deal_type, category_id, title,
    description, language, answers, photo_order, document_order)
SELECT listing.id, 'pending', waiting_since, listing.deal_type, category_id, listing.title,
    listing.description || ' ' || words, listing.language, listing.answers, photo_order, '{}'
FROM copy
JOIN pattern ON pattern.id = copy.pattern AND is_changed
JOIN listings_listing listing ON listing.id = copy.id
JOIN ending ON ending.language = copy.language AND ending.number = first_ending
"""


def fill(ads: int, seed: int, say) -> None:
    """So many more ads, all or none; and what the demo people have of their own."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demo'))")
        # A table with checks still to be made cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL max_parallel_maintenance_workers = 2")
        people.add_people()
        moderator = User.objects.get(email=MODERATOR)
        wanted = min(max(ads // ADS_PER_SELLER, FEWEST_SELLERS), MOST_SELLERS)
        traders = crowd.add_sellers(cursor, wanted, moderator, seed)
        say(f"{len(traders)} sellers")
        patterns = patterns_of(traders, moderator, min(ads, PATTERNS), seed)
        say(f"{len(patterns)} ads as patterns")
        cursor.execute(CHANCE)
        copy_patterns(cursor, patterns)
        copy_traders(cursor, traders)
        copy_places(cursor)
        copy_endings(cursor, seed)
        with filled_first(cursor, say):
            chosen = copy_ads(cursor, ads, len(patterns), moderator, seed, say)
            with many_orders.beside(cursor, traders, patterns, moderator, chosen) as orders:
                copy_what_belongs_to_them(cursor, chosen, say)
            say(f"{orders} orders")
    if not filling.fill(DEMO_ADS, seed):
        learn()
    say("words")
    vacuum()
    say("statistics")


def vacuum():
    """All tables, the largest first, two at a time."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall()]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(vacuum_one, tables))


def vacuum_one(table):
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {table}")
    # Each thread has its own.
    connection.close()


# What Python hands over


def copy_patterns(cursor, patterns: list[Pattern]):
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS.items())
    make(cursor, "pattern", f"id int PRIMARY KEY, {columns}, bag tsvector, decimals int")
    rows = ((number, *pattern.row) for number, pattern in enumerate(patterns, 1))
    hand_over(cursor, f"pattern (id, {', '.join(COLUMNS)})", rows)
    cursor.execute(BAGS_OF_PATTERNS)
    make(
        cursor,
        "photo",
        "pattern int, number int, stem text, widths int[], width int, height int",
    )
    hand_over(
        cursor,
        "photo",
        (
            (number, place, photo.stem, photo.widths, photo.width, photo.height)
            for number, pattern in enumerate(patterns, 1)
            for place, photo in enumerate(pattern.ad.photos, 1)
        ),
    )
    make(cursor, "change", "pattern int, number int, act text, role text, before text, after text")
    hand_over(
        cursor,
        "change",
        (
            (number, place, change.act, change.role, change.before, change.after)
            for number, pattern in enumerate(patterns, 1)
            for place, change in enumerate(pattern.ad.history, 1)
        ),
    )


def copy_traders(cursor, traders: list[Trader]):
    """Under each section those who trade in it; where nobody does, all of them."""
    towns = Counter(Settlement.objects.shown().values_list("region", flat=True))
    by_section = {section.slug: [] for section in current_catalogue().sections}
    for trader in traders:
        for section in trader.sections:
            by_section[section].append(trader)
    make(
        cursor,
        "trader",
        "section text, place int, seller bigint, owner bigint, region text, towns int, "
        "PRIMARY KEY (section, place)",
    )
    hand_over(
        cursor,
        "trader",
        (
            (section, place, one.seller.pk, one.owner_id, region, towns[region])
            for section, of_section in by_section.items()
            for place, one in enumerate(of_section or traders, 1)
            for region in [one.seller.region_id]
        ),
    )


def copy_places(cursor):
    """Of each region itself, as number 0, and its towns."""
    make(
        cursor,
        "place",
        "region text, number int, settlement bigint, latitude float8, longitude float8, "
        "words text, bag tsvector, PRIMARY KEY (region, number)",
    )
    towns = {}
    for town in Settlement.objects.shown().exclude(region=None).order_by("geonames_id"):
        towns.setdefault(town.region_id, []).append(town)
    hand_over(
        cursor,
        "place (region, number, settlement, latitude, longitude, words)",
        (
            (region.pk, number, town and town.pk, *where(town or region), names(region, town))
            for region in Region.objects.shown()
            for number, town in enumerate([None, *towns.get(region.pk, [])])
        ),
    )
    cursor.execute(BAGS_OF_PLACES)


def where(place):
    return float(place.latitude), float(place.longitude)


def names(*places):
    named = [(one.name_kk, one.name_ru, one.name_en) for one in places if one]
    return " ".join(alphabet.folded(name) for three in named for name in three)


def copy_endings(cursor, seed):
    make(
        cursor,
        "ending",
        "language text, number int, words text, bag tsvector, PRIMARY KEY (language, number)",
    )
    hand_over(cursor, "ending (language, number, words)", endings(seed))
    cursor.execute(BAGS_OF_ENDINGS)


def make(cursor, table, columns):
    cursor.execute(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")


# What PostgreSQL makes of it


def copy_ads(cursor, ads, patterns, moderator, seed, say):
    """What was left to chance, for the statements that follow."""
    for table in ("pattern", "photo", "change", "trader", "place", "ending"):
        cursor.execute(f"ANALYZE {table}")
    cursor.execute(TOKENS_OF_PLACES)
    chosen = {
        "ads": ads,
        "seed": 100 * seed,
        "patterns": patterns,
        "endings": ENDINGS,
        "now": timezone.now(),
        "moderator": moderator.pk,
        "first": numbers(cursor, "listings_listing", ads) - 1,
        "first_photo": 0,
    }
    cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM listings_photo")
    [[chosen["first_photo"]]] = cursor.fetchall()
    with joining_all(cursor):
        cursor.execute(COPIES, chosen)
        cursor.execute("ANALYZE copy")
        say("what is left to chance")
        cursor.execute(LISTINGS, chosen)
        say(f"{cursor.rowcount} ads")
    cursor.execute("ANALYZE listings_listing")
    return chosen


@contextmanager
def joining_all(cursor):
    """For statements that join all of everything: a wrong guess would look up a million rows one
    by one. What triggers ask of one row is not for them.
    """
    for way in ("nestloop", "mergejoin"):
        cursor.execute(f"SET LOCAL enable_{way} = off")
    yield
    for way in ("nestloop", "mergejoin"):
        cursor.execute(f"SET LOCAL enable_{way} = on")


def copy_what_belongs_to_them(cursor, chosen, say):
    for name, statement in {
        "search documents": DOCUMENTS,
        "photos": PHOTOS,
        "changes of state": HISTORY,
        "changes that wait for a moderator": REVISIONS,
    }.items():
        with joining_all(cursor):
            cursor.execute(statement, chosen)
            say(f"{cursor.rowcount} {name}")
    cursor.execute("SELECT greatest(max(id), 1) FROM listings_photo")
    [[last]] = cursor.fetchall()
    cursor.execute("SELECT setval(pg_get_serial_sequence('listings_photo', 'id'), %s)", [last])


@contextmanager
def filled_first(cursor, say):
    """Where there is no ad yet, without indexes and what goes row by row; they come back after."""
    if Listing.objects.exists():
        yield
        return
    cursor.execute(INDEXES, [LARGE])
    indexes = cursor.fetchall()
    cursor.execute(REFERENCES, [LARGE])
    references = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    for table, name, _definition in references:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for table in LARGE:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        # Into a new file: with wal_level = minimal nothing of it is written to the log as well.
        cursor.execute(f"CLUSTER {table} USING {table}_pkey")
        cursor.execute(f"ALTER TABLE {table} SET WITHOUT CLUSTER")
    yield
    for table in LARGE:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for _name, definition in indexes:
        cursor.execute(definition)
    say(f"{len(indexes)} indexes")
    for table, name, definition in references:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    say(f"{len(references)} references")


# But for those of primary keys, on which other tables lean.
INDEXES = """
SELECT quote_ident(relname), pg_get_indexdef(indexrelid)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = ANY (%s::text[]::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
ORDER BY indexrelid
"""
REFERENCES = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY (%s::text[]::regclass[]) ORDER BY oid
"""
TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
ORDER BY pg_relation_size(oid) DESC
"""
