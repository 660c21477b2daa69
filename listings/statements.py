"""Statements that only read: with an end, or written once and asked often, because to write one
takes Django longer than it takes PostgreSQL to answer.
"""

from copy import copy
from datetime import UTC, datetime
from types import SimpleNamespace

from django.db import connections

from ui.replicas import reading

# Stands in a statement for the moment at which it is asked, and for the key of an ad.
MOMENT = datetime(9999, 1, 1, tzinfo=UTC)
KEY = -1


def within(milliseconds: int, sql: str, parameters) -> list[tuple]:
    """What it finds; raises `OperationalError` caused by `QueryCanceled` if it takes longer."""
    with reading().cursor() as cursor:
        # One message is one transaction, at whose end the limit ends. Without parameters on the
        # server, so that the plan is made for these very words.
        cursor.execute(
            f"SET LOCAL statement_timeout = {milliseconds}; {sql}; "
            "SET LOCAL statement_timeout TO DEFAULT",
            parameters,
        )
        cursor.nextset()
        return cursor.fetchall()


class Kept:
    """A queryset in which marks stand for the values that differ each time."""

    def __init__(self, queryset):
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(queryset.db)
        self.sql, self.given = self.compiler.as_sql()

    def rows(self, values: dict) -> list:
        """With these values in place of the marks."""
        compiler = copy(self.compiler)
        compiler.connection = connections[self.queryset.db]
        given = tuple(values.get(one, one) for one in self.given)
        compiler.as_sql = lambda *_arguments, **_options: (self.sql, given)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        # All that an iterable of Django asks of the queryset it iterates over.
        asked = SimpleNamespace(db=self.queryset.db, query=query, _known_related_objects={})
        return list(self.queryset._iterable_class(asked))
