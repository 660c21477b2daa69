"""What the database remembers of rows that are gone: dead rows, and samples for its planner."""

from django.db import connection

# Since PostgreSQL 18. An empty table leaves nothing to sample, and so the old samples stay.
CLEAR = "pg_clear_attribute_stats(text,text,text,boolean)"
# Of an index over what is made of columns, too, there are samples, under its own name.
SAMPLED = """
SELECT tablename, attname, inherited FROM pg_stats
WHERE schemaname = current_schema() AND tablename IN (
    SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
    AND relname = ANY(%(tables)s)
    UNION SELECT indexes.relname FROM pg_index
    JOIN pg_class indexes ON indexes.oid = indexrelid
    JOIN pg_class sampled ON sampled.oid = indrelid
    WHERE sampled.relnamespace = current_schema()::regnamespace
    AND sampled.relname = ANY(%(tables)s)
)
"""


def wipe(tables: list[str]) -> None:
    """Not in a transaction: the database refuses to clean up within one. The tables keep their
    length: to shorten one it would wait for everybody, and everybody for it.
    """
    with connection.cursor() as cursor:
        # A big table takes longer than any page may.
        cursor.execute("SET statement_timeout = 0")
        try:
            for table in tables:
                quoted = connection.ops.quote_name(table)
                cursor.execute(f"VACUUM (ANALYZE, TRUNCATE false) {quoted}")
        finally:
            cursor.execute("RESET statement_timeout")
        cursor.execute("SELECT to_regprocedure(%s) IS NOT NULL", [CLEAR])
        if not cursor.fetchone()[0]:
            return
        empty = [table for table in tables if is_empty(cursor, table)]
        cursor.execute(SAMPLED, {"tables": empty})
        for table, column, inherited in cursor.fetchall():
            cursor.execute(
                "SELECT pg_clear_attribute_stats(current_schema()::text, %s, %s, %s)",
                [table, column, inherited],
            )


def is_empty(cursor, table):
    cursor.execute(f"SELECT NOT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")  # noqa: S608 our own names
    return cursor.fetchone()[0]
