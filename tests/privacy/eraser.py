"""Carries out what is due, and dies where it is told to: see test_erasure_crash.

Reads lines: `run`, or the number of the statement (commits count, too) before or after which it is
killed, as `17 before`. Answers with how many statements there were, or `killed`.
"""

import os
import signal
import sys

import django
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import get_resolver


class Killer:
    def __init__(self, number, moment):
        self.number, self.moment, self.seen = number, moment, 0

    def around(self, do, *args):
        self.seen += 1
        if (self.seen, "before") == (self.number, self.moment):
            os.kill(os.getpid(), signal.SIGKILL)
        done = do(*args)
        if (self.seen, "after") == (self.number, self.moment):
            os.kill(os.getpid(), signal.SIGKILL)
        return done


def erase(killer):
    """In a process of its own, which nothing outlives."""
    from privacy.erasure import engine

    commit = BaseDatabaseWrapper._commit
    BaseDatabaseWrapper._commit = lambda self: killer.around(commit, self)
    with connection.execute_wrapper(killer.around):
        engine.run(600)
    return killer.seen


def main():
    django.setup()
    # Loaded here once, and not again in each child.
    from privacy.erasure import engine  # noqa: F401
    from privacy.residue.needles import shipped_words

    get_resolver().url_patterns  # noqa: B018
    for pattern in ("@", "[0-9]{5}"):
        shipped_words(pattern)
    print("ready", flush=True)
    for line in sys.stdin:
        number, _, moment = line.strip().partition(" ")
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            seen = erase(Killer(int(number) if moment else 0, moment))
            os.write(writing, str(seen).encode())
            os._exit(0)
        os.close(writing)
        _pid, status = os.waitpid(child, 0)
        with os.fdopen(reading) as answer:
            said = answer.read()
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else said or f"failed {status}", flush=True)


if __name__ == "__main__":
    main()
