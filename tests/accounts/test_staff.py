import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from accounts.models import User
from kazvek.demo import ADMINISTRATOR
from tests.accounts.conftest import is_signed_in, link_in
from tests.accounts.test_private_pages import PASSKEY
from tests.conftest import PASSWORD, SECRET, code_of, enter_with_code

USERS = "/admin/accounts/user/"


@pytest.fixture
def administrator(make_user):
    user = make_user("chief@example.com", is_staff=True, is_superuser=True)
    TOTP.activate(user, SECRET)
    return user


@pytest.fixture
def moderator(make_user):
    user = make_user("moderator@kazvek.example", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    TOTP.activate(user, SECRET)
    return user


@pytest.fixture
def locked_out(aigul):
    """Aigul lost her phone."""
    Authenticator.objects.create(user=aigul, type="totp", data={"secret": "unused"})
    Authenticator.objects.create(user=aigul, type="recovery_codes", data={"seed": "unused"})
    return aigul


def enter(client, user):
    if user.has_second_factor:
        enter_with_code(client, user)
    else:
        client.force_login(user)
    return client.get("/admin/", follow=True)


def test_who_is_not_signed_in_is_led_to_the_portals_sign_in_and_back(client, db):
    chain = client.get("/admin/accounts/user/", follow=True).redirect_chain

    assert chain[-1][0].endswith("/accounts/login/?next=/admin/accounts/user/")


@pytest.mark.clause("P6.1a")
def test_somebody_who_is_not_staff_is_refused(client, aigul):
    assert enter(client, aigul).status_code == 403


@pytest.mark.clause("P6.1a")
def test_staff_without_a_second_factor_are_led_to_setting_one_up(client, make_user):
    chief = make_user("chief@example.com", is_staff=True, is_superuser=True)

    response = enter(client, chief)

    assert response.redirect_chain[-1][0].endswith("/account/security/")
    assert client.get(USERS).status_code == 302


def test_staff_with_a_second_factor_enter(client, administrator):
    response = enter(client, administrator)

    assert response.status_code == 200
    assert "messagelist" not in response.content.decode()


def test_a_session_that_used_no_second_factor_is_asked_for_it_and_then_enters(
    client, administrator
):
    client.force_login(administrator)

    asked = client.get("/admin/accounts/user/", follow=True)
    door = asked.redirect_chain[-1][0]
    by_password = client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    still_asked = client.get(USERS)
    proved = client.post(door, {"code": code_of(SECRET)})

    assert door.endswith("/accounts/2fa/reauthenticate/?next=%2Fadmin%2Faccounts%2Fuser%2F")
    assert "<form" in asked.content.decode()
    assert (by_password.status_code, still_asked.status_code) == (302, 302)
    assert proved["Location"] == "/admin/accounts/user/"
    assert client.get(USERS).status_code == 200


def test_who_has_only_a_passkey_is_asked_for_that(client, make_user):
    chief = make_user("chief@example.com", is_staff=True, is_superuser=True)
    data = {"name": "Laptop", "credential": PASSKEY}
    Authenticator.objects.create(user=chief, type="webauthn", data=data)
    client.force_login(chief)

    door = client.get(client.get("/admin/")["Location"])["Location"]

    assert door.partition("?")[0].endswith("/accounts/2fa/webauthn/reauthenticate/")
    assert client.get(USERS).status_code == 302


def test_a_factor_that_is_gone_proves_nothing(client, administrator):
    enter(client, administrator)
    administrator.authenticator_set.all().delete()
    TOTP.activate(administrator, SECRET)

    assert client.get(USERS).status_code == 302


def test_staff_who_owe_an_answer_to_changed_documents_meet_the_question_first(
    client, administrator, aigul, publish_version
):
    enter(client, administrator)
    publish_version("privacy", is_material=True)

    answer = client.get(USERS, follow=True)
    client.post(f"{USERS}{aigul.pk}/change/", {"language": "en", "surname": "Changed"})

    assert "/account/privacy/changes/" in answer.redirect_chain[-1][0]
    aigul.refresh_from_db()
    assert aigul.surname == "Сейтқазы"
    form = {"shown": answer.context["shown"]}
    onward = client.post(answer.redirect_chain[-1][0], form, follow=True)
    assert onward.request["PATH_INFO"] == "/admin/"
    assert client.get(USERS).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client, make_user):
    chief = make_user("chief@example.com", is_staff=True, is_superuser=True)
    RecoveryCodes.activate(chief)

    assert "/account/security/" in enter(client, chief).redirect_chain[-1][0]


def test_only_the_local_demo_lets_its_staff_in_without_one_and_says_so(client, make_user, settings):
    chief = make_user(ADMINISTRATOR, is_staff=True, is_superuser=True)

    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = enter(client, chief)
    settings.LOCAL = False
    elsewhere = client.get("/admin/")

    assert response.status_code == 200
    assert "You are in without a second factor" in response.content.decode()
    assert elsewhere.status_code == 302


def test_the_list_finds_people_and_shows_no_secret(client, administrator, locked_out):
    enter(client, administrator)

    found = client.get(USERS, {"q": "Сейтқазы"}).content.decode()
    page = client.get(f"{USERS}{locked_out.pk}/change/").content.decode()

    assert f"№ {locked_out.pk}<" in found
    assert "aigul@example.com" not in found
    assert "argon2" not in page
    assert "unused" not in page


@pytest.mark.parametrize(
    "model", ["account/emailaddress", "mfa/authenticator", "usersessions/usersession"]
)
def test_allauths_own_pages_of_addresses_and_secrets_are_not_there(client, administrator, model):
    enter(client, administrator)

    assert client.get(f"/admin/{model}/").status_code == 404


