"""How ads are found: one statement for a page of them, their number and the numbers beside the
filters; a few more when the words have to be repaired first.
"""

import math
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import reduce
from operator import and_

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import OperationalError, models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from psycopg.errors import QueryCanceled

from listings.models import Attribute, SearchDocument
from listings.models.search_document import LEVELS, yes_no
from listings.newest import HASTE, newest_with
from listings.query import Query, Range, Sort
from listings.statements import MOMENT, within
from listings.words import asked_for, other_layout, range_tokens
from ui import alphabet
from ui.replicas import reading

Type = Attribute.Type
PAGE = 24
# Numbers are exact up to here; above they are those of the newest so many.
EXACT = 1000
RANKED = 200
# Milliseconds. A search that takes longer is made anew among the ads of the last days.
PATIENCE = 2000
LAST_DAYS = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHORTEST_MISSPELT = 4
EARTH_KM = 6371


@dataclass(frozen=True)
class Numbers:
    """How many ads there are beside each choice of a facet."""

    number: dict[str, int] = field(default_factory=dict)
    total: int = 0

    @property
    def is_exact(self):
        return self.total <= EXACT


@dataclass(frozen=True)
class Found:
    # As it was searched for: perhaps in other words than asked.
    query: Query
    keys: list[int]
    # Of the first ad of the following page.
    next_key: int | None
    # Where the following page begins; empty on the last one.
    following: str
    # By facet: of the whole search, or without the facet's own choice where it has one.
    numbers: dict[str, Numbers]
    repaired: str = ""
    # Only the ads of the last days were looked through.
    is_partial: bool = False

    @property
    def total(self):
        return min(self.all.total, EXACT)

    @property
    def is_exact(self):
        return self.all.is_exact

    @property
    def all(self) -> Numbers:
        return self.numbers.get("", Numbers())

    def numbers_of(self, facet) -> Numbers:
        return self.numbers.get(facet, self.all)


class Lexemes(SearchQuery):
    """One of these tokens, as they are: to_tsquery would tear 'c:7|r:KZ-39' apart."""

    def __init__(self, tokens):
        quoted = " | ".join("'{}'".format(token.replace("'", "''")) for token in sorted(tokens))
        super().__init__(quoted)

    def as_sql(self, compiler, connection, function=None, template=None):
        return super().as_sql(compiler, connection, function, "%(expressions)s::tsquery")


def search(query: Query, facets: tuple[str, ...] = ()) -> Found:
    """The page of the query that begins behind `query.after`, if that is a place."""
    found = attempt(query, facets)
    if found.all.total or not query.q or query.after:
        return found
    if repaired := repair(query.q):
        again = attempt(replace(query, q=repaired), facets)
        if again.all.total:
            return replace(again, repaired=repaired)
    return found


def attempt(query, facets):
    if query.q:
        with suppress_canceled():
            lately = newest_with(EXACT + 1, documents(query))
            found = lately and count(query, facets, lately, patience=HASTE)
            if found and not any(numbers.is_exact for numbers in found.numbers.values()):
                return found  # the newest of all, as if all had been read
    with suppress_canceled():
        return count(query, facets)
    since = timezone.now() - LAST_DAYS
    return replace(count(query, (), since, shown_since=since), is_partial=True)


@contextmanager
def suppress_canceled():
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise


def count(query, facets, since=None, *, shown_since=None, patience=None):
    """With the page of it; its numbers are those of the ads since then."""
    parts = {"whole": newest(documents(query, since))}
    names = {"whole": ""}
    for place, facet in enumerate(facets):
        names[f"without_{place}"] = facet
        parts[f"without_{place}"] = newest(documents(without_facet(query, facet), since))
    page, counted = [], {name: {} for name in parts}
    shown = placed(query, shown_since, beside_whole=True)
    counted_by = COUNTED + CHOICES if query.category else COUNTED
    for part, kind, value, number in ask(counted_by, parts, query.category, shown, patience):
        if part == "page":
            page.append((number, int(kind), value))
        else:
            counted[part][f"{kind}:{value}"] = number
    page.sort()
    numbers = {
        names[part]: Numbers(number, number.pop("total:")) for part, number in counted.items()
    }
    following = page[PAGE - 1][2] if len(page) > PAGE else ""
    keys = [key for _place, key, _at in page]
    next_key = keys[PAGE] if following else None
    return Found(query, keys[:PAGE], next_key, following, numbers)


def totals(queries: dict[str, Query]) -> dict[str, int]:
    """How many ads each of these finds, up to one more than is counted exactly."""
    parts = {f"q{place}": newest(documents(query)) for place, query in enumerate(queries.values())}
    found = {part: number for part, _kind, _value, number in ask(TOTAL, parts)} if parts else {}
    return {name: found[part] for name, part in zip(queries, parts, strict=True)}


