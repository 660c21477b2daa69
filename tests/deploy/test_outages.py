"""The database is restarted, the cache is flushed and taken away, while visitors read on."""

import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

import pytest
import redis

from local.postgres import Postgres, program
from local.valkey import Valkey
from tests.letters.outside import direct_database_url, wait_until

VISITORS = 4


@dataclass(frozen=True)
class Visit:
    page: str
    began: float
    ended: float
    status: int


class Outage:
    """The portal on servers of its own, which hold what the test has made."""

    def __init__(self, folder, at_the_end):
        self.postgres = Postgres(folder / "postgres", disposable=True)
        self.valkey = Valkey(folder / "valkey", disposable=True)
        for server in (self.postgres, self.valkey):
            at_the_end.callback(server.stop)
            server.start()
        dump = [program("pg_dump"), "--no-owner", direct_database_url()]
        load = [program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", self.postgres.url]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
            subprocess.run(load, stdin=dumping.stdout, stdout=subprocess.DEVNULL, check=True)
        assert dumping.returncode == 0
        self.visits = []
        self.is_over = threading.Event()

    def stop(self, server, sign):
        server.process.send_signal(sign)
        server.process.wait()

    def restart(self, server, sign, away=0.0):
        self.stop(server, sign)
        time.sleep(away)
        server.start()

    def flush(self):
        redis.Redis.from_url(self.valkey.url).flushall()

    def visit(self, address):
        began = time.monotonic()
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                answer.read()
                status = answer.status
        except urllib.error.HTTPError as answer:
            status = answer.code
        return Visit(address, began, time.monotonic(), status)

    def wait_until_read(self, addresses, since):
        """By then every page has been read twice by visits that began later."""

        def is_read():
            pages = [visit.page for visit in self.visits if visit.began > since]
            return all(pages.count(address) >= 2 for address in addresses)

        wait_until(is_read)

    def read_on(self, addresses):
        while not self.is_over.is_set():
            for address in addresses:
                self.visits.append(self.visit(address))


EVENTS = {
    "PostgreSQL restarted": lambda outage: outage.restart(outage.postgres, signal.SIGINT),
    "PostgreSQL killed": lambda outage: outage.restart(outage.postgres, signal.SIGQUIT),
    "PostgreSQL away for long": lambda outage: outage.restart(outage.postgres, signal.SIGINT, 20),
    "Valkey flushed": lambda outage: outage.flush(),
    "Valkey restarted": lambda outage: outage.restart(outage.valkey, signal.SIGTERM),
    "Valkey away": lambda outage: outage.stop(outage.valkey, signal.SIGKILL),
}


@pytest.mark.proof(every=6)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("event", EVENTS)
def test_visitors_see_no_error_but_while_the_database_is_away(
    event, make_listing, policy, start_web, folder, at_the_end
):
    listing = make_listing(price=98_000)
    outage = Outage(folder, at_the_end)
    port = start_web(DATABASE_URL=outage.postgres.url, REDIS_URL=outage.valkey.url)
    pages = [
        "/ru/",
        "/kk/listings/",
        "/ru/listings/wheat/",
        "/en/listings/?q=wheat",
        listing.get_absolute_url(),
        listing.seller.get_absolute_url(),
        "/ru/help/",
        "/en/privacy/",
    ]
    addresses = [f"http://localhost:{port}{page}" for page in pages]
    visitors = [
        threading.Thread(target=outage.read_on, args=[addresses[n * 2 :] + addresses[: n * 2]])
        for n in range(VISITORS)
    ]
    for visitor in visitors:
        visitor.start()
    try:
        outage.wait_until_read(addresses, since=0)
        down_from = time.monotonic()
        EVENTS[event](outage)
        up_at = time.monotonic()
        outage.wait_until_read(addresses, since=up_at)
    finally:
        outage.is_over.set()
        for visitor in visitors:
            visitor.join()

    is_of_database = event.startswith("PostgreSQL")
    unexcused = [
        visit
        for visit in outage.visits
        if visit.status != 200
        and not (is_of_database and visit.began < up_at and visit.ended > down_from)
    ]
    assert unexcused == [], (folder / "web.log").read_text()[-3000:]
    if event != "Valkey away":
        ready = f"http://localhost:{port}/readyz"
        wait_until(lambda: outage.visit(ready).status == 200, seconds=5)
