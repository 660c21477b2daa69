import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from local import ROOT
from local.server import PORTS, is_bindable, is_free

OURS = [
    "DATABASE_URL",
    "REDIS_URL",
    "VAR_ROOT",
    "MEDIA_ROOT",
    "PRIVATE_ROOT",
    "LOCAL",
    "SECRET_KEY",
    "PRIVACY_KEY",
]


@pytest.fixture
def bare_environment():
    """As in a shell in which nobody has set anything for the portal."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in OURS and not name.startswith(("DJANGO_", "PYTEST_"))
    }


@pytest.fixture
def folder():
    """Not `tmp_path`: as root the database runs as another user, and pytest locks others out."""
    with tempfile.TemporaryDirectory(prefix="kazvek-tests-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        yield folder


@pytest.fixture
def var(folder):
    return folder / "var"


@pytest.fixture
def servers_run(var):
    """Does any process of these servers live?"""

    def run():
        for folder in ("postgres", "valkey"):
            with (var / folder / "alive").open("ab") as life:
                if not is_free(life):
                    return True
        return False

    return run


@pytest.fixture
def start_program(bare_environment, var):
    """Start Python code as a program of its own, after it joined the servers of `var`."""
    started = []

    def start(code, *, var=var):
        program = subprocess.Popen(
            [sys.executable, "-c", PREAMBLE + code],
            cwd=ROOT,
            env=bare_environment | {"VAR_ROOT": str(var)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(program)
        return program

    yield start
    for program in started:
        program.communicate()  # its end of the input tells it to leave


PREAMBLE = """
import os, sys, psycopg, redis
from local import Trouble, servers
try:
    servers.join()
except Trouble as trouble:
    sys.exit(str(trouble))
database = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
def ask(query):
    print(database.execute(query).fetchone()[0], flush=True)
"""


@pytest.fixture
def run_program(start_program):
    """What the code printed. It must have ended well."""

    def run(code, **options):
        program = start_program(code, **options)
        said, wrong = program.communicate()
        assert program.returncode == 0, wrong
        return said.strip()

    return run


@pytest.fixture
def refused_program(start_program):
    """The sentence with which the code was refused the servers."""

    def run(code="", **options):
        program = start_program(code, **options)
        _, wrong = program.communicate()
        assert program.returncode == 1, wrong
        assert "Traceback" not in wrong
        return wrong

    return run


@pytest.fixture
def checkout(folder):
    """A copy of this tree in which nothing was ever started."""
    copy = folder / "checkout"
    left_out = shutil.ignore_patterns(".git", ".venv", "var", ".env", "node_modules", "*.mo")
    shutil.copytree(ROOT, copy, ignore=left_out)
    return copy


@pytest.fixture
def port():
    """One that the other workers of this test run do not choose as well."""
    return next(port for port in iter(lambda: secrets.choice(PORTS), None) if is_bindable(port))


@pytest.fixture
def make_run(checkout, port, bare_environment, folder):
    """Start what `make run` starts, without making .venv anew."""
    started = []

    def start(**environment):
        log = (folder / f"run-{len(started)}.log").open("w+")
        run = subprocess.Popen(
            [sys.executable, "-m", "local.run"],
            cwd=checkout,
            env=bare_environment | {"PORT": str(port), "DEMO_LISTINGS": "30"} | environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        run.said = lambda: (log.seek(0), log.read())[1]
        started.append(run)
        return run

    yield start
    for run in started:
        run.send_signal(signal.SIGTERM)
    for run in started:
        run.wait(timeout=60)


@pytest.fixture
def await_ready(port):
    def wait(run, seconds=120):
        deadline = time.monotonic() + seconds
        while "Kazvek is ready" not in run.said():
            assert run.poll() is None, run.said()
            assert time.monotonic() < deadline, run.said()
            time.sleep(0.1)

    return wait


@pytest.fixture
def answers(port):
    """Does the portal answer at its address?"""

    def ask():
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    return ask
