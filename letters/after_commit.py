import logging
import time

from django.db import transaction
from kombu.exceptions import OperationalError
from kombu.pools import producers

log = logging.getLogger(__name__)

# Short, because a person waits for the page; tried once, because a sweep follows.
HASTE = {"socket_connect_timeout": 0.3, "socket_timeout": 0.5, "max_retries": 0}
PAUSE_SECONDS = 10

# In this process: until then the queue counts as away, so that one page pays for finding out.
away_until = 0.0


def after_commit(task, *args):
    """Give the task to the worker when the caller's transaction is committed.

    Never raises and hardly waits: with the queue away the act stands and nothing is lost, as
    long as a sweep of the caller finds the work later. Arguments are ids only.
    """

    def hand_over():
        enqueue(task, args)

    # Robust, because an error page would deny what is committed.
    transaction.on_commit(hand_over, robust=True)


def enqueue(task, args):
    global away_until
    if time.monotonic() < away_until:
        return
    try:
        connection = task.app.connection_for_write(transport_options=HASTE)
        with producers[connection].acquire(block=True) as producer:
            task.apply_async(args, producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        away_until = time.monotonic() + PAUSE_SECONDS
        log.warning("queue away", extra={"task": task.name, "reason": type(error).__name__})
