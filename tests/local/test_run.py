import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

# In the order in which a first start meets them: servers, migrations, static files, demo, children.
MOMENTS = [0.3, 0.8, 1.3, 1.8, 2.5, 4, 6, 8, 10, 13, 16, 20]


def web_of(checkout):
    """The process of the web, once it was started."""
    mark = checkout / "var" / "web.mark"
    return int(mark.read_text() or 0) if mark.exists() else 0


def test_the_portal_starts_refuses_a_second_start_and_stops_clean(
    make_run, await_ready, answers, checkout, port
):
    run = make_run()
    await_ready(run)
    assert answers()
    secrets = checkout / ".env"
    written = secrets.read_text()
    assert "LOCAL=1" in written
    assert secrets.stat().st_mode & 0o077 == 0
    # What the first start writes for ever, it writes in the language of the page.
    with urllib.request.urlopen(f"http://localhost:{port}/ru/cookies/") as page:
        assert "strictly needed" not in page.read().decode()

    second = make_run()
    assert second.wait(timeout=30) == 1
    assert f"runs already: http://localhost:{port}/" in second.said()

    os.kill(web_of(checkout), signal.SIGKILL)
    deadline = time.monotonic() + 60
    while "starting again" not in run.said() or not answers():
        assert time.monotonic() < deadline, run.said()
        time.sleep(0.2)

    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=30) == 0
    assert "Traceback" not in run.said()
    assert not answers()
    assert not (checkout / "var" / "postgres" / "data" / "postmaster.pid").exists()

    third = make_run()
    await_ready(third)
    assert answers()
    assert secrets.read_text() == written
    assert "draft" not in third.said()


def test_a_taken_port_is_said_before_anything_starts(make_run, checkout, port):
    with socket.create_server(("127.0.0.1", port)):
        run = make_run()
        assert run.wait(timeout=30) == 1

    assert f"Port {port} is taken" in run.said()
    assert " make run" in run.said()
    assert not (checkout / "var" / "postgres").exists()


@pytest.mark.parametrize("nonsense", ["eighty", "0", "65536", "-1", "8000; ls"])
@pytest.mark.proof
def test_a_port_that_is_none_is_refused(make_run, checkout, nonsense):
    run = make_run(PORT=nonsense)

    assert run.wait(timeout=30) == 1
    assert "which is no port" in run.said()
    assert "Traceback" not in run.said()
    assert not (checkout / "var" / "postgres").exists()


def test_manage_py_without_settings_says_where_they_come_from(checkout, bare_environment):
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=checkout,
        env=bare_environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "make run" in done.stderr
    assert not (checkout / "var").exists()


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("seconds", MOMENTS)
def test_a_first_start_killed_at_any_moment_can_be_started_again(
    make_run, await_ready, answers, checkout, seconds
):
    killed = make_run()
    time.sleep(seconds)
    # With the parent of the web's workers, so that nobody is left to tell them.
    for process in filter(None, [killed.pid, web_of(checkout)]):
        os.kill(process, signal.SIGKILL)
    killed.wait()

    run = make_run()
    await_ready(run)

    assert answers()


@pytest.mark.proof(network=True)
@pytest.mark.parametrize("seconds", [0.5, 2, 5, 10, 20, 30])
def test_packages_killed_while_they_are_installed_are_installed_again(
    checkout, bare_environment, seconds
):
    prepare = ["python3", "-m", "local.venv"]
    killed = subprocess.Popen(prepare, cwd=checkout, env=bare_environment)
    time.sleep(seconds)
    killed.kill()
    killed.wait()

    subprocess.run(prepare, cwd=checkout, env=bare_environment, check=True)

    python = checkout / ".venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "check"], cwd=checkout, check=True)
    subprocess.run([python, "-c", "import django, granian, celery"], cwd=checkout, check=True)
