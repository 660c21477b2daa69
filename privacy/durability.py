"""When a commit waits for the disk: others wait for whoever holds locks meanwhile."""

from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def redoable():
    """A transaction that does not wait for the disk: a power cut may undo it, and all after it, and
    it is then done again.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        yield


def wait_for_disk() -> None:
    """Returns when all that was committed before is safe; nobody waits for us meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever has a number has something to commit.
        cursor.execute("SELECT pg_current_xact_id()")
