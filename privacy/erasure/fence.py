"""The fence: while a person is erased, and afterwards, the database stores nothing new of them.

A trigger on each table that points to the person or to their account. It takes a shared lock on
the person's row: an erasure that begins waits for whoever is just writing, and whoever comes later
is refused. What hangs on such rows is refused by the foreign keys, once they are gone. The erasure
itself opens the fence for its own transaction: see `open_fence` in plan.py.
"""

from django.db import IntegrityError, migrations
from psycopg.errors import RestrictViolation

NAME = "erasure_fence"

PERSON = "SELECT state FROM privacy_subject WHERE id = NEW.{column} FOR SHARE"
HOLDER = """
SELECT person.state FROM accounts_user holder
JOIN privacy_subject person ON person.id = holder.subject_id
WHERE holder.id = NEW.{column} FOR SHARE OF person
"""
FUNCTION = """
CREATE FUNCTION {table}_fence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    IF NEW.{column} IS NOT NULL
            AND current_setting('privacy.erasing', true) IS DISTINCT FROM 'on' THEN
        found := ({person});
        IF found IN ('erasing', 'erased') THEN
            RAISE EXCEPTION 'this person is being erased'
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'erasure_fence';
        END IF;
    END IF;
    RETURN NEW;
END
$$
"""


def is_refusal(error: BaseException | None) -> bool:
    cause = error.__cause__ if isinstance(error, IntegrityError) else None
    return isinstance(cause, RestrictViolation) and cause.diag.constraint_name == NAME


def fence(table: str, column: str, *, of_account: bool = False, only: list[str] | None = None):
    """Operations for a migration. `only`: of a row that stays, the columns that say who."""
    person = (HOLDER if of_account else PERSON).format(column=column)
    acts = f"INSERT OR UPDATE OF {', '.join([column, *only])}" if only else "INSERT OR UPDATE"
    return [
        migrations.RunSQL(
            FUNCTION.format(table=table, column=column, person=person),
            f"DROP FUNCTION {table}_fence()",
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER {NAME} BEFORE {acts} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_fence()",
            f"DROP TRIGGER {NAME} ON {table}",
        ),
    ]
