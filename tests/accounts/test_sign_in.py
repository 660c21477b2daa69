from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from django.utils import timezone

from accounts.models import KnownDevice
from tests.accounts.conftest import FIREFOX, SAFARI, is_signed_in, link_in, shown_at_sign_up
from tests.conftest import PASSWORD

LOGIN = "/en/accounts/login/"


def attempt(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password} | more)


def test_the_right_password_leads_to_where_one_was_going(client, aigul):
    response = client.post(
        f"{LOGIN}?next=/en/account/security/", {"login": "AIGUL@example.com", "password": PASSWORD}
    )

    assert response["Location"] == "/en/account/security/"
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(client, aigul, elsewhere):
    response = client.post(
        f"{LOGIN}?next={elsewhere}", {"login": aigul.email, "password": PASSWORD}
    )

    assert response["Location"] == "/en/account/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, aigul):
    wrong = attempt(client, aigul.email, "not the password at all")
    unknown = attempt(client, "nobody@example.com", "not the password at all")

    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert not is_signed_in(client)


@pytest.mark.parametrize("page", ["sign-up", "sign-in", "reset"])
def test_the_time_of_an_answer_does_not_tell_who_has_an_account(
    open_client, make_user, settings, policy, page
):
    settings.ACCOUNT_RATE_LIMITS = False
    known = [make_user(f"known{number}@example.com").email for number in range(7)]
    unknown = [f"unknown{number}@example.com" for number in range(7)]

    def ask(email):
        client = open_client()
        shown = shown_at_sign_up(client)
        started = perf_counter()
        if page == "sign-up":
            form = {"email": email, "password1": PASSWORD, "shown": shown}
            assert client.post("/en/accounts/signup/", form).status_code == 302
        elif page == "sign-in":
            attempt(client, email, "not the password at all")
        else:
            client.post("/en/accounts/password/reset/", {"email": email})
        return perf_counter() - started

    ask("warm@example.com")
    times = [(ask(here), ask(there)) for here, there in zip(known, unknown, strict=True)]

    with_account, without = (median(column) for column in zip(*times, strict=True))
    assert max(with_account, without) < 2.5 * min(with_account, without)


@pytest.mark.clause("P1.6", "P6.1a")
def test_five_failures_close_the_account_for_a_while_even_to_the_right_password(
    client, open_client, aigul, marat
):
    for _ in range(5):
        attempt(client, aigul.email, "not the password at all")

    refused = attempt(open_client(address="198.51.100.4"), aigul.email)

    assert "Too many attempts" in refused.content.decode()
    assert not is_signed_in(client)
    attempt(client, marat.email)
    assert is_signed_in(client)


@pytest.mark.clause("P6.1a")
def test_one_address_trying_many_accounts_is_stopped(client, db):
    answers = [attempt(client, f"somebody{number}@example.com", "wrong") for number in range(31)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429


def test_while_valkey_is_away_signing_in_asks_to_come_back_and_pages_stand(
    client, sign_in, aigul, settings
):
    signed_in = sign_in(aigul)
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/0"}
    }
    client.raise_request_exception = False

    refused = attempt(client, aigul.email)

    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0
    assert not is_signed_in(client)
    assert client.get(LOGIN).status_code == 200
    assert signed_in.get("/en/account/security/").status_code == 200


def test_who_never_confirmed_is_sent_a_new_letter_instead_of_being_let_in(
    client, make_user, mailoutbox
):
    make_user("new@example.com", verified=False)

    response = attempt(client, "new@example.com")

    assert response["Location"] == "/en/accounts/confirm-email/"
    assert not is_signed_in(client)
    client.post(link_in(mailoutbox[0]))
    assert is_signed_in(client)


def test_a_closed_account_is_told_so_after_the_right_password_only(client, make_user):
    make_user("closed@example.com", is_active=False)

    assert attempt(client, "closed@example.com", "wrong").status_code == 200
    assert attempt(client, "closed@example.com")["Location"] == "/en/accounts/inactive/"
    assert not is_signed_in(client)


def test_a_session_ends_with_the_browser_unless_one_asks_for_two_weeks(open_client, aigul):
    short, long = open_client(), open_client()

    attempt(short, aigul.email)
    attempt(long, aigul.email, remember="on")

    assert short.cookies["session"]["max-age"] == ""
    assert long.cookies["session"]["max-age"] == 14 * 24 * 60 * 60
    assert long.cookies["session"]["httponly"]


def test_signing_out_takes_a_button_and_ends_the_session(sign_in, open_client, aigul):
    client = sign_in(aigul)
    stolen = open_client()
    stolen.cookies["session"] = client.cookies["session"].value

    page = client.get("/en/accounts/logout/")
    assert page.status_code == 200
    assert is_signed_in(client)
    client.post("/en/accounts/logout/")

    assert not is_signed_in(client)
    assert not is_signed_in(stolen)


@pytest.mark.clause("P1.6")
def test_a_new_kind_of_device_is_told_in_a_letter_a_known_one_is_not(sign_in, aigul, mailoutbox):
    sign_in(aigul, agent=FIREFOX)
    sign_in(aigul, agent=FIREFOX, address="198.51.100.9")
    assert mailoutbox == []

    sign_in(aigul, agent=SAFARI, address="2001:db8:1:2:3:4:5:6")

    [letter] = mailoutbox
    assert letter.to == [aigul.email]
    assert letter.subject == "A new device signed in to your account"
    assert "Mobile Safari, iOS, network 2001:db8:1::" in letter.body
    assert "3:4:5" not in letter.body
    assert "somebody knows your password" in letter.body
    assert "Mobile Safari" not in "".join(KnownDevice.objects.values_list("digest", flat=True))


def test_after_ninety_days_a_device_is_new_again(sign_in, aigul, mailoutbox):
    sign_in(aigul)
    KnownDevice.objects.update(seen_at=timezone.now() - timedelta(days=90, minutes=1))

    sign_in(aigul)

    assert [letter.subject for letter in mailoutbox] == ["A new device signed in to your account"]
    assert KnownDevice.objects.get().seen_at > timezone.now() - timedelta(minutes=1)


def test_the_letter_is_in_the_language_of_who_gets_it(sign_in, make_user, mailoutbox):
    person = make_user("kk@example.com", language="kk")
    sign_in(person, agent=FIREFOX)

    sign_in(person, agent=SAFARI)

    assert link_in(mailoutbox[0]).startswith("/kk/")


def test_pages_that_offer_passkeys_move_from_the_ip_address_to_the_name(open_client, db):
    client = open_client()

    response = client.get(
        "/ru/accounts/login/?next=/ru/account/", headers={"host": "127.0.0.1:8000"}
    )

    assert response["Location"] == "http://localhost:8000/ru/accounts/login/?next=/ru/account/"
