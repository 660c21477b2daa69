"""Reading public pages from streaming replicas of the database (DATABASE_REPLICA_URLS).

Only pages that are the same for everybody are read there, and each of them wholly or not at all;
all else reads and writes the primary, and so does whoever has a session or has just written. A
replica is asked as long as it is known to hold everything that was committed MOST_BEHIND seconds
ago: by positions in the log of the primary, never by clocks. So one that stopped, lags, lost its
primary or was promoted is left alone without anybody having to notice what became of it.
"""

import itertools
import logging
import os
import threading
import time
from collections import deque
from contextlib import contextmanager, suppress
from contextvars import ContextVar

import psycopg
from django.conf import settings
from django.db import DatabaseError, connections
from django.db.utils import DEFAULT_DB_ALIAS as PRIMARY
from django.http import Http404

from ui.origin import SAFE

# Seconds. What a replica may be behind adds to what caches keep (ui/public.py, ui/remembered.py):
# together less than the ten after which everybody sees a new price.
LOOKS_EVERY = 0.2
MOST_BEHIND = 0.8
# Longer than a replica may be behind and a page takes to make: by then every page shows it.
PINNED = 10
RESTS_FOR = 5

# A position says nothing between two histories: one that followed another primary is no copy.
OF_PRIMARY = """
SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
    ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int
WHERE NOT pg_is_in_recovery()
"""
OF_REPLICA = """
SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn, min_recovery_end_timeline
FROM pg_control_recovery() WHERE pg_is_in_recovery()
"""

log = logging.getLogger(__name__)
reads_from: ContextVar[str] = ContextVar("reads_from", default=PRIMARY)


class Router:
    def db_for_read(self, model, **hints):
        return reads_from_now()

    def db_for_write(self, model, **hints):
        return PRIMARY

    def allow_relation(self, one, other, **hints):
        return True  # they are copies of one another

    def allow_migrate(self, alias, app, **hints):
        return alias == PRIMARY


def reads_from_now() -> str:
    alias = reads_from.get()
    if alias != PRIMARY and connections[PRIMARY].in_atomic_block:
        return PRIMARY
    return alias


def reading():
    """The connection for a statement of one's own that only reads."""
    return connections[reads_from_now()]


@contextmanager
def from_primary():
    """For what a process remembers beyond the page: others will rely on it."""
    before = reads_from.set(PRIMARY)
    try:
        yield
    finally:
        reads_from.reset(before)


def browse(view, request, *args, **kwargs):
    """The page as made from a replica that keeps up; from the primary if there is none."""
    replica = next_replica()
    if replica is None:
        return view(request, *args, **kwargs)
    before = reads_from.set(replica.alias)
    try:
        return view(request, *args, **kwargs)
    except Http404:
        pass  # it may be so new that the replica has not heard of it
    except DatabaseError as trouble:
        replica.rest()
        reason = type(trouble).__name__
        log.warning("a page failed", extra={"replica": replica.alias, "reason": reason})
    finally:
        reads_from.reset(before)
    return view(request, *args, **kwargs)


def pin_writers(get_response):
    """Middleware: whoever sent something reads the primary until all replicas must know of it."""

    def middleware(request):
        response = get_response(request)
        if settings.REPLICAS and request.method not in SAFE:
            response.set_cookie(
                settings.WROTE_COOKIE_NAME,
                "1",
                max_age=PINNED,
                secure=settings.WROTE_COOKIE_SECURE,
                httponly=settings.WROTE_COOKIE_HTTPONLY,
                samesite=settings.WROTE_COOKIE_SAMESITE,
            )
        return response

    return middleware


class Replica:
    """One of them as this process knows it; a thread of its own looks after it."""

    def __init__(self, alias: str):
        self.alias = alias
        # Until then it holds all that is older than MOST_BEHIND, by time.monotonic().
        self.good_until = self.rests_until = 0.0
        self.was_read, self.told_at = False, 0.0
        threading.Thread(target=self.watch, name=alias, daemon=True).start()

    @property
    def keeps_up(self) -> bool:
        return self.rests_until < time.monotonic() < self.good_until

    def rest(self):
        self.rests_until = time.monotonic() + RESTS_FOR

    def tell(self):
        """The log, not each time that one comes and goes."""
        now = time.monotonic()
        if self.keeps_up != self.was_read and self.told_at + RESTS_FOR < now:
            self.was_read, self.told_at = not self.was_read, now
            event = "replica read" if self.was_read else "replica left alone"
            log.info(event, extra={"replica": self.alias})

    def watch(self):
        while True:
            self.tell()
            with suppress(psycopg.Error), connect(PRIMARY) as primary, connect(self.alias) as copy:
                self.follow(primary, copy)
            time.sleep(LOOKS_EVERY)

    def follow(self, primary, copy):
        """Return when one of them is no longer what it was."""
        # Where the log of the primary ended, and when.
        ends = deque(maxlen=int(MOST_BEHIND / LOOKS_EVERY) + 1)
        while True:
            asked_at = time.monotonic()
            end = primary.execute(OF_PRIMARY).fetchone()
            if end is None:
                return
            position, timeline = end
            ends.append((asked_at, position))
            reached = copy.execute(OF_REPLICA).fetchone()
            if reached is None:
                self.good_until = 0.0
                return
            if reached[0] is not None and reached[1] == timeline:
                for was_at, known in ends:
                    if known <= reached[0]:
                        self.good_until = was_at + MOST_BEHIND
            self.tell()
            time.sleep(LOOKS_EVERY)


def connect(alias):
    """Apart from the pools, which are for pages; it waits for nobody long."""
    waits = {"connect_timeout": 2, "tcp_user_timeout": 2000}
    parameters = connections[alias].get_connection_params() | waits
    for own in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(own, None)
    # Also through PgBouncer, which knows no prepared statements of ours.
    return psycopg.connect(**parameters, autocommit=True, prepare_threshold=None)


# By process: threads do not live on in a copy of theirs.
watched: dict[int, list[Replica]] = {}
starting = threading.Lock()
turns = itertools.count()


def next_replica() -> Replica | None:
    good = [replica for replica in all_watched() if replica.keeps_up]
    return good[next(turns) % len(good)] if good else None


def in_use() -> dict[str, bool]:
    """As this process knows; it begins to look when it is asked first."""
    return {replica.alias: replica.keeps_up for replica in all_watched()}


def all_watched() -> list[Replica]:
    if not settings.REPLICAS:
        return []
    process = os.getpid()
    with starting:
        if process not in watched:
            watched.clear()
            watched[process] = [Replica(alias) for alias in settings.REPLICAS]
        return watched[process]
