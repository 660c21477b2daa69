"""What the database remembers of rows that are gone: dead rows, and samples for its planner."""

from collections.abc import Iterable

from django.db import connection

from privacy.data_map import DATA_MAP

# Since PostgreSQL 18. An empty table leaves nothing to sample, and so the old samples stay.
CLEAR = "pg_clear_attribute_stats(text,text,text,boolean)"
LEFT_OVER = """
SELECT tablename, attname, inherited FROM pg_stats
JOIN pg_class ON pg_class.oid = to_regclass(format('%%I.%%I', schemaname, tablename))
WHERE schemaname = current_schema() AND tablename = ANY(%s) AND reltuples = 0
"""


def wipe(tables: Iterable[str]) -> None:
    """Clean these up, and take new samples of every table that may hold something of somebody.

    Not in a transaction: the database refuses to clean up within one.
    """
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
    sample_anew()


def sample_anew() -> None:
    """In a mention, a session or a letter it may have been anybody: so all of them."""
    tables = sorted({described.table for described in DATA_MAP.values() if described.is_personal})
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
        cursor.execute("SELECT to_regprocedure(%s) IS NOT NULL", [CLEAR])
        if not cursor.fetchone()[0]:
            return
        cursor.execute(LEFT_OVER, [tables])
        for table, column, inherited in cursor.fetchall():
            cursor.execute(
                "SELECT pg_clear_attribute_stats(current_schema()::text, %s, %s, %s)",
                [table, column, inherited],
            )
