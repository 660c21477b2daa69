"""PostgreSQL, PgBouncer and Valkey of one test run, apart from those of `make run`.

Loaded by `-p tests.servers` before pytest-django reads the settings. Services that DATABASE_URL
and REDIS_URL name are used instead.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

from local import Trouble
from local.pgbouncer import PgBouncer
from local.postgres import Postgres
from local.valkey import Valkey


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests():
    worker = os.environ.get("PYTEST_XDIST_WORKER")  # workers inherit what is set here
    try:
        if worker:
            part(worker)
        else:
            start()
    except Trouble as trouble:
        raise pytest.UsageError(str(trouble)) from trouble
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    """A failure is named at once; what it was follows at the end."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\n{report.nodeid} ({report.when})", flush=True)  # noqa: T201


def start():
    folder = Path(tempfile.mkdtemp(prefix="kazvek-tests-")).resolve()
    folder.chmod(0o711)  # PostgreSQL may run as another user
    servers = {
        "DATABASE_URL": Postgres(folder / "postgres", disposable=True),
        "REDIS_URL": Valkey(folder / "valkey", disposable=True),
    }
    # At exit, because pytest tears down the test databases later than any hook of ours.
    atexit.register(end, folder, servers.values(), os.getpid())
    if not os.environ.get("DATABASE_URL"):
        os.environ["BEHIND_PGBOUNCER"] = str(servers["DATABASE_URL"].folder)
    for name, server in servers.items():
        if not os.environ.get(name):
            server.start()
            os.environ[name] = server.url
        else:
            os.environ[f"{name}_IS_GIVEN"] = "1"
    os.environ |= {
        "LOCAL": "1",
        "SECRET_KEY": secrets.token_hex(32),
        "PRIVACY_KEY": secrets.token_hex(32),
        **roots(folder / "var"),
    }


def roots(var):
    return {
        "VAR_ROOT": str(var),
        "MEDIA_ROOT": str(var / "media"),
        "PRIVATE_ROOT": str(var / "private"),
    }


def part(worker):
    """Files and Valkey of a worker's own: what a deletion searches must not be that of others."""
    shared = Path(os.environ["VAR_ROOT"])
    own = shared.parent / worker
    var = own / "var"
    var.mkdir(parents=True)
    (var / "static").symlink_to(shared / "static")
    os.environ |= roots(var)
    if "REDIS_URL_IS_GIVEN" not in os.environ:
        valkey = Valkey(own / "valkey", disposable=True)
        atexit.register(end, own, [valkey], os.getpid())
        valkey.start()
        os.environ["REDIS_URL"] = valkey.url


def bouncer():
    """One for each worker, before PostgreSQL; None before a service, which may have its own."""
    if not (folder := os.environ.get("BEHIND_PGBOUNCER")):
        return None
    postgres = Postgres(Path(folder), disposable=True)
    own = Path(folder).with_name(f"pgbouncer-{os.getpid()}")
    return PgBouncer(own, postgres.password, {"*": postgres})


def end(folder, servers, started_by):
    if os.getpid() != started_by:
        return
    for server in servers:
        if server.process:
            server.stop()
    shutil.rmtree(folder, ignore_errors=True)
