"""`make run`: the whole portal on this machine, until Ctrl-C."""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from environ import Env

from . import ROOT, Trouble, servers
from .children import die_with_parent, dying_with_me
from .server import is_bindable, is_free, write_whole
from .supervisor import Child, Supervisor


def main():
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, interrupt)
    die_with_parent(signal.SIGTERM)  # `make` killed with -9 must not leave us behind
    try:
        run()
    except Trouble as trouble:
        sys.exit(str(trouble))
    except PermissionError as error:
        sys.exit(servers.not_allowed(error))
    except KeyboardInterrupt:
        say("Stopped.")
    finally:
        # What follows is the orderly end of the servers; a second Ctrl-C would spoil it.
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)


def run():
    var = servers.var_root()
    var.mkdir(parents=True, exist_ok=True)
    read_settings()
    if os.environ.get("LOCAL") != "1":
        raise Trouble(
            "The environment (or .env) is that of a production site: LOCAL=1 is not set. "
            "`make run` fills in demo data and is for one's own machine only."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kazvek.settings")
    port = wanted_port()
    with alone(var, port) as lock:
        supervisor = Supervisor(children(var, port))
        supervisor.end_leftovers()
        held = hold_port(port)
        servers.try_given()
        if missing := servers.not_given().values():
            say(f"Starting {' and '.join(kind.name for kind in missing)} ...")
            servers.join()
        collect_static(var)
        say("Preparing the database, the translations and the demo ...")
        finish(["-m", "local.prepare"])

        def stop(*_):
            lock.truncate(0)
            supervisor.stop()

        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, stop)
        threading.Thread(target=announce, args=[supervisor, port], daemon=True).start()
        supervisor.run()
        for bound in held:
            bound.close()


def children(var: Path, port: int) -> list[Child]:
    python = sys.executable
    # Celery warns root of pickled tasks; ours are JSON, and this is a machine to try things on.
    hush = "ignore:You're running the worker with superuser"
    celery = [python, "-W", hush, "-m", "celery", "--quiet", "-A", "kazvek"]
    return [
        Child(
            "web",
            [
                # A heap for each thread would hold half as much again.
                *("env", "MALLOC_ARENA_MAX=2", python, "-m", "granian"),
                *("--interface", "wsgi", "--host", "127.0.0.1"),
                *("--port", str(port), "--workers", "2", "--blocking-threads", "1"),
                *("--respawn-failed-workers", "--no-access-log", "kazvek.wsgi:application"),
            ],
            colour=32,
            mark=var / "web.mark",
        ),
        Child(
            "worker",
            [*celery, "worker", "--queues", "default,mail,media,privacy"],
            colour=36,
            mark=var / "worker.mark",
        ),
        Child(
            "beat",
            [*celery, "beat", "--pidfile="],
            colour=35,
            mark=var / "beat.mark",
        ),
    ]


def read_settings():
    """Write .env in the first run; ever after only read it."""
    path = ROOT / ".env"
    if not path.exists():
        write_whole(
            path,
            "# Written by `make run`, for this machine only. .env.example names the rest.\n"
            "LOCAL=1\n"
            f"SECRET_KEY={secrets.token_hex(32)}\n"
            f"PRIVACY_KEY={secrets.token_hex(32)}\n",
        )
    Env.read_env(path)


def wanted_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 2**16:
        raise Trouble(f"PORT is {given!r}, which is no port. Try: PORT=8001 make run")
    return int(given)


@contextlib.contextmanager
def alone(var: Path, port: int):
    """One portal per folder. Yields the lock, which ends with this process, however it ends.

    It holds our address while we run and nothing while we stop, for which the next one waits.
    """
    with (var / "run.lock").open("a+") as lock:
        patience, runs_at = time.monotonic() + 1, ""
        while not is_free(lock):
            lock.seek(0)
            runs_at = lock.read()
            if runs_at and time.monotonic() > patience:
                raise Trouble(
                    f"The portal of this folder runs already: {runs_at}\n"
                    "Stop it with Ctrl-C where it was started."
                )
            time.sleep(0.1)
        lock.truncate(0)
        lock.write(f"{address(port)} (process {os.getpid()})")
        lock.flush()
        try:
            yield lock
        finally:
            lock.truncate(0)


def hold_port(port: int) -> list[socket.socket]:
    """Bind the port without listening, as long as we run: nobody can take it before the web does.

    The web listens on 127.0.0.1. On ::1, which browsers try first for localhost, nobody may.
    """
    hosts = ("127.0.0.1", "::1")
    try:
        # Refused while anybody listens.
        for host in hosts:
            with bind(host, port, socket.SO_REUSEADDR):
                pass
        # Keeps others out, and lets in Granian, which sets the same option.
        return [bind(host, port, socket.SO_REUSEPORT) for host in hosts]
    except PermissionError as error:
        raise Trouble(f"Port {port} is only for root. Try: PORT=8000 make run") from error
    except OSError as error:
        free = next(other for other in range(port + 1, 2**16) if is_bindable(other))
        raise Trouble(
            f"Port {port} is taken by another program. Try: PORT={free} make run"
        ) from error


def bind(host: str, port: int, option: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, option, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:  # that is a machine without IPv6
            bound.close()
            raise
    return bound


def finish(arguments: list[str], **environment: str):
    """Run a step in Python to its end; what it says is shown."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches only us, who end it without a traceback
        preexec_fn=dying_with_me(signal.SIGTERM),
    )
    try:
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        raise Trouble(f"`{' '.join(arguments)}` failed with code {code}; its reason stands above.")


def collect_static(var: Path):
    """Collect beside and swap, so that a killed run never leaves half of the files."""
    stamp = var / "collected-from"
    sources = digest_of_static()
    if stamp.exists() and stamp.read_text() == sources:
        return
    say("Collecting static files ...")
    fresh = var / "collecting"
    shutil.rmtree(fresh, ignore_errors=True)
    finish(["manage.py", "collectstatic", "--no-input", "--verbosity=0"], VAR_ROOT=str(fresh))
    stamp.unlink(missing_ok=True)
    shutil.rmtree(var / "static", ignore_errors=True)
    (fresh / "static").rename(var / "static")
    shutil.rmtree(fresh)
    stamp.write_text(sources)


def digest_of_static() -> str:
    """Of all that can change what collectstatic makes: our files, its code, the packages."""
    files = [
        *sorted(path for path in (ROOT / "static").rglob("*") if path.is_file()),
        *(ROOT / "ui" / "storage.py", ROOT / "kazvek" / "settings.py"),
        ROOT / "requirements-local.lock",
    ]
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def announce(supervisor: Supervisor, port: int):
    while not supervisor.is_stopping:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                say(f"\nKazvek is ready: {address(port)}   (Ctrl-C stops it)\n")
                return
        except OSError:
            time.sleep(0.2)


def address(port: int) -> str:
    return f"http://localhost:{port}/"


def interrupt(*_):
    raise KeyboardInterrupt


def say(sentence: str):
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(sentence, flush=True)


if __name__ == "__main__":
    main()
