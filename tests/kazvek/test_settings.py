import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

PRODUCTION = {
    "SECRET_KEY": "a-secret-of-production-that-is-long-enough-for-django-0123456789",
    "PRIVACY_KEY": "another-secret-of-production",
    "ALLOWED_HOSTS": "kazvek.com",
    "SITE_URL": "https://kazvek.com",
    "DATABASE_URL": "postgres://kazvek:password@127.0.0.1:1/kazvek",
    "REDIS_URL": "redis://127.0.0.1:1",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "Kazvek <no-reply@kazvek.com>",
}


def manage(*words, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_does_not_start_without_a_value_it_needs_and_names_it(name):
    environment = PRODUCTION | {name: ""}

    started = manage("check", LOCAL="", **environment)

    assert started.returncode != 0
    assert f"Set {name} in the environment" in started.stderr


def test_production_passes_djangos_checks_for_deployment():
    checked = manage("check", "--deploy", "--fail-level", "WARNING", LOCAL="", **PRODUCTION)

    assert checked.returncode == 0, checked.stderr


def test_hosts_that_share_files_must_share_the_acts_of_deletion(settings):
    settings.STORAGE_URL = "s3://files"
    settings.TOMBSTONES_URL = "s3://acts"
    call_command("check")
    settings.TOMBSTONES_URL = "file:///srv/tombstones"

    with pytest.raises(CommandError, match=r"privacy\.E002"):
        call_command("check")


def test_production_cookies_are_bound_to_the_host():
    shown = manage(
        "shell", "-v0", "-c",
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.DEBUG)",
        LOCAL="", **PRODUCTION,
    )  # fmt: skip

    assert shown.stdout.split() == ["__Host-session", "__Host-csrf", "__Host-language", "False"]


def test_what_the_database_address_demands_holds():
    shown = manage(
        "shell", "-v0", "-c",
        "from django.conf import settings as s;"
        "print(s.DATABASES['default']['OPTIONS']['sslmode'])",
        LOCAL="", **PRODUCTION | {"DATABASE_URL": PRODUCTION["DATABASE_URL"] + "?sslmode=require"},
    )  # fmt: skip

    assert shown.stdout.split() == ["require"]


@pytest.mark.parametrize("ending", ["/0", "?ssl_cert_reqs=required"])
def test_a_valkey_address_with_something_behind_the_server_is_refused(ending):
    started = manage(
        "check", LOCAL="", **PRODUCTION | {"REDIS_URL": PRODUCTION["REDIS_URL"] + ending}
    )

    assert started.returncode != 0
    assert "REDIS_URL names a server and nothing behind it" in started.stderr
