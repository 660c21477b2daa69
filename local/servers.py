import atexit
import fcntl
import os
from pathlib import Path

import psycopg
import redis

from . import ROOT, Trouble, tell
from .postgres import Postgres
from .server import Server
from .valkey import Valkey

SERVERS = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}


def var_root() -> Path:
    """Where everything of the local run lives."""
    return Path(os.environ.get("VAR_ROOT") or ROOT / "var").resolve()


def not_given() -> dict[str, type[Server]]:
    """The servers whose address is not in the environment, by the name it would have there."""
    return {name: kind for name, kind in SERVERS.items() if not os.environ.get(name)}


def try_given() -> None:
    """Say in a sentence why a server whose address is given does not let us in."""
    try:
        if address := os.environ.get("DATABASE_URL"):
            psycopg.connect(address, connect_timeout=5).close()
    except psycopg.Error as error:
        raise Trouble(f"The PostgreSQL of DATABASE_URL does not let us in: {error}") from error
    try:
        if address := os.environ.get("REDIS_URL"):
            redis.Redis.from_url(address, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(f"The server of REDIS_URL does not let us in: {error}") from error


def join() -> None:
    """Put the addresses of the embedded servers into the environment, as far as none are given.

    Servers that do not run are started. They run until the last process that joined has left.
    """
    var = var_root()
    servers = {name: kind(var / kind.__name__.lower()) for name, kind in not_given().items()}
    if not servers:
        return
    try:
        var.mkdir(parents=True, exist_ok=True)
        with changing(var):
            users = (var / "users.lock").open("ab")
            fcntl.flock(users, fcntl.LOCK_SH)
            atexit.register(leave, var, users, list(servers.values()), os.getpid())
            for name, server in servers.items():
                server.start()
                os.environ[name] = server.url
    except PermissionError as error:
        raise Trouble(not_allowed(error)) from error


def not_allowed(error: PermissionError) -> str:
    return (
        f"No permission for {error.filename}. If somebody else started the portal in this folder "
        f"before, root perhaps, start as that user, or move {var_root()} away."
    )


def leave(var: Path, users, servers, joined_by: int) -> None:
    if os.getpid() != joined_by:  # a fork inherits what was registered to run at exit
        return
    with changing(var):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody still uses them
        for server in reversed(servers):
            try:
                server.stop()
            except Trouble as trouble:
                tell(str(trouble))
            except PermissionError as error:
                tell(not_allowed(error))


def changing(var: Path):
    """Only one process at a time starts or stops servers. The lock ends with the file."""
    lock = (var / "change.lock").open("ab")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock
