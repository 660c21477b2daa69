"""A small cluster on one machine: what would stand on hosts of their own.

A primary and two replicas behind PgBouncer, Valkey, a store that speaks S3, a mail server, and two
hosts with web, workers and beat behind the shipped proxy. The hosts share no folder.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import psycopg
from aiosmtpd.controller import Controller

from local import ROOT, run
from local.children import dying_with_me
from local.pgbouncer import PgBouncer
from local.postgres import NAME
from local.replica import Primary, Replica
from local.server import is_bindable
from local.supervisor import end_group
from local.valkey import Valkey
from proofs.orders import Logged, PostOffice, free_port

CADDY = Path(sys.executable).with_name("caddy")
HOSTS = ["a", "b"]
# Long enough that a page shows where it was read, and within what a replica may be behind.
BEHIND_MS = 400
LOOKS = """
SELECT sum(idx_scan + seq_scan)::bigint FROM pg_stat_user_tables
WHERE relname = 'listings_searchdocument'
"""
FILES, ACTS = "kazvek-files", "kazvek-acts"


class Cluster:
    def __init__(self, folder: Path, at_the_end: contextlib.ExitStack):
        self.folder, self.at_the_end = folder, at_the_end
        self.primary = Primary(folder / "primary")
        self.valkey = Valkey(folder / "valkey")
        self.replicas: list[Replica] = []
        self.office = PostOffice()
        self.port = free_port()
        self.ports = {host: free_port() for host in HOSTS}
        self.address = f"http://localhost:{self.port}"

    def start(self, ads: int) -> None:
        """All but what the supervisor keeps running."""
        for server in (self.primary, self.valkey):
            self.begin(server)
        letters = Controller(self.office, hostname="127.0.0.1", port=free_port())
        letters.start()
        self.at_the_end.callback(letters.stop)
        os.environ.update(
            {
                "LOCAL": "1",
                "DATABASE_URL": self.primary.url,
                "REDIS_URL": self.valkey.url,
                "EMAIL_URL": f"smtp://127.0.0.1:{letters.port}",
                "SECRET_KEY": secrets.token_hex(32),
                "PRIVACY_KEY": secrets.token_hex(32),
                "SITE_URL": self.address,
                "TRUSTED_PROXY_COUNT": "1",
                "VAR_ROOT": str(self.folder),
                "DJANGO_SETTINGS_MODULE": "kazvek.settings",
                "DEMO_LISTINGS": str(ads),
                **self.start_store(),
            }
        )
        run.collect_static(self.folder)
        run.finish(["-m", "local.prepare"])
        self.start_replicas()
        os.environ["DATABASE_URL"] = self.bouncer.url("kazvek_sessions")

    def begin(self, server):
        self.at_the_end.callback(server.stop)
        server.start()

    def start_store(self):
        """What the environment says of it."""
        port = free_port()
        with (self.folder / "store.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 our own words
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_me(signal.SIGKILL),
            )
        self.at_the_end.callback(process.wait)
        self.at_the_end.callback(end_group, process.pid)
        while process.poll() is None and is_bindable(port):
            time.sleep(0.05)
        store = {
            "AWS_ACCESS_KEY_ID": "portal",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        }
        os.environ.update(store | {"AWS_DEFAULT_REGION": "us-east-1"})
        buckets = boto3.resource("s3")
        for name in (FILES, ACTS):
            buckets.Bucket(name).create()
        return store | {"STORAGE_URL": f"s3://{FILES}", "TOMBSTONES_URL": f"s3://{ACTS}/acts"}

    def start_replicas(self):
        for number in (1, 2):
            name = f"replica{number}"
            folder = self.folder / name
            replica = Replica(folder, self.primary, behind_ms=BEHIND_MS, name_there=name)
            self.replicas.append(replica)
            self.begin(self.replicas[-1])
        # Of each, because each may become the primary.
        for server in (self.primary, *self.replicas):
            server.wait_for_any(self.replicas)
        self.bouncer = PgBouncer(
            self.folder / "bouncer",
            self.primary.password,
            {
                "kazvek": self.primary,
                "kazvek_sessions": self.primary,
                **{f"kazvek_{replica.name_there}": replica for replica in self.replicas},
            },
        )
        self.begin(self.bouncer)

    def children(self) -> list[Logged]:
        """What a supervisor keeps running on the two hosts, and the proxy."""
        children = [
            Logged("proxy", proxy(self.folder, self.ports.values()), 0, self.folder / "proxy.mark")
        ]
        for host in HOSTS:
            var = self.folder / f"host-{host}"
            var.mkdir()
            shutil.copytree(self.folder / "static", var / "static")
            web, worker, beat = (child.command for child in run.children(var, self.ports[host]))
            # One process of each: what is killed has to start again on the same two processors.
            web[web.index("--workers") + 1], alone = "1", ["--concurrency", "1"]
            # The deletion of somebody reads what its own host has logged.
            own = ["env", f"VAR_ROOT={var}", f"PORT={self.ports[host]}"]
            own.append(f"LOGS={self.folder}/*-{host}.log")
            replicas = [self.bouncer.url(f"kazvek_{each.name_there}") for each in self.replicas]
            pooled = [
                *own,
                f"DATABASE_URL={self.bouncer.url('kazvek')}",
                f"DATABASE_REPLICA_URLS={','.join(replicas)}",
            ]
            others = worker.pop().removesuffix(",privacy")
            commands = {
                "web": [*pooled, *web],
                "worker": [*pooled, *worker, others, "--hostname", f"worker@{host}", *alone],
                # It cleans up tables, outside of transactions.
                "privacy": [*own, *worker, "privacy", "--hostname", f"privacy@{host}", *alone],
                "beat": [*pooled, *beat],
            }
            for kind, command in commands.items():
                name = f"{kind}-{host}"
                children.append(Logged(name, command, 0, self.folder / f"{name}.mark"))
        return children

    # What happens to the servers

    def lose(self, server) -> None:
        """As when its host dies: all of its processes at once."""
        pid = server.process.pid
        parts = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, parts)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        server.process.wait()

    def replace_valkey(self) -> None:
        """By an empty one, where the old one was."""
        self.lose(self.valkey)
        shutil.rmtree(self.valkey.folder / "appendonlydir")
        self.valkey.start()

    def promote(self) -> Replica:
        """The replica that has most takes the place of the primary, which is dead."""
        reached = {replica.name_there: position_of(replica) for replica in self.replicas}
        self.replicas.sort(key=lambda replica: reached[replica.name_there])
        promoted = self.replicas.pop()
        with promoted.connect("postgres") as connection:
            connection.execute("SELECT pg_promote()")
        for replica in self.replicas:
            replica.follow(promoted)
        # Nobody leads to the dead one any more; who asks for either replica gets the one that is.
        [left] = self.replicas
        places = dict.fromkeys(["kazvek", "kazvek_sessions"], promoted)
        self.bouncer.lead(places | {f"kazvek_{promoted.name_there}": left})
        self.primary = promoted
        return promoted

    def note_the_new_history(self) -> None:
        """Sooner than by the next checkpoint the replica says that it follows another primary."""
        with self.primary.connect("postgres") as connection:
            connection.execute("CHECKPOINT")
            (position,) = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
        for replica in self.replicas:
            with replica.connect("postgres") as connection:
                while not connection.execute(
                    "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position]
                ).fetchone()[0]:
                    time.sleep(0.05)
                connection.execute("CHECKPOINT")

    def looks_into_replicas(self) -> list[int]:
        """Of pages into the ads of each of them, since it was started."""
        looks = []
        for replica in self.replicas:
            with replica.connect(NAME) as connection:
                looks.append(connection.execute(LOOKS).fetchone()[0])
        return looks


def proxy(folder, ports) -> list[str]:
    """The shipped one, before web servers at these ports; SITE_URL names the address."""
    shipped = (ROOT / "deploy/Caddyfile").read_text()
    config = folder / "Caddyfile"
    config.write_text(shipped.replace("web:8000", " ".join(f"127.0.0.1:{each}" for each in ports)))
    homes = [f"{name}={folder}" for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")]
    return ["env", *homes, str(CADDY), "run", "--adapter", "caddyfile", "--config", str(config)]


def position_of(replica):
    with replica.connect("postgres") as connection:
        (position,) = connection.execute(
            "SELECT greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'::pg_lsn"
        ).fetchone()
    return position


def is_streaming(primary, replicas) -> bool:
    """All of these follow it now."""
    with contextlib.suppress(psycopg.Error), primary.connect("postgres") as connection:
        found = connection.execute(
            "SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'"
        )
        return {name for (name,) in found} >= {each.name_there for each in replicas}
    return False
