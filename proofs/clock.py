"""How often beat sets its tasks off, as Valkey hears it."""

import re
import threading
import time
from collections import defaultdict
from contextlib import contextmanager, suppress
from itertools import pairwise

import redis

# Seconds between what a clock means and what is heard of it, on a busy machine.
UNSHARP = 5
A_MINUTE = 60


class Clock:
    def __init__(self, valkey, schedule):
        """`schedule` is that of beat; what goes by the hours of the day is not looked at."""
        self.valkey = valkey
        self.every = {
            entry["task"]: entry["schedule"]
            for entry in schedule.values()
            if isinstance(entry["schedule"], int)
        }
        self.heard = defaultdict(list)
        # When something happened after which a task may be set off once more.
        self.troubles = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            with (
                suppress(redis.RedisError),
                self.valkey.connect() as connection,
                connection.monitor() as monitor,
            ):
                for each in monitor.listen():
                    self.hear(each["command"])
            time.sleep(0.1)

    def hear(self, command):
        is_of_beat = command.startswith("LPUSH ") and '"celery_beat_task": true' in command
        if is_of_beat and '"redelivered": true' not in command:
            [task] = re.findall(r'"task": "([\w.]+)"', command)
            self.heard[task].append(time.monotonic())

    @contextmanager
    def trouble(self):
        began = time.monotonic()
        yield
        self.troubles.append((began, time.monotonic()))

    def first(self) -> int | None:
        """The number of the process that sets tasks off."""
        # Only now can it be imported.
        from kazvek.beat import HOLDER

        with self.valkey.connect() as connection:
            connection.select(1)
            holder = connection.get(HOLDER)
        return int(holder.split(":")[1]) if holder else None

    @property
    def count(self):
        return sum(map(len, self.heard.values()))

    def twice_since(self, moment):
        """Of the tasks of each minute those that were set off twice since then, and all."""
        each_minute = {task for task, seconds in self.every.items() if seconds == A_MINUTE}
        twice = {task for task in each_minute if sum(at > moment for at in self.heard[task]) > 1}
        return twice, each_minute

    def sooner_than_is_their_turn(self):
        """How often without any trouble that explains it, and with one that does, once by task."""
        without, explained = 0, set()
        for task, seconds in self.every.items():
            for before, after in pairwise(self.heard[task]):
                if after - before > seconds - UNSHARP:
                    continue
                between = {
                    (task, began)
                    for began, ended in self.troubles
                    if before <= ended and after >= began
                }
                if left := between - explained:
                    explained.add(min(left))
                else:
                    without += 1
        return without, len(explained)
