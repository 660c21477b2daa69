import re
from datetime import timedelta

import pytest
from django.core.cache import cache, caches
from django.http import HttpResponse
from django.test import RequestFactory

from privacy.registers import CACHE_PREFIXES, COOKIES, Undeclared, only_declared_cookies

PASSWORD = "steppe wind over barley"


def set_cookie(*arguments, **options):
    def view(request):
        response = HttpResponse("page")
        response.set_cookie(*arguments, **options)
        return response

    return only_declared_cookies(view)(RequestFactory().get("/"))


@pytest.mark.clause("P2.8a")
@pytest.mark.parametrize(
    ("arguments", "options", "problem"),
    [
        (("_ga", "1"), {}, "not in the register"),
        (("Session", "1"), {}, "not in the register"),
        (("__Secure-session", "1"), {}, "not in the register"),
        (("session", "1"), {"samesite": "Lax"}, "HttpOnly"),
        (("session", "1"), {"httponly": True}, "SameSite"),
        (("session", "1"), {"httponly": True, "samesite": "None"}, "SameSite"),
        (("session", "1"), {"httponly": True, "samesite": "Lax", "secure": True}, "Secure"),
        (
            ("session", "1"),
            {"httponly": True, "samesite": "Lax", "domain": "kazvek.com"},
            "Domain or Path",
        ),
        (
            ("session", "1"),
            {"httponly": True, "samesite": "Lax", "max_age": timedelta(days=15)},
            "lifetime",
        ),
    ],
)
def test_a_cookie_that_is_not_as_declared_fails_where_the_portal_is_made(
    arguments, options, problem
):
    with pytest.raises(Undeclared, match=problem):
        set_cookie(*arguments, **options)


@pytest.mark.clause("P2.8a")
def test_where_the_portal_is_used_such_a_cookie_is_left_out_and_told(settings, caplog):
    settings.LOCAL = False

    response = set_cookie("_ga", "1")

    assert response.content == b"page"
    assert not response.cookies
    assert caplog.records[0].levelname == "ERROR"
    assert "_ga" in caplog.records[0].reason


@pytest.mark.clause("P2.8a")
def test_a_declared_cookie_passes_and_may_be_deleted():
    kept = set_cookie("session", "1", httponly=True, samesite="Lax", max_age=60)
    deleted = set_cookie("session", "", max_age=0)

    assert kept.cookies["session"].value == "1"
    assert deleted.cookies["session"]["max-age"] == 0


@pytest.mark.clause("P2.8a", "P1.4c")
@pytest.mark.django_db
def test_signing_in_sets_declared_cookies_and_reading_sets_none(client, aigul):
    reading = client.get("/en/privacy/data/")
    form = client.get("/en/accounts/login/")
    signed_in = client.post(
        "/en/accounts/login/", {"login": "aigul@example.com", "password": PASSWORD}
    )

    assert signed_in.status_code == 302
    assert not reading.cookies
    assert {*form.cookies, *signed_in.cookies} == {"csrf", "session"}
    assert {*form.cookies, *signed_in.cookies} <= COOKIES.keys()


@pytest.mark.parametrize("key", ["user:7", "phone:+77015550101", "", "readY", "limit:1"])
def test_a_key_of_the_cache_that_no_prefix_covers_is_refused(key):
    with pytest.raises(Undeclared):
        cache.set(key, "value")


def test_the_refusal_does_not_show_the_key():
    with pytest.raises(Undeclared) as refusal:
        cache.set("phone:+77015550101", "value")

    assert "7701" not in str(refusal.value)


def test_where_the_portal_is_used_such_a_key_is_digested_and_told(settings, caplog):
    settings.LOCAL = False

    key = cache.make_key("phone:+77015550101")

    assert re.fullmatch(r"[0-9a-f]{32}:1:undeclared:[0-9a-f]{64}", key)
    assert caplog.records[0].levelname == "ERROR"
    assert "7701" not in caplog.text


def test_a_prefix_about_people_reaches_the_cache_as_a_keyed_digest(settings):
    key = "allauth:rl:account:login:5/m:ip:203.0.113.77"

    first = cache.make_key(key)
    settings.PRIVACY_KEY = "another"
    second = cache.make_key(key)

    assert "203.0.113" not in first
    assert first != second


@pytest.mark.clause("P3.1j")
@pytest.mark.django_db
def test_every_key_ends_in_the_time_its_prefix_declares(client, aigul):
    client.get("/readyz")
    client.post("/en/accounts/login/", {"login": "aigul@example.com", "password": "wrong"})
    client.post("/en/accounts/password/reset/", {"email": "aigul@example.com"})

    server = caches["default"]._cache.get_client()
    prefix = caches["default"].key_prefix
    seen = set()
    for key in server.scan_iter(f"{prefix}:*"):
        name = key.decode().split(":", 2)[2]
        [declared] = [c for p, c in CACHE_PREFIXES.items() if name.startswith(p)]
        assert 0 < server.ttl(key) <= declared.longest.total_seconds(), name
        seen.add(declared.prefix)
    assert seen == {"readyz", "allauth:rl:"}
