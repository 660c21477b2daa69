from datetime import timedelta

import pytest
import time_machine
from django.utils.html import conditional_escape
from django.utils.translation import gettext, override

from tests.accounts.conftest import SAFARI, is_signed_in, link_in
from tests.conftest import PASSWORD

NEW = "four quiet combines in august"


def ask_for_letter(client, email):
    return client.post("/en/accounts/password/reset/", {"email": email})


def follow(client, letter):
    """Open the link; the key leaves the address at once."""
    return client.get(link_in(letter))["Location"]


@pytest.mark.clause("P1.6")
def test_a_forgotten_password_is_replaced_by_the_link_in_a_letter(
    client, sign_in, aigul, mailoutbox
):
    thief = sign_in(aigul)
    ask_for_letter(client, "Aigul@example.com")
    form = follow(client, mailoutbox[0])
    assert "set-password" in form

    response = client.post(form, {"password1": NEW})

    aigul.refresh_from_db()
    assert aigul.check_password(NEW)
    assert response["Location"] == "/en/accounts/password/reset/key/done/"
    assert not is_signed_in(thief)
    assert not is_signed_in(client)
    assert [letter.subject for letter in mailoutbox] == [
        "A new password at Kazvek",
        "Your password was changed",
    ]
    sign_in(aigul, password=NEW)


def test_the_link_works_once_and_for_three_days(client, open_client, aigul, mailoutbox):
    ask_for_letter(client, aigul.email)
    with time_machine.travel(timedelta(days=3, minutes=1), tick=False):
        late = open_client().get(link_in(mailoutbox[0]))
    client.post(follow(client, mailoutbox[0]), {"password1": NEW})

    again = open_client().get(link_in(mailoutbox[0]))

    assert "used up, too old, or incomplete" in late.content.decode()
    assert "used up, too old, or incomplete" in again.content.decode()


def test_an_unknown_address_gets_the_same_answer(client, aigul, mailoutbox):
    known = ask_for_letter(client, aigul.email)
    unknown = ask_for_letter(client, "nobody@example.com")

    assert known["Location"] == unknown["Location"] == "/en/accounts/password/reset/done/"
    assert "No account" in mailoutbox[1].subject
    assert mailoutbox[1].to == ["nobody@example.com"]


def test_letters_about_a_password_have_a_limit(client, aigul, mailoutbox):
    answers = [ask_for_letter(client, aigul.email).status_code for _ in range(6)]

    assert answers == [302] * 5 + [429]
    assert len(mailoutbox) == 5


@pytest.mark.clause("P1.6")
def test_a_weak_password_is_not_set_by_the_link_either(client, aigul, mailoutbox):
    ask_for_letter(client, aigul.email)

    response = client.post(follow(client, mailoutbox[0]), {"password1": "password123"})

    assert "password1" in response.context["form"].errors
    aigul.refresh_from_db()
    assert aigul.check_password(PASSWORD)


@pytest.mark.clause("P1.6")
def test_changing_the_password_signs_all_others_out_and_writes_a_letter(sign_in, aigul, mailoutbox):
    here, there = sign_in(aigul), sign_in(aigul)

    response = here.post(
        "/en/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW}, follow=True
    )

    aigul.refresh_from_db()
    assert aigul.check_password(NEW)
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert response.content.decode().count("<b>this device</b>") == 1
    assert "Sign out everywhere else" not in response.content.decode()
    assert [letter.subject for letter in mailoutbox] == ["Your password was changed"]
    assert NEW not in mailoutbox[0].message().as_string()


def test_without_the_present_password_nothing_changes(sign_in, aigul, mailoutbox):
    client = sign_in(aigul)

    response = client.post(
        "/en/accounts/password/change/", {"oldpassword": "a guess of a thief", "password1": NEW}
    )

    assert "oldpassword" in response.context["form"].errors
    aigul.refresh_from_db()
    assert aigul.check_password(PASSWORD)
    assert mailoutbox == []


@pytest.mark.clause("P1.6")
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_warning_stands_where_passwords_and_sessions_are(
    client, sign_in, make_user, mailoutbox, policy, language
):
    person = make_user("person@example.com", language=language)
    signed_in = sign_in(person)
    sign_in(person, agent=SAFARI)
    with override(language):
        beware, letter = gettext(BEWARE), gettext(NOT_YOU)

    pages = [
        browser.get(f"/{language}/{path}").content.decode()
        for browser, path in (
            (client, "accounts/signup/"),
            (signed_in, "accounts/password/change/"),
            (signed_in, "account/security/"),
        )
    ]

    assert (beware != BEWARE) == (letter != NOT_YOU) == (language != "en")
    assert [page.count(conditional_escape(beware)) for page in pages] == [1, 1, 1]
    assert letter in mailoutbox[0].body


BEWARE = (
    "Whoever learns your password or reads your mail can act in your name. Use a password that "
    "you use nowhere else, tell it to nobody, and sign out on devices of others. We never ask "
    "for it."
)
NOT_YOU = (
    "If it was not you, somebody knows your password or reads your mail. Choose a new password "
    "at once and sign out all devices:"
)
