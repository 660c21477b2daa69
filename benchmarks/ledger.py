"""`make bench-ledger`: what a lock for each person is worth beside one lock for the whole ledger.

Eight processes write acts of different people, first as the portal does, then each write behind
one global lock. On a disk that commits in a blink both are bound by the processor; the bar is for
commits that wait 20 ms for a synchronous copy in another city. A pause before the commit stands
for that wait: there, too, the locks are held until the copy has answered.
PostgreSQL is the embedded one, of its own and durable, and goes away afterwards.
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
from local.postgres import Postgres
from local.servers import var_root

CONNECTIONS = 8
SECONDS = 6
COMMIT_MS = 20
BAR = 5
LOCKS = ["per person", "global"]


def main():
    var = var_root()
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    folder.chmod(0o711)
    postgres = Postgres(folder / "postgres")
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
        compare(environment, "with this machine's own disk", 0)
        ratio = compare(environment, f"with {COMMIT_MS} ms for a commit", COMMIT_MS)
        subprocess.run(
            [sys.executable, "manage.py", "ledger", "verify", "--skip-checks"],
            cwd=ROOT,
            env=environment,
            check=True,
        )
    finally:
        postgres.stop()
        shutil.rmtree(folder)
    if ratio < BAR:
        sys.exit(f"The bar is {BAR}.")


def compare(environment, where, commit_ms):
    rates = {lock: measure(environment, lock, commit_ms) for lock in LOCKS}
    ratio = rates["per person"] / rates["global"]
    print(
        f"{where}: {rates['per person']:.0f} writes a second with a lock for each person, "
        f"{rates['global']:.0f} behind one lock: {ratio:.1f} times as many",
        flush=True,
    )
    return ratio


def measure(environment, lock, commit_ms):
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.ledger", lock, str(commit_ms)],
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


def write(lock, commit_ms):
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
            if commit_ms:
                cursor.execute("SELECT pg_sleep(%s)", [commit_ms / 1000])
        written += 1
    print(written)


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2])) if sys.argv[1:] else main()
