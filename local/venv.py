"""`python3 -m local.venv`: the packages of requirements-local.lock in .venv, ready to use.

Runs on the system's Python with nothing but its standard library.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 any python3 comes here first
    sys.exit("Kazvek needs Python 3.11 or newer, and this is {}.{}.".format(*sys.version_info))

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import time

from . import ROOT, Trouble
from .children import die_with_parent, dying_with_me

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-local.lock"
STAMP = VENV / "made-from.json"  # written last: without it nothing in .venv is trusted


def prepare() -> None:
    wanted = {
        "python": [sys.version, os.path.realpath(sys.executable)],
        "folder": str(ROOT),
        "packages": hashlib.sha256(LOCK.read_bytes()).hexdigest(),
    }
    folder = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)  # two commands started at once take turns
    made = made_from()
    if made == wanted:
        return
    if made and made | {"packages": wanted["packages"]} == wanted:
        STAMP.unlink()
    else:  # another Python, another folder, or killed while installing: what is there may be broken
        rebuild()
    install()
    # So that every tool in .venv/bin finds the portal's modules, whatever folder it is called in.
    (site_packages() / "kazvek.pth").write_text(f"{ROOT}\n")
    STAMP.write_text(json.dumps(wanted))


def made_from():
    if not os.access(PYTHON, os.X_OK):  # also when the Python it points to is gone
        return None
    with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
        return json.loads(STAMP.read_text())


def rebuild() -> None:
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        raise Trouble(
            "This Python cannot make virtual environments. On Debian and Ubuntu:\n"
            "  apt install git make python3 python3-venv"
        )
    say("Making .venv ...")
    if VENV.is_symlink():
        raise Trouble(f"{VENV} is a symbolic link. Remove it and start again.")
    remove(VENV)
    run([sys.executable, "-m", "venv", VENV], "The virtual environment could not be made.")


def remove(folder) -> None:
    """Also while what outlived a killed command still writes into it, for a moment."""
    for tries_left in reversed(range(50)):
        if not folder.exists():
            return
        try:
            shutil.rmtree(folder)
        except OSError:
            if not tries_left:
                raise
            time.sleep(0.2)


def install() -> None:
    say("Installing the packages of requirements-local.lock (about a minute) ...")
    run(
        [
            *(PYTHON, "-m", "pip", "install", "--quiet", "--no-input"),
            *("--disable-pip-version-check", "--root-user-action=ignore", "--retries=2"),
            *("--require-hashes", "--only-binary=:all:", "--requirement", LOCK),
            # It has no wheel; it is plain Python.
            "--no-binary=authres",
        ],
        "The packages could not be installed. Without a network that is to be expected: start "
        "again when there is one.",
    )


def site_packages():
    (found,) = VENV.glob("lib/python*/site-packages")
    return found


def run(command, sentence) -> None:
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=dying_with_me(signal.SIGKILL),
        check=False,
    )
    if done.returncode:
        raise Trouble("\n".join([*done.stdout.splitlines()[-15:], sentence]))


def say(sentence) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    die_with_parent(signal.SIGKILL)
    os.umask(0o022)  # the servers' programs must be readable for the user they run under
    try:
        prepare()
    except Trouble as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit(130)