def without_facet(query, facet):
    return query.without(*(name for name in query.filters if name.partition(":")[0] == facet))


def documents(query: Query, since=None, at=None):
    """The documents of all ads that the query finds."""
    found = SearchDocument.objects.live(at)
    if since:
        found = found.filter(sort_at__gte=since)
    tags = tags_of(query)
    category = query.category
    if category and not tags:
        found = found.filter(**{LEVELS[category.level]: category.pk})
        if len(query.regions) == 1:
            found = found.filter(region=query.regions[0])
    elif len(query.regions) == 1 and not tags:
        found = found.filter(region=query.regions[0])
    if len(query.regions) > 1 or (query.regions and tags):
        tags = [[f"r:{code}" for code in query.regions], *tags]
    conditions = []
    for alternatives in tags:
        within = f"c:{category.pk}|" if category else ""
        conditions.append(Lexemes(f"{within}{tag}" for tag in alternatives))
    if query.deal and tags:
        # A token of two ads in three takes longer to look up than to look at what is left.
        found = found.filter(deal_type=query.deal)
    elif query.deal:
        conditions.append(Lexemes([f"d:{query.deal}"]))
    for attribute, value in query.answers.items():
        if isinstance(value, Range):
            tokens = [f"n{attribute.pk}:{one}" for one in range_tokens(value.low, value.high)]
            conditions.append(Lexemes(tokens or ["nothing"]))
    conditions += conditions_of(query.q)
    if conditions:
        found = found.filter(bag=all_of(conditions))
    if query.near and query.km:
        found = found.filter(around(query.near, query.km)).alias(metres=metres(query.near))
        found = found.filter(metres__lte=query.km * 1000)
    return priced(found, query)


def tags_of(query):
    """For each thing asked the tokens of which one is enough."""
    tags = []
    for attribute, value in query.answers.items():
        if isinstance(value, bool):
            tags.append([f"a:{yes_no(attribute.pk, value)}"])
        elif attribute.type == Type.CHOICES:
            # Whoever wants two of several wants both.
            tags += [[f"a:{choice.pk}"] for choice in value]
        elif isinstance(value, tuple):
            tags.append([f"a:{choice.pk}" for choice in value])
    return tags


def conditions_of(q):
    words, conditions = [], []
    for word, numbers in asked_for(q):
        if numbers:
            spelt = SearchQuery(word, config="russian", search_type="plain")
            conditions.append(spelt | Lexemes(f"p:{number}" for number in numbers))
        else:
            words.append(word)
    if words:
        spelt = SearchQuery(" ".join(words), config="russian", search_type="plain")
        conditions.append(spelt)
    return conditions


def all_of(conditions):
    return reduce(and_, conditions)


def priced(found, query):
    asked = Q()
    if query.price:
        if query.price.low is not None:
            asked &= Q(price_kzt__gte=query.price.low)
        if query.price.high is not None:
            asked &= Q(price_kzt__lte=query.price.high)
    if query.no_price:
        return found.filter(asked | Q(price_kzt=None)) if asked else found
    return found.filter(asked, price_kzt__isnull=False) if asked or query.is_by_price else found


def newest(found):
    counted = [*LEVELS, "region", "deal_type", "choices"]
    return found.order_by("-sort_at", "-pk").values("listing_id", "sort_at", *counted)[: EXACT + 1]


# Pages. A place is what orders an ad and its key, so that what comes or goes elsewhere moves
# nothing.

PLACES = {
    Sort.NEW: re.compile(r"(?P<at>\d{1,17})-(?P<key>\d{1,18})", re.ASCII),
    Sort.PRICE: re.compile(r"(?P<price>\d{1,16}\.\d\d|)-(?P<key>\d{1,18})", re.ASCII),
    Sort.DEAREST: re.compile(r"(?P<price>\d{1,16}\.\d\d|)-(?P<key>\d{1,18})", re.ASCII),
    Sort.NEAREST: re.compile(r"(?P<metres>\d{1,9})-(?P<key>\d{1,18})", re.ASCII),
    Sort.RELEVANCE: re.compile(
        r"(?P<score>\d{1,9})-(?P<at>\d{1,17})-(?P<key>\d{1,18})-(?P<newest>\d{1,17})", re.ASCII
    ),
}


def newest_of_whole(number):
    """Of what is counted anyway, in the same statement."""
    sql = "SELECT listing_id FROM whole ORDER BY sort_at DESC, listing_id DESC LIMIT %s"
    return RawSQL(sql, [number])  # noqa: S611 nothing of a person is in it


