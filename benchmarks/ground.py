"""Servers of a benchmark's own, which go away afterwards, and portals on their databases."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from local import ROOT, run
from local.postgres import Postgres
from local.servers import var_root
from local.valkey import Valkey
from proofs.orders import free_port

SETTINGS = """\
shared_buffers = 1GB
effective_cache_size = 6GB
max_wal_size = 4GB
"""


class Tuned(Postgres):
    """For a machine that has memory for more than a first look at the portal."""

    def conf(self):
        return super().conf() + SETTINGS


class Ground:
    def __init__(self, folder: Path):
        self.folder = folder
        self.postgres, self.valkey = Tuned(folder / "postgres"), Valkey(folder / "valkey")
        self.keys = {name: secrets.token_hex(32) for name in ("SECRET_KEY", "PRIVACY_KEY")}

    def environment(self, database, port=8000):
        """Of a portal on this database. The pictures of all of them are the same files."""
        return {
            "LOCAL": "1",
            "DATABASE_URL": f"{self.postgres.url.rpartition('/')[0]}/{database}",
            "REDIS_URL": self.valkey.url,
            "VAR_ROOT": str(self.folder),
            "PORT": str(port),
            # Buyers of one address would be taken for a program.
            "TRUSTED_PROXY_COUNT": "1",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            **self.keys,
        }

    def fill(self, database, ads) -> float:
        """Seconds it took, on a ground that was laid before."""
        with self.postgres.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {database}")
        lay = ["shell", "--no-imports", "-c", "from kazvek.demo import ground; ground.lay()"]
        self.manage(database, *lay, stdout=subprocess.DEVNULL)
        begun = time.monotonic()
        self.manage(database, "many_ads", str(ads), "--skip-checks")
        return time.monotonic() - begun

    def manage(self, database, *words, stdout=None):
        subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=os.environ | self.environment(database),
            stdout=stdout,
            check=True,
        )

    @contextmanager
    def portal(self, database):
        """Yields the address of one that runs as `make run` has it."""
        port = free_port()
        [web, *_workers] = run.children(self.folder, port)
        process = subprocess.Popen(
            web.command,
            cwd=ROOT,
            env=os.environ | self.environment(database, port),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = f"http://localhost:{port}"
            wait_for(address)
            yield address, process
        finally:
            process.terminate()
            process.wait()


@contextmanager
def own_servers():
    var = var_root()
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    folder.chmod(0o711)
    ground = Ground(folder)
    try:
        ground.postgres.start()
        ground.valkey.start()
        os.environ.update(ground.environment("kazvek"))
        run.collect_static(folder)
        run.finish(["manage.py", "compile_translations"])
        yield ground
    finally:
        ground.valkey.stop()
        ground.postgres.stop()
        shutil.rmtree(folder)


def wait_for(address):
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz"):  # noqa: S310 our own address
                return
        except OSError:
            time.sleep(0.2)
