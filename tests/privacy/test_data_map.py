import os
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connections
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Address, KnownDevice, Phone, User
from letters.models import Letter
from privacy.data_map import CATEGORIES, DATA_MAP, SPECIAL_CATEGORIES, Source


@pytest.mark.clause("P1.1")
@pytest.mark.django_db
def test_everything_the_portal_stores_is_declared():
    assert run_checks(tags=["data_map"], databases=["default"]) == []


@pytest.mark.clause("P1.1")
@pytest.mark.django_db
def test_the_checks_run_with_every_manage_py_check(capsys):
    call_command("check", databases=["default"])

    assert "no issues" in capsys.readouterr().out
    assert DATA_MAP.keys() >= set(apps.get_models(include_auto_created=True))


@pytest.mark.clause("P1.2b", "P1.2c", "P1.2d", "P1.2e", "P1.2g")
@pytest.mark.parametrize(
    ("model", "column", "category"),
    [
        (User, "surname", "identity.family"),
        (User, "first_name", "identity.given"),
        (User, "patronymic", "identity.patronymic"),
        (User, "activity", "profile.activity"),
        (User, "email", "contact.email"),
        (EmailAddress, "email", "contact.email"),
        (Phone, "number", "contact.phone"),
        (Address, "region", "contact.address"),
        (UserSession, "ip", "device.network"),
        (UserSession, "user_agent", "device.browser"),
    ],
)
def test_what_the_policy_names_is_in_the_map(model, column, category):
    assert DATA_MAP[model].fields[column].category == category


@pytest.mark.clause("P1.2b")
def test_no_name_is_kept_twice():
    names = [
        (described.table, name)
        for described in DATA_MAP.values()
        for name, declared in described.personal_fields.items()
        if declared.category.startswith("identity.")
    ]

    # Of an account. What is typed into an order form may be another name, and stays as typed.
    assert sorted(names) == [
        ("accounts_user", "first_name"),
        ("accounts_user", "patronymic"),
        ("accounts_user", "surname"),
        ("orders_entries", "full_name"),
        ("orders_entries", "organization"),
        ("orders_order", "full_name"),
        ("orders_order", "organization"),
    ]


@pytest.mark.clause("P3.3a")
def test_no_category_is_a_special_one():
    words = {word for category in CATEGORIES for word in category.split(".")}

    assert words.isdisjoint(SPECIAL_CATEGORIES)


@pytest.mark.clause("P5.1a")
def test_whatever_people_give_can_be_changed_where_the_map_says(client, aigul):
    pages = {
        declared.edit
        for described in DATA_MAP.values()
        for declared in described.personal_fields.values()
        if declared.source == Source.PERSON
    }
    client.force_login(aigul)

    assert pages
    for page in pages:
        response = client.get(reverse(page), follow=True)
        assert response.status_code == 200, page


def test_the_rows_of_a_person_are_found_and_nobody_elses(aigul, marat):
    for user in (aigul, marat):
        Phone.objects.create(user=user, number=f"+7701555010{user.pk % 10}")
        KnownDevice.objects.create(user=user, digest="d" * 64, seen_at=timezone.now())
        key = uuid4().hex
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())
        UserSession.objects.create(
            user=user, session_key=key, ip="203.0.113.0", user_agent="Firefox"
        )
        Letter.objects.create(
            sender="no-reply@localhost",
            recipient=user.email.title(),
            message_id=f"<{key}@localhost>",
            content=b"x",
        )

    counts = {
        model: DATA_MAP[model].rows_of(aigul.subject).count()
        for model in (User, Phone, KnownDevice, UserSession, Session, Letter, EmailAddress)
    }

    assert set(counts.values()) == {1}
    assert DATA_MAP[Letter].rows_of(aigul.subject).get().recipient == "Aigul@Example.Com"
    assert DATA_MAP[Phone].rows_of(aigul.subject).get().user == aigul


@pytest.mark.clause("P5.3")
def test_the_rules_of_retention_find_what_is_over(aigul):
    rule = DATA_MAP[KnownDevice].fields["digest"].kept
    now = timezone.now()
    for days in (89, 91):
        KnownDevice.objects.create(
            user=aigul, digest=str(days) * 32, seen_at=now - timedelta(days=days)
        )

    over = rule.over(KnownDevice.objects.all(), now)

    assert over.get().digest == "91" * 32
    with override("en"):
        assert str(rule.words) == "90 days after it was last used"


@pytest.mark.proof(every=6)
def test_a_database_that_does_not_answer_is_said_and_raises_nothing():
    away = {"DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/nowhere"}

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--tag", "data_map", "--database", "default"],
        cwd=settings.BASE_DIR,
        env=os.environ | away,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert "default could not be compared with the data map: OperationalError" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM django_migrations WHERE app = 'privacy'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('privacy', '9999_x', now())",
    ],
    ids=["older than the code", "newer than the code"],
)
def test_a_database_of_other_code_is_said_and_not_compared(statement):
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("ALTER TABLE accounts_user ADD nickname text")

    [found] = run_checks(tags=["data_map"], databases=["default"])

    assert found.id == "data_map.W040"


@pytest.mark.django_db
def test_a_table_that_a_removed_app_left_behind_is_found():
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001', now())"
        )
        cursor.execute("CREATE TABLE gone_visitor (name text)")

    [found] = run_checks(tags=["data_map"], databases=["default"])

    assert found.msg == "The table gone_visitor in the database is not in the data map."


@pytest.mark.django_db
def test_an_empty_database_is_nothing_to_complain_of():
    with connections["default"].cursor() as cursor:
        cursor.execute("CREATE SCHEMA empty; SET LOCAL search_path TO empty")
        cursor.execute("DROP SCHEMA public CASCADE")

    assert run_checks(tags=["data_map"], databases=["default"]) == []
