import json
import logging
import re
from datetime import timedelta

import pytest
import redis
from django.conf import settings as portal
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from kazvek import queries
from letters.models import Letter
from listings.tasks import clear_leftovers
from privacy.models import Request
from privacy.tasks import look_at_ourselves

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]


@pytest.fixture
def numbers(client, settings):
    """What Prometheus reads: `numbers()["kazvek_up", "database"]`."""
    settings.METRICS_TOKEN = "a token of twenty letters"

    def read():
        page = client.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(page.content.decode())
            for sample in family.samples
        }

    return read


def test_numbers_are_read_with_the_token_only(client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a token of twenty letters"
    assert client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 404

    page = client.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]


def test_answers_are_counted_by_the_names_of_routes_and_never_by_addresses(
    client, numbers, make_listing, aigul
):
    listing = make_listing()
    before = numbers()
    client.get(listing.get_absolute_url())
    client.get("/ru/listings/?q=aigul@example.com")
    client.get("/ru/aigul@example.com/")

    after = numbers()

    def more(*key):
        return after[key] - before.get(key, 0)

    assert more("kazvek_http_requests_total", "listings:detail", "200") == 1
    assert more("kazvek_http_requests_total", "listings:index", "200") == 1
    assert more("kazvek_http_requests_total", "none", "404") == 1
    assert more("kazvek_http_seconds_count", "listings:detail") == 1
    assert more("kazvek_queries_total", "listings:detail") >= 2
    words = " ".join(str(word) for key in after for word in key)
    assert "aigul" not in words
    assert listing.slug not in words


def test_the_cache_says_how_often_it_knew_did_not_know_and_was_away(client, numbers, settings):
    before = numbers()
    client.get("/ru/")
    client.get("/ru/")
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert client.get("/ru/").status_code == 200

    after = numbers()

    def more(result):
        return after["kazvek_cache_total", result] - before.get(("kazvek_cache_total", result), 0)

    assert (more("hit"), more("miss"), more("error")) == (1, 1, 2)


def test_what_waits_for_too_long_is_told(numbers, aigul, time_machine):
    queue = redis.Redis.from_url(portal.CELERY_BROKER_URL)
    queue.delete("default")
    letter = {"recipient": "a@example.com", "sender": "b@example.com", "content": b"x"}
    long_ago = timezone.now() - timedelta(hours=3)
    Letter.objects.create(**letter, created_at=long_ago)
    Letter.objects.create(**letter, state="bounced", error="550")
    Request.objects.create(subject=aigul.subject, kind="access", due_at=long_ago)
    look_at_ourselves()
    time_machine.move_to(long_ago)
    clear_leftovers.delay()
    time_machine.move_to(long_ago + timedelta(hours=3))

    told = numbers()

    assert told["kazvek_up", "database"] == told["kazvek_up", "queue"] == 1
    assert told["kazvek_letters", "due"] >= 1
    assert told["kazvek_letters", "undeliverable"] == 1
    assert told["kazvek_letters_oldest_seconds",] == pytest.approx(3 * 3600, abs=60)
    assert told["kazvek_privacy_requests", "overdue"] == 1
    assert told["kazvek_erasures_stuck",] == 0
    assert told["kazvek_faults", "requests"] == 1
    assert told["kazvek_age_seconds", "self_check"] < 60
    assert told["kazvek_queue_tasks", "default"] == 1
    assert told["kazvek_queue_oldest_seconds", "default"] == pytest.approx(3 * 3600, abs=60)
    queue.delete("default")


def test_without_the_queue_the_other_numbers_are_still_told(numbers, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", "redis://127.0.0.1:1/1")

    told = numbers()

    assert told["kazvek_up", "queue"] == 0
    assert told["kazvek_up", "database"] == 1
    assert ("kazvek_letters", "due") in told
    assert not [key for key in told if key[0].startswith("kazvek_queue")]


def test_a_slow_query_is_logged_without_its_values(client, numbers, monkeypatch, caplog, aigul):
    before = numbers()
    monkeypatch.setattr(queries, "SLOW_SECONDS", 0)
    with caplog.at_level(logging.WARNING, "kazvek.requests"):
        client.post("/en/accounts/login/", {"login": aigul.email, "password": "x"})

    slow = [record for record in caplog.records if record.msg == "slow query"]

    assert numbers()["kazvek_slow_queries_total", "account_login"] == len(slow) + before.get(
        ("kazvek_slow_queries_total", "account_login"), 0
    )
    told = [(one.route, one.fingerprint, one.tables) for one in slow]
    assert ["account_emailaddress", "accounts_user"] in [tables for _, _, tables in told]
    assert {route for route, _, _ in told} == {"en/accounts/login/"}
    assert all(re.fullmatch("[0-9a-f]{12}", fingerprint) for _, fingerprint, _ in told)
    assert "aigul" not in json.dumps(told)


def test_the_same_statement_with_other_values_has_the_same_fingerprint():
    forms = [
        "SELECT 1 FROM accounts_user WHERE email = 'a''b' AND id IN (1, 2)",
        "SELECT 22 FROM accounts_user\n WHERE email = 'c' AND id IN (3, 4, 5.5)",
    ]

    assert queries.fingerprint(forms[0]) == queries.fingerprint(forms[1])
    assert queries.fingerprint(forms[0]) != queries.fingerprint("SELECT 1")
    assert queries.tables_of(forms[0]) == ["accounts_user"]
