"""The database, as a dump of it would show it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

from privacy.residue.search import CHUNK, Part, Search
from privacy.residue.unpack import searched

# Also those that no model stands for, of whatever schema.
TABLES = """
    SELECT space.nspname, class.relname,
           coalesce(array_agg(attname ORDER BY attnum)
                    FILTER (WHERE base.typname <> 'bytea'), '{}')::text[],
           coalesce(array_agg(attname ORDER BY attnum)
                    FILTER (WHERE base.typname = 'bytea'), '{}')::text[]
    FROM pg_class class
    JOIN pg_namespace space ON space.oid = class.relnamespace
    JOIN pg_attribute ON attrelid = class.oid AND attnum > 0 AND NOT attisdropped
    JOIN pg_type type ON type.oid = atttypid
    JOIN pg_type base ON base.oid = coalesce(nullif(type.typbasetype, 0), type.oid)
    WHERE class.relkind IN ('r', 'm', 'f') AND class.relpersistence <> 't'
      AND space.nspname NOT IN ('pg_catalog', 'information_schema')
    GROUP BY 1, 2
    ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Table:
    schema: str
    table: str
    texts: tuple[str, ...]
    blobs: tuple[str, ...]

    @property
    def name(self):
        return f"table {self.schema}.{self.table}"

    def parts(self, search: Search) -> Iterator[Part]:
        source = sql.SQL("ONLY {}").format(sql.Identifier(self.schema, self.table))
        place = sql.SQL("ctid")
        if self.texts:
            yield from texts_searched(search, source, place, self.texts)
        for column in self.blobs:
            yield from blobs_searched(search, source, place, column)


@dataclass(frozen=True)
class Statistics:
    """What the planner remembers of values, also when their rows are long gone."""

    view: str
    named_by: str
    columns: tuple[str, ...]

    @property
    def name(self):
        return f"planner statistics, {self.view}"

    def parts(self, search):
        place = sql.SQL("concat_ws('.', schemaname, tablename, {})").format(
            sql.Identifier(self.named_by)
        )
        source = sql.Identifier("pg_catalog", self.view)
        yield from texts_searched(search, source, place, self.columns)


@dataclass(frozen=True)
class LargeObjects:
    name = "large objects"

    def parts(self, search):
        source = sql.SQL(
            "(SELECT oid, lo_get(oid) AS data FROM pg_largeobject_metadata) AS objects"
        )
        yield from blobs_searched(search, source, sql.SQL("oid"), "data")


REMEMBERED = ("most_common_vals", "most_common_elems", "histogram_bounds")


def database() -> list:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
    return [
        *(
            Table(schema, table, tuple(texts), tuple(blobs))
            for schema, table, texts, blobs in tables
        ),
        Statistics("pg_stats", "attname", REMEMBERED),
        Statistics("pg_stats_ext", "statistics_name", ("most_common_vals",)),
        Statistics("pg_stats_ext_exprs", "statistics_name", ("expr", *REMEMBERED)),
        LargeObjects(),
    ]


def texts_searched(search, source, place, columns):
    """In batches of whole rows; only where something was found is it looked at more closely."""
    query = sql.SQL("COPY (SELECT {}, {} FROM {}) TO STDOUT").format(
        place, sql.SQL(", ").join(map(sql.Identifier, columns)), source
    )
    with reading() as cursor, cursor.copy(query) as rows:
        batch, size = [], 0
        for row in rows:
            batch.append(bytes(row))
            size += len(row)
            if size > CHUNK:
                yield from batch_searched(search, batch, columns)
                batch, size = [], 0
        yield from batch_searched(search, batch, columns)


def batch_searched(search, batch, columns):
    together = b"".join(batch)
    yield Part("", len(together))
    if not search.found_in(together):
        return
    for row in batch:
        place, *values = row.removesuffix(b"\n").split(b"\t")
        for column, value in zip(columns, values, strict=True):
            if found := search.found_in(value):
                yield Part(f"{column}, {place.decode()}", 0, found)


def blobs_searched(search, source, place, column):
    """As bytes, which the text of a dump hides behind their digits; what is packed in them, too."""
    query = sql.SQL(
        "COPY (SELECT {}::text, {} FROM {} WHERE {} IS NOT NULL) TO STDOUT (FORMAT binary)"
    ).format(place, sql.Identifier(column), source, sql.Identifier(column))
    with reading() as cursor, cursor.copy(query) as rows:
        rows.set_types(["text", "bytea"])
        for where, value in rows.rows():
            yield searched(search, f"{column}, {where}", io.BytesIO(value))


@contextmanager
def reading():
    with transaction.atomic(), connection.cursor() as cursor:
        # A big table takes longer than any page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield cursor
