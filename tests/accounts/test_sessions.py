from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import KnownDevice, User
from accounts.tasks import clear_sessions
from privacy.models import Subject
from tests.accounts.conftest import SAFARI, is_signed_in
from tests.conftest import PASSWORD

SECURITY = "/en/account/security/"
OTHERS = "/en/account/security/sessions/end-others/"


def test_the_page_shows_each_device_and_marks_this_one(sign_in, aigul):
    client = sign_in(aigul)
    sign_in(aigul, agent=SAFARI, address="2001:db8:1:2:3:4:5:6")

    page = client.get(SECURITY).content.decode()

    assert "Firefox, Linux" in page
    assert "Mobile Safari, iOS" in page
    assert "203.0.113.0" in page
    assert "2001:db8:1::" in page
    assert page.count("<b>this device</b>") == 1


@pytest.mark.clause("P1.2g")
def test_neither_the_whole_address_nor_the_browsers_description_is_kept(sign_in, aigul):
    sign_in(aigul, agent=SAFARI, address="203.0.113.77")

    session = UserSession.objects.get()
    assert (session.ip, session.user_agent) == ("203.0.113.0", "Mobile Safari, iOS")
    assert "203.0.113.77" not in str(Session.objects.get().get_decoded())


@pytest.mark.parametrize("agent", ["", "x" * 5000, "<script>alert(1)</script>", "🚜"])
def test_an_unknown_or_hostile_browser_signs_in_as_unknown(sign_in, aigul, agent):
    client = sign_in(aigul, agent=agent)

    assert "Unknown browser" in client.get(SECURITY).content.decode()


@pytest.mark.clause("P1.6")
def test_another_device_is_signed_out_by_its_own_button(sign_in, confirm, aigul):
    client, other, third = sign_in(aigul), sign_in(aigul, agent=SAFARI), sign_in(aigul)
    confirm(client)
    session = UserSession.objects.get(user_agent__contains="iOS")
    address = f"/en/account/security/sessions/{session.pk}/end/"

    assert client.get(address).status_code == 200
    assert is_signed_in(other)
    client.post(address)

    assert not is_signed_in(other)
    assert is_signed_in(client)
    assert is_signed_in(third)


def test_all_others_are_signed_out_together(sign_in, confirm, aigul, marat):
    client, other, stranger = sign_in(aigul), sign_in(aigul), sign_in(marat)
    confirm(client)

    client.post(OTHERS)

    assert not is_signed_in(other)
    assert is_signed_in(client)
    assert is_signed_in(stranger)


def test_ending_sessions_asks_again_who_it_is(sign_in, aigul):
    client, other = sign_in(aigul), sign_in(aigul)

    response = client.post(OTHERS)

    assert response["Location"].startswith("/en/accounts/reauthenticate/")
    assert is_signed_in(other)


def test_the_wrong_password_proves_nothing(sign_in, confirm, aigul):
    client, other = sign_in(aigul), sign_in(aigul)

    confirm(client, password="a guess of a thief")
    client.post(OTHERS)

    assert is_signed_in(other)


def test_what_has_run_out_is_forgotten(sign_in, make_user, aigul):
    sign_in(aigul)
    sign_in(aigul, agent=SAFARI)
    old = timezone.now() - timedelta(days=91)
    ended = UserSession.objects.get(user_agent__contains="iOS").session_key
    Session.objects.filter(session_key=ended).update(expire_date=timezone.now() - timedelta(1))
    KnownDevice.objects.filter(pk=KnownDevice.objects.latest("pk").pk).update(seen_at=old)
    make_user("unopened@example.com", verified=False, date_joined=timezone.now() - timedelta(8))
    make_user("waiting@example.com", verified=False, date_joined=timezone.now() - timedelta(6))

    clear_sessions()
    clear_sessions()

    assert UserSession.objects.get().user_agent == "Firefox, Linux"
    assert Session.objects.count() == KnownDevice.objects.count() == 1
    assert set(User.objects.values_list("email", flat=True)) == {
        "aigul@example.com",
        "waiting@example.com",
    }
    assert Subject.objects.count() == EmailAddress.objects.count() == 2


@pytest.mark.clause("P2.2")
def test_the_password_is_nowhere_in_what_a_session_keeps(sign_in, aigul):
    sign_in(aigul)

    assert PASSWORD not in str(Session.objects.get().get_decoded())


@pytest.mark.django_db
@pytest.mark.parametrize("key", ['"\\000aaaaaaaaaaaa"', "ключ-сессии", "' OR 1=1 --", "x" * 5000])
def test_a_forged_key_of_a_session_is_no_session(client, key):
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode().decode("latin-1")

    response = client.get("/en/account/", headers={"cookie": cookie})

    assert response["Location"].startswith("/en/accounts/login/")
