"""What the portal must not ask of a connection that is its own for one transaction only."""

import pytest
from django.db import connection, transaction

from privacy.models import Subject

CURSORS = "SELECT count(*) FROM pg_cursors WHERE name LIKE %s"


def kept_open():
    with connection.cursor() as cursor:
        cursor.execute(CURSORS, ["_django_curs_%"])
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_unread_rows_only_within_a_transaction():
    Subject.objects.bulk_create(Subject() for _ in range(3))

    outside = Subject.objects.iterator(chunk_size=1)
    next(outside)
    kept_outside = kept_open()
    with transaction.atomic():
        inside = Subject.objects.iterator(chunk_size=1)
        next(inside)
        kept_inside = kept_open()
        rest = list(inside)

    assert (kept_outside, kept_inside) == (0, 1)
    assert len(list(outside)) == len(rest) == 2
