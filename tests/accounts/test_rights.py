"""Rights in the administration end unless somebody looks whether they are still needed."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from privacy import watch
from tests.conftest import enter_with_code

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


@pytest.fixture
def enter():
    def enter(user):
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        enter_with_code(client, user)
        return client

    return enter


@pytest.fixture
def make_chief(make_user):
    return lambda email: make_user(email, is_staff=True, is_superuser=True)


def late(user, days=91):
    user.rights_reviewed_at = timezone.now() - timedelta(days=days)
    user.save(update_fields=["rights_reviewed_at"])


def confirm(client, user):
    client.post(USERS, {"action": "review_rights", "_selected_action": user.pk})
    user.refresh_from_db()
    return user.rights_end_at > timezone.now()


@pytest.mark.clause("P6.1b")
def test_a_right_that_nobody_has_reviewed_is_off_until_an_administrator_confirms_it(
    enter, make_chief, make_user
):
    chief, clerk = make_chief("chief@example.com"), make_user("clerk@example.com", is_staff=True)
    browser = enter(clerk)
    assert browser.get("/admin/").status_code == 200
    late(clerk)

    refused = browser.get("/admin/", follow=True)

    assert refused.redirect_chain[-1][0] == "/en/account/security/"
    assert "nobody has reviewed them" in refused.content.decode()
    assert browser.get(USERS).status_code == 302
    assert confirm(enter(chief), clerk)
    assert browser.get("/admin/").status_code == 200


@pytest.mark.clause("P6.1b")
def test_nobody_confirms_their_own_rights_while_somebody_else_can(enter, make_chief, make_user):
    chief, other = make_chief("chief@example.com"), make_chief("other@example.com")
    late(chief, days=80)
    browser, before = enter(chief), chief.rights_reviewed_at

    confirm(browser, chief)
    assert chief.rights_reviewed_at == before

    late(other)
    confirm(browser, chief)
    assert chief.rights_reviewed_at > before


@pytest.mark.clause("P6.1b")
def test_staff_who_are_no_administrators_confirm_nobody(enter, make_user):
    clerk = make_user("clerk@example.com", is_staff=True)
    late(clerk, days=80)
    before = clerk.rights_reviewed_at

    confirm(enter(clerk), clerk)

    assert clerk.rights_reviewed_at == before


@pytest.mark.clause("P6.1b")
def test_the_watch_tells_of_it_before_and_a_command_opens_again(make_chief, capsys, mailoutbox):
    chief = make_chief("chief@example.com")
    late(chief, days=77)

    findings = watch.run().findings
    late(chief)
    call_command("review_rights")
    call_command("review_rights", "chief@example.com")

    assert findings["rights"]["first"] == [str(chief)]
    said = capsys.readouterr().out
    assert "switched off" in said
    assert "chief@example.com" not in said
    chief.refresh_from_db()
    assert chief.rights_end_at > timezone.now()