def placed(query, since=None, at=None, beside_whole=False):
    """One more than a page, in order, each with its place."""
    if beside_whole and query.order == Sort.NEW and not query.after:
        found = SearchDocument.objects.filter(pk__in=newest_of_whole(PAGE + 1))
    else:
        found = documents(query, since, at)
    match = PLACES[query.order].fullmatch(query.after)
    behind = match.groupdict() if match else None
    key = int(behind["key"]) if behind else None
    order = {
        Sort.NEW: by_date,
        Sort.PRICE: by_price,
        Sort.DEAREST: by_price,
        Sort.NEAREST: by_distance,
        Sort.RELEVANCE: by_relevance,
    }[query.order]
    return order(found, query, behind, key).values("listing_id", "at")[: PAGE + 1]


# What has become of a page since it was rendered.

MARKS = "listing_id", "version", "seller__changed_at"


def statement_of_marks(query: Query, keys: list[int]):
    """For `marks_of`, to be kept: to write it takes Django longer than PostgreSQL to answer it.

    Of words it asks for the ads that were shown, by their keys: which match best is only found by
    searching for them.
    """
    if query.q:
        rows = SearchDocument.objects.live(at=MOMENT).filter(pk__in=keys).order_by("pk")
    else:
        rows = placed(query, at=MOMENT)
    return rows.values_list(*MARKS).query.sql_with_params()


def marks_of(statement) -> tuple[list[tuple], int | None]:
    """Key and versions of each ad of the page, and the key of the one that follows."""
    sql, parameters = statement
    now = timezone.now()
    with reading().cursor() as cursor:
        cursor.execute(sql, [now if one == MOMENT else one for one in parameters])
        rows = cursor.fetchall()
    return rows[:PAGE], rows[PAGE][0] if len(rows) > PAGE else None


def by_date(found, query, behind, key):
    if behind:
        at = moment(behind["at"])
        found = found.filter(sort_at__lte=at).exclude(sort_at=at, pk__gte=key)
    return found.annotate(at=place(micros())).order_by("-sort_at", "-pk")


def by_price(found, query, behind, key):
    is_dearest = query.order == Sort.DEAREST
    if behind:
        price, later = behind["price"], "pk__lt" if is_dearest else "pk__gt"
        if price:
            beyond = Q(**{"price_kzt__lt" if is_dearest else "price_kzt__gt": price})
            beyond |= Q(price_kzt=price, **{later: key})
            found = found.filter(beyond | Q(price_kzt=None) if query.no_price else beyond)
        else:
            found = found.filter(price_kzt=None, **{later: key})
    found = found.annotate(at=place(Coalesce(Cast("price_kzt", TextField()), Value(""))))
    if is_dearest:
        last = F("price_kzt").desc(nulls_last=True) if query.no_price else "-price_kzt"
        return found.order_by(last, "-pk")
    return found.order_by("price_kzt", "pk")


def by_distance(found, query, behind, key):
    found = found.annotate(metres=metres(query.near))
    if behind:
        far = int(behind["metres"])
        found = found.filter(Q(metres__gt=far) | Q(metres=far, pk__lt=key))
    return found.annotate(at=place("metres")).order_by("metres", "-pk")


def by_relevance(found, query, behind, key):
    """The best of the newest. Those that came after the first page was read stay out of it."""
    if behind:
        newest = moment(behind["newest"])
        best = found.filter(sort_at__lte=newest).order_by("-sort_at", "-pk").values("pk")[:RANKED]
    else:
        newest, best = timezone.now(), newest_of_whole(RANKED)
    # Words of the title weigh most; how often one stands elsewhere is not kept.
    rank = SearchRank(F("bag"), all_of(conditions_of(query.q) or [Lexemes(["nothing"])]))
    found = SearchDocument.objects.filter(pk__in=best).annotate(
        score=Cast(rank * 1_000_000, models.IntegerField())
    )
    if behind:
        score, at = int(behind["score"]), moment(behind["at"])
        earlier = Q(sort_at__lt=at) | Q(sort_at=at, pk__lt=key)
        found = found.filter(Q(score__lt=score) | Q(score=score) & earlier)
    found = found.annotate(
        at=Concat(
            Cast("score", TextField()),
            Value("-"),
            place(micros()),
            Value(f"-{(newest - EPOCH) // timedelta(microseconds=1)}"),
            output_field=TextField(),
        )
    )
    return found.order_by("-score", "-sort_at", "-pk")


def place(value):
    value = F(value) if isinstance(value, str) else value
    return Concat(
        Cast(value, TextField()), Value("-"), Cast("pk", TextField()), output_field=TextField()
    )


def micros():
    return Func(
        F("sort_at"),
        template="(extract(epoch from %(expressions)s) * 1000000)::bigint",
        output_field=models.BigIntegerField(),
    )


