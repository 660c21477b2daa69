import os
import secrets
import signal
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

import pytest

from local import ROOT, run
from local.server import PORTS, is_bindable
from tests.letters.outside import kill
from tests.local.conftest import folder  # noqa: F401 a fixture


@pytest.fixture
def at_the_end():
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def start_web(at_the_end, folder):  # noqa: F811
    """The web server of `make run`, with its two workers: its port."""

    def start(**environment):
        port = free_port()
        web = next(child for child in run.children(folder, port) if child.name == "web")
        with (folder / "web.log").open("ab") as log:
            process = subprocess.Popen(
                web.command,
                cwd=ROOT,
                env=os.environ | {"PORT": str(port)} | environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        at_the_end.callback(kill, process)
        wait_for_answer(f"http://localhost:{port}/readyz", process, folder / "web.log")
        return port

    return start


def wait_for_answer(address, process, log):
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except urllib.error.HTTPError as answer:
            if answer.code == 404:
                return
        except OSError:
            pass
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    pytest.fail(f"{address} does not answer:\n{log.read_text()[-2000:]}")


def free_port():
    return next(p for p in iter(lambda: secrets.choice(PORTS), None) if is_bindable(p))
