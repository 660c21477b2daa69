"""Pages for programs: health, robots, sitemap, well-known addresses."""

import pytest
from django.conf import settings


@pytest.mark.django_db
def test_a_healthy_portal_is_alive_and_ready(client):
    assert client.get("/healthz").json() == {"alive": True}

    ready = client.get("/readyz")

    assert ready.status_code == 200
    assert ready.json()["queue"]["waiting"].keys() == {"default", "mail", "media", "privacy"}


@pytest.mark.django_db
def test_ready_names_what_is_away_while_alive_does_not_ask(client, settings):
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert ready.json()["cache"] == {"ok": False, "reason": "Valkey does not answer."}
    assert client.get("/healthz").status_code == 200


def test_robots_keep_out_of_private_pages_and_find_the_sitemap(client):
    text = client.get("/robots.txt").content.decode()

    for language, _name in settings.LANGUAGES:
        assert f"Disallow: /{language}/account/" in text.splitlines()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in text.splitlines()


@pytest.mark.django_db
def test_security_txt_says_whom_to_tell(client):
    lines = dict(
        line.split(": ", 1)
        for line in client.get("/.well-known/security.txt").content.decode().splitlines()
    )

    assert lines["Contact"] == "mailto:support@kazvek.com"
    assert lines["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
    assert lines["Expires"].endswith("T00:00:00Z")


def test_password_managers_find_the_page_that_changes_the_password(client):
    response = client.get("/.well-known/change-password")

    assert response.status_code == 302
    assert response.url.endswith("/accounts/password/change/")