def moment(micros):
    return EPOCH + timedelta(microseconds=int(micros))


def metres(town):
    return Distance(float(town.latitude), float(town.longitude))


class Distance(Func):
    """From a town to where an ad stands, on the globe, in whole metres."""

    output_field = models.IntegerField()

    def __init__(self, latitude, longitude):
        super().__init__(F("latitude"), F("longitude"))
        self.latitude, self.longitude = latitude, longitude

    def as_sql(self, compiler, connection):
        north, _ = compiler.compile(self.source_expressions[0])
        east, _ = compiler.compile(self.source_expressions[1])
        half = (
            f"power(sin(radians({north} - %s) / 2), 2) + cos(radians(%s)) "
            f"* cos(radians({north})) * power(sin(radians({east} - %s) / 2), 2)"
        )
        sql = f"round({2000 * EARTH_KM} * asin(sqrt(least(1, {half}))))::int"
        return sql, [self.latitude, self.latitude, self.longitude]


def around(town, km):
    """A box that holds the circle: an index knows boxes."""
    latitude, longitude = float(town.latitude), float(town.longitude)
    high = math.degrees(km / EARTH_KM)
    wide = high / max(math.cos(math.radians(min(89, abs(latitude) + high))), 0.01)
    return Q(
        latitude__range=(latitude - high, latitude + high),
        longitude__range=(longitude - wide, longitude + wide),
    )


# The statement

TOTAL = "SELECT '{part}', 'total', '', count(*) FROM {part}"
COUNTED = """SELECT '{part}', 'total', '', count(*) FROM {part}
UNION ALL SELECT '{part}', 'category', {below}::text, count(*) FROM {part} GROUP BY 3
UNION ALL SELECT '{part}', 'region', region, count(*) FROM {part} GROUP BY 3
UNION ALL SELECT '{part}', 'deal', deal_type, count(*) FROM {part} GROUP BY 3"""
# Only categories have questions to filter by.
CHOICES = """
UNION ALL SELECT '{part}', 'choice', choice::text, count(*) FROM {part}, unnest(choices) choice
    GROUP BY 3"""
PLACED = "SELECT 'page', listing_id::text, at, row_number() OVER () FROM page"


def ask(counted, parts, category=None, page=None, patience=None):
    level = category.level + 1 if category else 0
    below = LEVELS[level] if level < len(LEVELS) else "NULL"
    selected = [counted.format(part=part, below=below) for part in parts]
    if page is not None:
        parts = parts | {"page": page}
        selected.append(PLACED)
    named, parameters = [], []
    for name, queryset in parts.items():
        sql, given = queryset.query.sql_with_params()
        named.append(f"{name} AS MATERIALIZED ({sql})")
        parameters += given
    statement = f"WITH {', '.join(named)} {' UNION ALL '.join(selected)}"
    return within(patience or PATIENCE, statement, parameters)


# Repairs

# Two letters that changed places leave a short word little of its own.
LIKELY = """
SET LOCAL pg_trgm.similarity_threshold = 0.19;
SELECT asked.word, likely.word
FROM unnest(%s::text[]) AS asked (word)
CROSS JOIN LATERAL (
    SELECT word FROM listings_word known WHERE known.word %% asked.word
    ORDER BY similarity(known.word, asked.word) DESC, known.word LIMIT 40
) AS likely;
SET LOCAL pg_trgm.similarity_threshold TO DEFAULT
"""


def repair(q: str) -> str:
    """The same in words that ads use: typed with the other keyboard, or with fewer mistakes."""
    asked = q.split()
    ways = {word: [alphabet.folded(word), alphabet.folded(other_layout(word))] for word in asked}
    spelt = {one for way in ways.values() for words in way for one in words.split()}
    with reading().cursor() as cursor:
        cursor.execute(LIKELY, [sorted(spelt)])
        cursor.nextset()
        known = {}
        for word, likely in cursor.fetchall():
            known.setdefault(word, []).append(likely)
    repaired = [" ".join(repaired_one(ways[word], known)) for word in asked]
    return "" if repaired == [ways[word][0] for word in asked] else " ".join(repaired)


def repaired_one(ways, known):
    """Words that are known as they are, in one of the two ways; else those most like them."""
    for way in ways:
        if way and all(word in known.get(word, []) for word in way.split()):
            return way.split()
    for way in ways:
        likely = [nearest(word, known.get(word, [])) for word in way.split()]
        if likely and any(likely):
            return [one or word for one, word in zip(likely, way.split(), strict=True)]
    return ways[0].split()


def nearest(word, likely):
    if len(word) < SHORTEST_MISSPELT:
        return None
    return next(iter(get_close_matches(word, likely, n=1, cutoff=0.7)), None)
