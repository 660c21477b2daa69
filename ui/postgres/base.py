"""Django's PostgreSQL, also behind a PgBouncer that lends a connection for one transaction."""

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def chunked_cursor(self):
        """The database keeps what is not read yet only within a transaction; otherwise, of the
        choices of a form for example, all rows come at once.
        """
        return super().chunked_cursor() if self.in_atomic_block else self.cursor()
