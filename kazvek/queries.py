"""What one request asks of the database: how many statements, and which took long.

PostgreSQL is not told to log slow statements: it would write them with the values in them, and
these are people's. Here a statement is told by its tables and a fingerprint of its form.
"""

import re
import time
from hashlib import sha256

from django.apps import apps

SLOW_SECONDS = 0.2
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
LISTS = re.compile(r"\(\s*[%s?,\s]+\)")
NAMES = re.compile(r"[a-z_]+")


class Queries:
    """For `connection.execute_wrapper`."""

    def __init__(self):
        self.count = 0
        # Seconds and statement of each that took long.
        self.slow = []

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = time.perf_counter() - started
            if seconds > SLOW_SECONDS:
                self.slow.append((seconds, str(sql)))


def fingerprint(sql: str) -> str:
    """The same for the same statement with other values, in the log of every machine."""
    form = LISTS.sub("(?)", VALUES.sub("?", sql))
    return sha256(" ".join(form.split()).encode()).hexdigest()[:12]


def tables_of(sql: str) -> list[str]:
    """Of the statement nothing but names that we have given."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return sorted(known.intersection(NAMES.findall(sql.lower())))
