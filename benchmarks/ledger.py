"""`make bench-ledger`: what a lock for each person is worth beside one lock for the whole ledger.

Eight processes write acts of different people, first as the portal does, then each write behind
one global lock. On a disk that commits in a blink both are bound by the processors; the bar is for
a database with a synchronous copy, which holds its locks until a streaming replica has applied the
act: 20 ms later, as in another city. Both are the embedded PostgreSQL, durable and of their own,
and go away afterwards.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django

from local import ROOT
from local.replica import Primary, Replica
from local.servers import var_root

CONNECTIONS = 8
SECONDS = 6
BEHIND_MS = 20
BAR = 5
LOCKS = ["per person", "global"]


def main():
    var = var_root()
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    folder.chmod(0o711)
    postgres = Primary(folder / "postgres")
    copy = Replica(folder / "copy", postgres, behind_ms=BEHIND_MS)
    try:
        postgres.start()
        environment = os.environ | {
            "LOCAL": "1",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": "redis://127.0.0.1:1",  # nothing here asks it
            "SECRET_KEY": secrets.token_hex(32),
            "PRIVACY_KEY": secrets.token_hex(32),
            "DJANGO_SETTINGS_MODULE": "kazvek.settings",
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        compare(environment, "with this machine's own disk")
        copy.start()
        postgres.wait_for_copy()
        ratio = compare(environment, f"with a synchronous copy {BEHIND_MS} ms behind")
        subprocess.run(
            [sys.executable, "manage.py", "ledger", "verify", "--skip-checks"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
    finally:
        copy.stop()
        postgres.stop()
        shutil.rmtree(folder)
    if ratio < BAR:
        sys.exit(f"The bar is {BAR}.")


def compare(environment, where):
    rates = {lock: measure(environment, lock) for lock in LOCKS}
    ratio = rates["per person"] / rates["global"]
    print(
        f"{where}: {rates['per person']:.0f} writes a second with a lock for each person, "
        f"{rates['global']:.0f} behind one lock: {ratio:.1f} times as many",
        flush=True,
    )
    return ratio


def measure(environment, lock):
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ledger", lock],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(CONNECTIONS)
    ]
    for writer in writers:
        writer.stdout.readline()  # it is ready
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return sum(int(writer.communicate()[0]) for writer in writers) / SECONDS


def write(lock):
    django.setup()
    # Only now can models be imported.
    from django.db import connection, transaction

    from privacy.consents import withdraw
    from privacy.ledger import Occasion
    from privacy.models import Subject

    occasion = Occasion("benchmark", "Withdraw", network="203.0.113.0", browser="Firefox")
    people = Subject.objects.bulk_create([Subject() for _ in range(50)])
    cursor = connection.cursor()
    for person in people:
        withdraw(person, "news", "email", occasion)
    print("ready", flush=True)
    sys.stdin.readline()
    end, written = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        with transaction.atomic():
            if lock == "global":
                cursor.execute("SELECT pg_advisory_xact_lock(1)")
            withdraw(people[written % len(people)], "news", "email", occasion)
        written += 1
    print(written)


if __name__ == "__main__":
    write(sys.argv[1]) if sys.argv[1:] else main()
