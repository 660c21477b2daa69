"""Cookies: what is set, what the page says of it, and the signal of a browser that objects."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.test import RequestFactory
from django.utils.translation import override

from privacy.cookies import may_set, sends_gpc
from privacy.ledger import append, locked_chain
from privacy.models import ConsentEntry
from privacy.purposes import Basis
from privacy.registers import COOKIES, Cookie, Undeclared
from tests.html import assert_valid


@pytest.fixture
def shipped(db):
    call_command("load_documents", sample_operator=True, verbosity=0)


@pytest.fixture
def optional(monkeypatch):
    """A cookie that would need consent: the portal has none today."""
    cookie = Cookie("counter", "Counts visits.", "analytics", timedelta(days=1), is_needed=False)
    monkeypatch.setitem(COOKIES, "counter", cookie)
    return cookie


@pytest.fixture
def ask():
    def request(user=None, **headers):
        request = RequestFactory().get("/en/", headers=headers)
        request.user = user or AnonymousUser()
        return request

    return request


@pytest.mark.clause("P2.8a")
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_cookie_page_lists_every_cookie_of_the_register(client, shipped, language):
    page = client.get(f"/{language}/cookies/").content.decode()

    for cookie in COOKIES.values():
        assert f"</a> {cookie.name}</h3>" in page


@pytest.mark.clause("P2.8a")
def test_the_cookie_page_names_the_lifetime_and_attributes_of_each(client, shipped):
    page = client.get("/en/cookies/").content.decode()

    with override("en"):
        lifetimes = {cookie.name: str(cookie.lifetime_words) for cookie in COOKIES.values()}
    for cookie in COOKIES.values():
        place = page.index(f"</a> {cookie.name}</h3>")
        described = page[place:].partition("</div>")[0]
        assert f"How long it is kept: {lifetimes[cookie.name]}." in described
        assert f"SameSite={cookie.same_site}" in described


@pytest.mark.clause("P1.4c")
def test_reading_every_public_page_sets_no_cookie_and_records_nothing(client, shipped):
    pages = re.findall(
        r"<loc>https?://[^/]+(/[^<]+)</loc>", client.get("/sitemap-pages-0.xml").content.decode()
    )
    assert len(pages) >= 30

    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert not response.cookies, page

    assert not client.cookies
    assert not ConsentEntry.objects.exists()


def test_today_every_cookie_is_strictly_needed(db):
    assert [cookie.name for cookie in COOKIES.values() if not cookie.is_needed] == []


@pytest.mark.clause("P2.8a")
def test_what_is_needed_is_set_without_asking_and_the_rest_only_with_consent(
    optional, ask, make_user, publish_version, occasion
):
    policy = publish_version(purposes=["analytics"])
    aigul, marat = make_user("aigul@example.com"), make_user("marat@example.com")
    with transaction.atomic():
        append(
            locked_chain(aigul.subject),
            ConsentEntry.Act.GIVEN,
            occasion,
            purpose="analytics",
            channel="",
            basis=Basis.CONSENT,
            version=policy,
            scope=[],
            sentence="You may count my visits.",
        )

    assert may_set(ask(), "session")
    assert may_set(ask(**{"Sec-GPC": "1"}), "session")
    assert may_set(ask(aigul), "counter")
    assert not may_set(ask(aigul, **{"Sec-GPC": "1"}), "counter")
    assert not may_set(ask(marat), "counter")
    assert not may_set(ask(), "counter")
    with pytest.raises(Undeclared):
        may_set(ask(aigul), "unheard-of")


def test_the_signal_is_exactly_what_the_specification_says(ask):
    assert sends_gpc(ask(**{"Sec-GPC": "1"}))
    assert not sends_gpc(ask(**{"Sec-GPC": "0"}))
    assert not sends_gpc(ask(**{"Sec-GPC": "true"}))
    assert not sends_gpc(ask())


def test_the_cookie_page_tells_a_browser_that_its_signal_is_heard(client, shipped):
    silent = client.get("/en/cookies/")
    heard = client.get("/en/cookies/", headers={"Sec-GPC": "1"})

    assert "Your browser sends this signal." in heard.content.decode()
    assert "Your browser does not send this signal." in silent.content.decode()
    assert heard["ETag"] != silent["ETag"]
    assert "Sec-GPC" in silent["Vary"]
    assert_valid(heard)


def test_programs_find_that_the_signal_is_honoured(client):
    response = client.get("/.well-known/gpc.json")

    assert response["Content-Type"] == "application/json"
    assert response.json()["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", response.json()["lastUpdate"])
