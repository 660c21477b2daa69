"""What searches would be with one index for each column: a wide table beside the portal's own."""

import statistics
import time
from urllib.parse import parse_qsl, urlsplit

import psycopg
from django.db import connection
from django.http import QueryDict

from listings.catalogue import current_catalogue
from listings.finding import placed
from listings.query import Query

ROUNDS = 3

# The whole ad in one row, answers as columns of their own in JSON, and an index for each.
TABLE = """
CREATE UNLOGGED TABLE naive AS
SELECT listing.id, listing.title, listing.description, listing.seller_id, document.deal_type,
    document.region, document.section, document.branch, document.leaf, document.price_kzt,
    document.sort_at, document.expires_at, (
        SELECT jsonb_object_agg(answer ->> 'attribute', answer -> 'value')
        FROM jsonb_array_elements(listing.answers) answer
    ) AS answers
FROM listings_searchdocument document
JOIN listings_listing listing ON listing.id = document.listing_id
"""
COLUMNS = ["deal_type", "region", "section", "branch", "leaf", "price_kzt", "sort_at"]


def compare(url, addresses):
    """Milliseconds, medians: ours and that of the naive one, for the same ads."""
    queries = list(map(parsed, addresses))
    with psycopg.connect(url, autocommit=True) as beside:
        beside.execute("SET maintenance_work_mem = '512MB'")
        beside.execute(TABLE)
        asked = {each[0].attribute_id for query in queries for each in query.answers.values()}
        for attribute in asked:
            beside.execute(f"CREATE INDEX ON naive ((answers ->> '{attribute}'))")
        for column in COLUMNS:
            beside.execute(f"CREATE INDEX ON naive ({column})")
        beside.execute("VACUUM ANALYZE naive")
        ours, theirs = [], []
        for turn in range(ROUNDS + 1):
            for query in queries:
                sql, parameters = placed(query).query.sql_with_params()
                with connection.cursor() as cursor:
                    told, found = timed(cursor, sql, parameters)
                naively, other = timed(beside, *statement(query))
                if {row[0] for row in found} != {row[0] for row in other}:
                    raise ValueError(f"Not the same ads: {query.url}")
                if turn:
                    ours.append(told)
                    theirs.append(naively)
        beside.execute("DROP TABLE naive")
    return statistics.median(ours), statistics.median(theirs)


def timed(asked, sql, parameters):
    begun = time.perf_counter()
    found = asked.execute(sql, parameters).fetchall()
    return (time.perf_counter() - begun) * 1000, found


def parsed(address):
    parts = urlsplit(address)
    data = QueryDict(mutable=True)
    for name, value in parse_qsl(parts.query):
        data.appendlist(name, value)
    return Query.from_request(data, current_catalogue().by_slug[parts.path.split("/")[3]])


def statement(query):
    conditions = ["expires_at > now()", "deal_type = %s", "price_kzt BETWEEN %s AND %s"]
    parameters = [query.deal, query.price.low, query.price.high]
    conditions.append(f"{('section', 'branch', 'leaf')[query.category.level]} = %s")
    parameters.append(query.category.pk)
    if query.regions:
        conditions.append("region = ANY (%s)")
        parameters.append(list(query.regions))
    for choices in query.answers.values():
        conditions.append(f"answers ->> '{choices[0].attribute_id}' = %s")
        parameters.append(str(choices[0].pk))
    conditions.append(
        "NOT EXISTS (SELECT FROM listings_hiddenseller hidden WHERE hidden.seller_id = "
        "naive.seller_id)"
    )
    where = " AND ".join(conditions)
    sql = f"SELECT id, title FROM naive WHERE {where} ORDER BY sort_at DESC, id DESC LIMIT 25"  # noqa: S608 conditions of our own
    return sql, parameters
