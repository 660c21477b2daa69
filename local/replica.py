"""PostgreSQL with streaming replicas, of the embedded binaries: for tests and measurements."""

import os
import shutil
import subprocess
import time

from .postgres import HBA, NAME, Postgres, account_for, program
from .server import write_whole


class Primary(Postgres):
    def conf(self):
        return super().conf() + "wal_level = replica\nmax_wal_senders = 4\n"

    def prepare(self):
        super().prepare()
        write_whole(self.folder / "pg_hba.conf", HBA + HBA.replace("all", "replication", 1), 0o644)

    def wait_for_any(self, replicas):
        """From now on a commit is answered when one of these replicas has it on its disk, too."""
        names = ", ".join(replica.name_there for replica in replicas)
        with self.connect("postgres") as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 ({names})'")
            connection.execute("SELECT pg_reload_conf()")

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


class Replica(Primary):
    """A streaming replica; it applies each commit so long after it was made."""

    def __init__(self, folder, primary, *, behind_ms=0, name_there="copy"):
        super().__init__(folder)
        self.primary = primary
        self.name_there = name_there
        self.behind_ms = behind_ms

    def make_database(self):
        """It comes from the primary."""

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
            f"application_name={self.name_there} sslmode=disable"
        )

    def conf(self):
        return super().conf() + f"recovery_min_apply_delay = {self.behind_ms}ms\n"

    def follow(self, primary):
        """Another one than until now, with the same history."""
        self.primary = primary
        with self.connect("postgres") as connection:
            connection.execute(f"ALTER SYSTEM SET primary_conninfo = '{self.source}'")
            connection.execute("SELECT pg_reload_conf()")
