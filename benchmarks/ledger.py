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
from local.postgres import HBA, NAME, Postgres, account_for, program
from local.server import write_whole
from local.servers import var_root

CONNECTIONS = 8
SECONDS = 6
BEHIND_MS = 20
BAR = 5
LOCKS = ["per person", "global"]


class Primary(Postgres):
    def conf(self):
        return super().conf() + "wal_level = replica\nmax_wal_senders = 4\n"

    def prepare(self):
        super().prepare()
        write_whole(self.folder / "pg_hba.conf", HBA + HBA.replace("all", "replication", 1), 0o644)

    def wait_for_copy(self):
        """From now on a commit counts when the copy has applied it."""
        with self.connect("postgres") as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'copy'")
            connection.execute("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
            connection.execute("SELECT pg_reload_conf()")
            while not connection.execute(
                "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
            ).fetchone():
                time.sleep(0.05)


class Copy(Primary):
    """A streaming replica that applies each commit a while after it was made."""

    def __init__(self, folder, primary):
        super().__init__(folder)
        self.primary = primary

    def initialise(self):
        self.folder.mkdir(mode=0o711)
        shutil.copy(self.primary.folder / "password", self.folder / "password")
        self.data.mkdir(mode=0o700)
        account = account_for(self.primary.data)
        if account:
            os.chown(self.data, account["user"], account["group"])
        subprocess.run(
            [program("pg_basebackup"), "-D", self.data, "-d", self.source, "-R", "-c", "fast"],
            cwd="/",
            check=True,
            **account,
        )

    @property
    def source(self):
        return (
            f"host=127.0.0.1 port={self.primary.port} user={NAME} password={self.primary.password} "
            "application_name=copy sslmode=disable"
        )

    def conf(self):
        return super().conf() + f"recovery_min_apply_delay = {BEHIND_MS}ms\n"


def main():
    var = var_root()
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    folder.chmod(0o711)
    postgres = Primary(folder / "postgres")
    copy = Copy(folder / "copy", postgres)
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
