import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session

from tests.accounts.conftest import link_in

PAGE = "/en/accounts/email/"


def ask(client, email):
    return client.post(PAGE, {"email": email, "action_add": ""})


@pytest.fixture
def browser(sign_in, confirm, aigul):
    client = sign_in(aigul)
    confirm(client)
    return client


def test_the_new_address_holds_once_its_letter_is_opened_and_the_old_one_is_told(
    browser, aigul, mailoutbox
):
    ask(browser, "new@example.com")
    aigul.refresh_from_db()
    assert aigul.email == "aigul@example.com"
    assert mailoutbox[0].to == ["new@example.com"]

    response = browser.post(link_in(mailoutbox[0]))

    aigul.refresh_from_db()
    assert aigul.email == EmailAddress.objects.get().email == "new@example.com"
    assert response["Location"] == "/en/account/security/"
    assert mailoutbox[1].to == ["aigul@example.com"]
    assert "new@example.com" in mailoutbox[1].body


def test_it_is_asked_who_it_is_before_the_page_opens(sign_in, confirm, aigul):
    client = sign_in(aigul)

    refused = client.get(PAGE)
    confirm(client)

    assert refused["Location"].startswith("/en/accounts/reauthenticate/")
    assert client.get(PAGE).status_code == 200


def test_a_form_sent_too_late_changes_nothing_and_leaves_nothing_in_the_session(
    sign_in, aigul, mailoutbox
):
    client = sign_in(aigul)

    response = ask(client, "new@example.com")

    assert response["Location"].startswith("/en/accounts/reauthenticate/")
    assert EmailAddress.objects.get().email == aigul.email
    assert mailoutbox == []
    assert "account_reauthentication_state" not in Session.objects.get().get_decoded()


def test_an_address_of_somebody_else_gets_the_same_answer_and_cannot_be_taken(
    browser, aigul, marat, mailoutbox
):
    response = ask(browser, marat.email)
    browser.post(link_in(mailoutbox[0]))

    assert response["Location"] == PAGE
    aigul.refresh_from_db()
    marat.refresh_from_db()
    assert (aigul.email, marat.email) == ("aigul@example.com", "marat@example.com")
    assert not EmailAddress.objects.get(user=aigul, email=marat.email).verified


def test_a_change_can_be_called_off(browser, mailoutbox):
    ask(browser, "new@example.com")

    browser.post(PAGE, {"email": "new@example.com", "action_remove": ""})

    assert EmailAddress.objects.get().email == "aigul@example.com"
    assert "used up" in browser.get(link_in(mailoutbox[0])).content.decode()
