"""Public pages from a real streaming replica, which lags, stops and is promoted meanwhile."""

import itertools
import signal
import subprocess
import time
import urllib.request
from http.cookies import SimpleCookie

import pytest

from local.postgres import NAME, program
from local.replica import Primary, Replica
from tests.conftest import PASSWORD
from tests.letters.outside import direct_database_url, wait_until
from ui.replicas import MOST_BEHIND, PINNED

# Of a page that is looked through once a second, on a busy machine.
UNSEEN = MOST_BEHIND + 2
TOKEN = "a token of twenty letters"


class Market:
    """The portal with a primary and a replica of it, and one ad whose title is changed."""

    def __init__(self, folder, at_the_end, listing):
        self.primary = Primary(folder / "primary")
        self.replica = Replica(folder / "replica", self.primary)
        self.path, self.pk = listing.get_absolute_url(), listing.pk
        self.numbers = itertools.count(1)
        at_the_end.callback(self.primary.stop)
        self.primary.start()
        dump = [program("pg_dump"), "--no-owner", direct_database_url()]
        load = [program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", self.primary.url]
        with subprocess.Popen(dump, stdout=subprocess.PIPE) as dumping:
            subprocess.run(load, stdin=dumping.stdout, stdout=subprocess.DEVNULL, check=True)
        at_the_end.callback(self.replica.stop)
        self.replica.start()

    def write(self):
        """The new title."""
        title = f"Title number {next(self.numbers)}"
        with self.primary.connect(NAME) as connection:
            connection.execute(
                "UPDATE listings_listing SET title = %s, version = version + 1 WHERE id = %s",
                [title, self.pk],
            )
        return title

    def read(self, cookie=None):
        # Another address each time, so that it is no page that a process remembers.
        address = f"http://localhost:{self.port}{self.path}?utm={next(self.numbers)}"
        request = urllib.request.Request(address, headers={"Cookie": cookie} if cookie else {})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def is_said_to_be_in_use(self):
        request = urllib.request.Request(
            f"http://localhost:{self.port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return 'kazvek_replica_in_use{replica="replica1"} 1.0' in answer.read().decode()

    def is_read_from_replica(self):
        """Now: what it was last asked is about the ad, by a question that began after this one."""
        with self.replica.connect(NAME) as connection:
            asked = (
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE query LIKE '%%listings_listing%%' AND query_start > %s"
                " AND pid <> pg_backend_pid()"
            )
            (now,) = connection.execute("SELECT clock_timestamp()").fetchone()
            self.read()
            return connection.execute(asked, [now]).fetchone()[0] > 0

    def tell(self, statement):
        with self.replica.connect("postgres") as connection:
            connection.execute(statement)


def lag(market):
    market.tell("ALTER SYSTEM SET recovery_min_apply_delay = '1h'")
    market.tell("SELECT pg_reload_conf()")


def stop(market):
    market.replica.process.send_signal(signal.SIGQUIT)
    market.replica.process.wait()


def promote(market):
    market.tell("SELECT pg_promote()")


@pytest.fixture
def market(folder, at_the_end, make_listing, policy, start_web):
    market = Market(folder, at_the_end, make_listing())
    market.port = start_web(
        DATABASE_URL=market.primary.url,
        DATABASE_REPLICA_URLS=market.replica.url,
        METRICS_TOKEN=TOKEN,
    )
    return market


@pytest.mark.proof(every=3)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", [lag, stop, promote])
def test_a_replica_is_read_while_it_keeps_up_and_nobody_sees_what_is_old(market, trouble):
    wait_until(market.is_read_from_replica)

    trouble(market)
    titles = []
    for _ in range(6):
        title = market.write()
        titles.append(title)
        assert title in market.read("wrote=1")
        assert title in market.read("session=" + "a" * 32)
        market.read()
        time.sleep(0.5)
    time.sleep(UNSEEN)

    assert titles[-1] in market.read()
    assert trouble is stop or not market.is_read_from_replica()


@pytest.mark.proof(every=3)
@pytest.mark.django_db(transaction=True)
def test_a_replica_that_is_back_is_read_again(market):
    wait_until(market.is_read_from_replica)
    wait_until(market.is_said_to_be_in_use)
    stop(market)
    time.sleep(UNSEEN)
    market.read()
    wait_until(lambda: not market.is_said_to_be_in_use())

    market.replica.start()

    wait_until(market.is_read_from_replica)
    wait_until(market.is_said_to_be_in_use)


def test_whoever_sends_something_is_pinned_where_there_are_replicas(client, aigul, settings):
    form = {"login": aigul.email, "password": PASSWORD}

    without = client.post("/en/accounts/login/", form)
    client.logout()
    settings.REPLICAS = ["replica1"]
    sent = client.post("/en/accounts/login/", form)

    assert without.status_code == sent.status_code == 302
    assert settings.WROTE_COOKIE_NAME not in without.cookies
    assert sent.cookies[settings.WROTE_COOKIE_NAME]["max-age"] == PINNED
    client.cookies = SimpleCookie({settings.WROTE_COOKIE_NAME: "1"})
    assert client.get("/en/help/")["Cache-Control"] == "private, no-store"
