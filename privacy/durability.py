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
