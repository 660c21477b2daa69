"""Behind the shipped proxy: nobody gets the page of somebody else, and nobody an old price."""

import gzip
import os
import random
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from listings.models import Favourite
from local import ROOT
from local.valkey import Valkey
from tests.deploy.conftest import free_port, wait_for_answer
from tests.letters.outside import database_url, kill

CADDY = Path(sys.executable).with_name("caddy")
ROUNDS = 6
METRICS_TOKEN = "a token of twenty letters"


def test_the_proxy_of_the_tests_is_the_one_that_is_shipped():
    [shipped] = re.findall(r"FROM caddy:([0-9]+\.[0-9]+)", (ROOT / "Dockerfile").read_text())

    tested = subprocess.run([CADDY, "version"], capture_output=True, text=True, check=True).stdout

    assert tested.startswith(f"v{shipped}.")


@pytest.fixture
def site(start_web, folder, at_the_end):
    """The address of the portal: the proxy, and behind it a web server with two workers."""
    # What the home page remembers is not of another test.
    valkey = Valkey(folder / "valkey", disposable=True)
    at_the_end.callback(valkey.stop)
    valkey.start()
    web = start_web(DATABASE_URL=database_url(), REDIS_URL=valkey.url, METRICS_TOKEN=METRICS_TOKEN)
    port = free_port()
    shipped = (ROOT / "deploy/Caddyfile").read_text()
    assert shipped.count("web:8000") == 4
    config = folder / "Caddyfile"
    config.write_text(shipped.replace("web:8000", f"127.0.0.1:{web}"))
    address = f"http://localhost:{port}"
    homes = dict.fromkeys(["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"], str(folder))
    with (folder / "proxy.log").open("ab") as log:
        proxy = subprocess.Popen(
            [CADDY, "run", "--adapter", "caddyfile", "--config", config],
            env=os.environ | homes | {"SITE_URL": address},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    at_the_end.callback(kill, proxy)
    wait_for_answer(f"{address}/healthz", proxy, folder / "proxy.log")
    return address


class Reader:
    """A browser as far as keeping goes: it shows what it may keep for as long as it may."""

    def __init__(self, site, user=None):
        self.site, self.cookie, self.kept = site, None, {}
        if user:
            client = Client()
            client.force_login(user)
            name = settings.SESSION_COOKIE_NAME
            self.cookie = f"{name}={client.cookies[name].value}"

    def fetch(self, page, **headers):
        headers |= {"Accept-Encoding": "gzip"} | ({"Cookie": self.cookie} if self.cookie else {})
        request = urllib.request.Request(f"{self.site}{page}", headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=60)
        except urllib.error.HTTPError as other:
            answer = other
        with answer:
            html = answer.read()
        if answer.headers.get("Content-Encoding") == "gzip":
            html = gzip.decompress(html)
        return answer.status, answer.headers, html.decode()

    def read(self, page):
        """What the visitor sees, were it kept in the meantime as long as is allowed."""
        kept = self.kept.get(page)
        if kept and time.monotonic() < kept["fresh_until"]:
            return kept["html"]
        seen = kept["html"] if kept and time.monotonic() < kept["stale_until"] else None
        asked_at = time.monotonic()
        ask = {"If-None-Match": kept["etag"]} if kept else {}
        status, headers, html = self.fetch(page, **ask)
        if status == 304:
            html = kept["html"]
        fresh, stale = re.search(
            r"max-age=(\d+), stale-while-revalidate=(\d+)", headers["Cache-Control"]
        ).groups()
        self.kept[page] = {
            "html": html,
            "etag": headers["ETag"],
            "fresh_until": asked_at + int(fresh),
            "stale_until": asked_at + int(fresh) + int(stale),
        }
        return html if seen is None else seen


@pytest.fixture
def market(make_listing, policy):
    listing = make_listing(price=98_000)
    make_listing("Пшеница 4 класса", price=90_000)
    return listing


def pages_of(listing):
    return [
        "/en/",
        "/en/listings/wheat/",
        listing.get_absolute_url().replace("/ru/", "/en/"),
        listing.seller.get_absolute_url().replace("/ru/", "/en/"),
    ]


@pytest.mark.proof(every=6)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
def test_readers_who_come_in_any_order_get_each_their_own_page(seed, market, site, aigul, marat):
    ad = pages_of(market)[2]
    owner = market.seller.members.get().user
    Favourite.objects.create(user=marat, listing=market)
    people = {"nobody": None, "owner": owner, "marat": marat, "aigul": aigul}
    readers = {name: Reader(site, user) for name, user in people.items()}
    readers["nobody else"] = Reader(site)
    chance = random.Random(seed)  # noqa: S311 it only has to come again
    visits = [(name, page) for name in readers for page in pages_of(market) * ROUNDS]
    visits += [(name, "/en/account/") for name in people if name != "nobody"] * ROUNDS
    chance.shuffle(visits)

    with ThreadPoolExecutor(8) as at_once:
        answers = list(at_once.map(lambda visit: readers[visit[0]].fetch(visit[1]), visits))

    emails = {name: user.email for name, user in people.items() if user}
    for (name, page), (status, headers, html) in zip(visits, answers, strict=True):
        assert status == 200, (name, page)
        is_member = name in emails
        wanted = "private, no-store" if is_member else "public, max-age=4"
        assert headers["Cache-Control"].startswith(wanted), (name, page)
        assert headers["Set-Cookie"] is None or is_member, (name, page)
        assert headers["Content-Encoding"] == "gzip"
        others = [email for other, email in emails.items() if other != name]
        assert not [email for email in others if email in html], (name, page)
        if page == "/en/account/":
            assert emails[name] in html
        if page == ad:
            assert ("Remove from saved" in html) == (name == "marat"), name
            assert (f"/en/account/listings/{market.pk}/stats/" in html) == (name == "owner"), name
    # Both workers together have counted each of them once.
    bearer = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    _status, _headers, numbers = Reader(site).fetch("/metrics", **bearer)
    counted = re.findall(r'requests_total{route="listings:detail",status="200"} (\S+)', numbers)
    assert [float(number) for number in counted] == [[page for _, page in visits].count(ad)]


@pytest.mark.proof(every=6)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", [2, 1])
def test_within_ten_seconds_everybody_sees_a_new_price(times, market, site, aigul):
    readers, pages = [Reader(site), Reader(site)], pages_of(market)
    for reader in readers:
        for page in pages:
            reader.read(page)
            etag = reader.kept[page]["etag"]
            assert reader.fetch(page, **{"If-None-Match": etag})[0] == 304

    for change in range(times):
        market.price = 123_000 + change
        market.changed("price")
        changed_at = time.monotonic()
        words = f"{market.price:,}".replace(",", "\xa0")
        not_yet = {(reader, page) for reader in readers for page in pages}
        while not_yet:
            for reader, page in [*not_yet]:
                began = time.monotonic()
                if words in reader.read(page):
                    not_yet.remove((reader, page))
                else:
                    assert began - changed_at < 10, page
            time.sleep(0.1)

        assert words in Reader(site, aigul).fetch(pages[2])[2]
