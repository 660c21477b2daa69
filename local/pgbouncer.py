"""Debian's PgBouncer, with the settings of deploy/pgbouncer.ini."""

import os
import shutil
import signal
from configparser import ConfigParser
from pathlib import Path

import psycopg

from . import ROOT, Trouble
from .postgres import NAME, account_for
from .server import Server, write_whole

SHIPPED = ROOT / "deploy" / "pgbouncer.ini"


class PgBouncer(Server):
    """Each database of `places` leads to its server, as the shipped file says; `*` is any."""

    name = "PgBouncer"

    def __init__(self, folder: Path, password: str, places: dict[str, Server]):
        super().__init__(folder)
        self.given_password = password
        self.places = places

    def url(self, database: str) -> str:
        return f"postgres://{NAME}:{self.given_password}@127.0.0.1:{self.port}/{database}"

    def prepare(self):
        if not program():
            raise Trouble("This needs PgBouncer. On Debian and Ubuntu: apt install pgbouncer")
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o711)

    def command(self):
        self.write("users.txt", f'"{NAME}" "{self.given_password}"\n')
        self.write("pgbouncer.ini", self.conf())
        return [program(), "--quiet", str(self.folder / "pgbouncer.ini")]

    def conf(self) -> str:
        """As shipped, but for where we and the servers are."""
        shipped = ConfigParser(interpolation=None)
        shipped.read_string(SHIPPED.read_text())
        asked = dict(shipped["databases"])
        shipped["databases"].clear()
        for database, server in self.places.items():
            options = dict(each.split("=", 1) for each in asked.get(database, "").split())
            options |= {"host": "127.0.0.1", "port": server.port}
            words = " ".join(f"{name}={value}" for name, value in options.items())
            shipped["databases"][database] = words
        shipped["pgbouncer"].update(
            listen_addr="127.0.0.1",
            listen_port=str(self.port),
            unix_socket_dir="",
            auth_file=str(self.folder / "users.txt"),
        )
        lines = []
        for section in shipped.sections():
            lines += [f"[{section}]", *(f"{name} = {of}" for name, of in shipped[section].items())]
        return "\n".join(lines) + "\n"

    def write(self, name, text):
        write_whole(self.folder / name, text)
        if account := self.account():
            os.chown(self.folder / name, account["user"], account["group"])

    def account(self):
        """Like PostgreSQL it refuses to run as root, and so shares the account of that."""
        server = next(iter(self.places.values()))
        return account_for(server.data)

    def lead(self, places: dict[str, Server]) -> None:
        """From now on to these servers; whoever is connected to us stays so."""
        self.places |= places
        self.write("pgbouncer.ini", self.conf())
        self.process.send_signal(signal.SIGHUP)

    def probe(self):
        if not self.port:
            return False
        try:
            with psycopg.connect(
                self.url("pgbouncer"), autocommit=True, cursor_factory=psycopg.ClientCursor
            ) as console:
                settings = {row[0]: row[1] for row in console.execute("SHOW CONFIG")}
        except psycopg.OperationalError:
            return False
        return settings["auth_file"] == str(self.folder / "users.txt")

    def ask_to_stop(self):
        self.process.terminate()


def program() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
