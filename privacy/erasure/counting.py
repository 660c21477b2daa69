"""How many rows there are of whom, in all tables together: one statement for hundreds of people."""

import json
from dataclasses import dataclass
from functools import cache

from django.db import connection

from privacy.erasure.among import Keys
from privacy.erasure.plan import Work, nameless, plan

STATEMENT = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::bigint[]) AS given(person, job)
), people AS MATERIALIZED (
    SELECT array_agg(person) AS keys FROM given
), counted AS MATERIALIZED (
    SELECT work, person, count(*) AS rows FROM ({rows}) AS each(work, person) GROUP BY 1, 2
)
SELECT NULL AS job, jsonb_object_agg(work, rows)::text
FROM (SELECT work, sum(rows) AS rows FROM counted GROUP BY work) AS by_work
UNION ALL
SELECT job, jsonb_object_agg(name, rows)::text
FROM (
    SELECT job, name, sum(rows) AS rows
    FROM counted JOIN given USING (person) JOIN (VALUES {names}) AS names(work, name) USING (work)
    GROUP BY job, name
) AS by_table
GROUP BY job
"""


@dataclass(frozen=True)
class Counted:
    """What is not named here has none."""

    works: dict[Work, int]
    # Of each erasure, by table, as JSON: it goes back into the database as it is.
    found: dict[int, str]


def count(people: Keys) -> Counted:
    """It names the erasure of each."""
    jobs = f"{{{','.join(map(str, people.values()))}}}"
    with connection.cursor() as cursor:
        cursor.execute(statement(), [people.as_array, jobs])
        found = dict(cursor.fetchall())
    works = [*plan(), *nameless()]
    by_work = json.loads(found.pop(None) or "{}")
    return Counted({works[int(number)]: rows for number, rows in by_work.items()}, found)


@cache
def statement():
    works = list(enumerate([*plan(), *nameless()]))
    rows = (f"SELECT {number} AS work, {person(work)}" for number, work in works)
    names = (
        f"({number}, '{work.model._meta.db_table}')" for number, work in works if work.described
    )
    return STATEMENT.format(rows=" UNION ALL ".join(rows), names=", ".join(names))


def person(work):
    """Of each row; with those who are meant in the place of their keys."""
    rows = work.rows([]).order_by().values_list(work.path)
    text, [_keys] = rows.query.sql_with_params()
    return text.removeprefix("SELECT ").replace("%s", "(SELECT keys FROM people)")
