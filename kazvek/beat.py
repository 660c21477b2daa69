"""The clock of the portal: any number of hosts start it, one of them at a time sets tasks off.

Which one, and when each task was last set off, stands beside the queue: where nothing can be
queued nobody has to be first. A host that dies is followed by another within LEASE seconds, which
goes on with what is due; a task may then be set off twice, and none is left out.
"""

import logging
import os
import socket
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import redis
from celery import beat
from django.conf import settings
from redis.exceptions import LockError

# Seconds.
LEASE = 20
LOOKS_EVERY = 2

HOLDER = "beat:holder"
LAST_RUNS = "beat:last-runs"
# Touched by whoever lives, also while another host is first; for the check of the container.
ALIVE = Path(tempfile.gettempdir(), f"kazvek-beat-{os.getuid()}")

log = logging.getLogger(__name__)


class Scheduler(beat.Scheduler):
    def __init__(self, *args, **kwargs):
        self.valkey = redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_timeout=5, socket_connect_timeout=1
        )
        self.lease = self.valkey.lock(HOLDER, timeout=LEASE, blocking=False, thread_local=False)
        self.is_first = False
        super().__init__(*args, **kwargs)
        self.max_interval = LOOKS_EVERY

    def tick(self, *args, **kwargs):
        ALIVE.touch()
        was_first, self.is_first = self.is_first, False
        try:
            self.is_first = was_first and self.stays() or self.takes_over()
        except redis.RedisError as trouble:
            log.warning("queue away", extra={"reason": type(trouble).__name__})
        return super().tick(*args, **kwargs) if self.is_first else LOOKS_EVERY

    def stays(self) -> bool:
        with suppress(LockError):
            return self.lease.reacquire()
        log.warning("another host is first")
        return False

    def takes_over(self) -> bool:
        """Go on where whoever was first before has ended."""
        who = f"{socket.gethostname()}:{os.getpid()}:{time.time_ns()}"
        if not self.lease.acquire(token=who):
            return False
        for name, entry in self.schedule.items():
            self.valkey.hsetnx(LAST_RUNS, name, entry.last_run_at.isoformat())
        for name, last_run_at in self.valkey.hgetall(LAST_RUNS).items():
            if entry := self.schedule.get(name.decode()):
                ran_at = datetime.fromisoformat(last_run_at.decode())
                entry.last_run_at = ran_at.astimezone(self.app.timezone)
        self._heap = None
        log.info("first of all hosts")
        return True

    def apply_async(self, entry, *args, **kwargs):
        try:
            result = super().apply_async(entry, *args, **kwargs)
            last_run_at = self.schedule[entry.name].last_run_at
            self.valkey.hset(LAST_RUNS, entry.name, last_run_at.isoformat())
        except (beat.SchedulingError, redis.RedisError):
            # It is due still, and will be seen so by whoever takes over next.
            self.is_first = False
            raise
        return result

    def close(self):
        with suppress(redis.RedisError):
            if self.is_first:
                self.lease.release()
        super().close()