def test_accounts_are_neither_made_nor_deleted_in_the_administration(client, administrator, aigul):
    enter(client, administrator)

    assert client.post(f"{USERS}add/").status_code == 403
    assert client.post(f"{USERS}{aigul.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.count() == 2


def test_a_moderator_makes_nobody_staff_and_leaves_staff_alone(
    client, moderator, administrator, aigul
):
    enter(client, moderator)
    wish = {"language": "en", "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    client.post(f"{USERS}{aigul.pk}/change/", wish)
    refused = client.post(f"{USERS}{administrator.pk}/change/", wish | {"is_active": ""})

    aigul.refresh_from_db()
    administrator.refresh_from_db()
    assert (aigul.is_staff, aigul.is_superuser) == (False, False)
    assert refused.status_code == 403
    assert administrator.is_active


def test_a_moderator_leaves_an_administrator_alone_who_may_not_enter_yet(
    client, moderator, make_user, mailoutbox
):
    chief = make_user("chief@example.com", is_superuser=True)
    Authenticator.objects.create(user=chief, type="totp", data={"secret": "unused"})
    enter(client, moderator)

    refused = client.post(f"{USERS}{chief.pk}/change/", {"language": "en", "is_active": ""})
    remove(client, chief, reason="I would like to")

    chief.refresh_from_db()
    assert refused.status_code == 403
    assert chief.is_active
    assert chief.has_second_factor
    assert mailoutbox == []


def remove(client, user, **more):
    form = {"action": "remove_second_factor", "_selected_action": [user.pk]}
    return client.post(USERS, form | more, follow=True)


def test_a_lost_second_factor_is_removed_with_a_reason_and_a_letter(
    client, open_client, moderator, locked_out, mailoutbox
):
    elsewhere = open_client()
    elsewhere.force_login(locked_out)
    enter(client, moderator)

    asked = remove(client, locked_out)
    assert Authenticator.objects.filter(user=locked_out).count() == 2
    remove(client, locked_out, reason="Passport shown in the office")

    assert 'name="reason"' in asked.content.decode()
    assert not Authenticator.objects.filter(user=locked_out).exists()
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (moderator, str(locked_out.pk))
    assert "Passport shown" in entry.change_message
    assert entry.object_repr == f"№ {locked_out.pk}"
    [letter] = mailoutbox
    assert letter.to == [locked_out.email]
    assert link_in(letter) == "/en/account/security/"


def test_without_a_reason_nothing_is_removed(client, moderator, locked_out, mailoutbox):
    enter(client, moderator)

    remove(client, locked_out, reason="   ")

    assert locked_out.has_second_factor
    assert not LogEntry.objects.exists()
    assert mailoutbox == []


def test_removing_it_signs_every_device_out(sign_in, client, administrator, make_user):
    person = make_user("lost@example.com")
    device = sign_in(person)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "unused"})
    enter(client, administrator)

    remove(client, person, reason="Passport shown in the office")

    assert not is_signed_in(device)
    assert not UserSession.objects.filter(user=person).exists()


def test_a_moderator_cannot_take_the_second_factor_of_staff_nor_their_own(
    client, moderator, administrator, mailoutbox
):
    enter(client, moderator)

    remove(client, administrator, reason="I would like to")
    remove(client, moderator, reason="I would like to")

    assert administrator.has_second_factor
    assert moderator.has_second_factor
    assert mailoutbox == []


def test_an_account_without_one_is_named_and_nothing_happens(
    client, administrator, marat, mailoutbox
):
    enter(client, administrator)

    page = remove(client, marat, reason="Passport shown in the office").content.decode()

    assert f"№ {marat.pk}" in page
    assert not LogEntry.objects.exists()
    assert mailoutbox == []


@pytest.mark.django_db
def test_the_first_administrator_is_made_by_a_command_and_chooses_the_password(client, capsys):
    call_command("create_administrator", "Chief@Example.com")
    link = re.search(r"http://localhost:\d+(\S+)", capsys.readouterr().out)[1]

    form = client.get(link)["Location"]
    client.post(form, {"password1": PASSWORD})
    client.post("/en/accounts/login/", {"login": "chief@example.com", "password": PASSWORD})

    chief = User.objects.get()
    assert (chief.email, chief.is_superuser) == ("chief@example.com", True)
    assert EmailAddress.objects.get().verified
    assert is_signed_in(client)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].endswith("/account/security/")


@pytest.mark.django_db
def test_the_command_again_prints_a_new_link_until_the_password_is_chosen(capsys):
    call_command("create_administrator", "chief@example.com")
    call_command("create_administrator", "chief@example.com")
    assert capsys.readouterr().out.count("/password/reset/key/") == 2
    chief = User.objects.get()
    chief.set_password(PASSWORD)
    chief.save()

    with pytest.raises(CommandError, match="chosen a password already"):
        call_command("create_administrator", "chief@example.com")


def test_the_command_leaves_an_account_of_somebody_else_alone(aigul):
    with pytest.raises(CommandError, match="another address"):
        call_command("create_administrator", "AIGUL@example.com")

    aigul.refresh_from_db()
    assert not aigul.is_staff


@pytest.mark.django_db
def test_the_command_refuses_what_is_no_address():
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("create_administrator", "chief")

    assert not User.objects.exists()


def test_a_command_removes_the_second_factor_too(locked_out, mailoutbox, capsys):
    call_command("reset_second_factor", "Aigul@example.com", reason="Called from the known phone")

    assert not locked_out.has_second_factor
    assert "Called from the known phone" in LogEntry.objects.get().change_message
    assert len(mailoutbox) == 1
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reset_second_factor", locked_out.email, reason="Again")
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_second_factor", "nobody@example.com", reason="Why")
