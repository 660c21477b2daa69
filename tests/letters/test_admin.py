import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import User
from kazvek.demo import ADMINISTRATOR, MODERATOR
from letters.models import Letter
from letters.tasks import send_waiting
from tests.letters.outside import ADDRESS

LIST = reverse("admin:letters_letter_changelist")


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser(ADMINISTRATOR, None)


@pytest.fixture
def moderator(db):
    user = User.objects.create_user(MODERATOR, None, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_letter"))
    return user


@pytest.fixture
def letters(db, post_office, cause_letter):
    """One sent, one refused by the receiver, one given up, one waiting."""
    for word in ("sent", "bounced", "failed", "waiting"):
        cause_letter(f"{word}@example.com", body=f"Secret of {word}")
    post_office.refused_addresses = {
        "bounced@example.com": "550 No such user",
        "waiting@example.com": "450 Later",
    }
    post_office.refused_words = {b"Secret of failed": "554 No spam"}
    send_waiting()
    return {letter.recipient.partition("@")[0]: letter for letter in Letter.objects.all()}


def send_again(client, *letters):
    return client.post(
        LIST,
        {"action": "send_again", "_selected_action": [letter.pk for letter in letters]},
        follow=True,
    )


def test_the_list_tells_what_did_not_arrive_and_why_but_not_what_it_said(
    client, administrator, letters
):
    client.force_login(administrator)

    page = client.get(LIST).content.decode()
    detail = client.get(reverse("admin:letters_letter_change", args=[letters["failed"].pk]))

    for words in (
        "b•••@example.com",
        "SMTPRecipientsRefused 550",
        "f•••@example.com",
        "SMTPDataError 554",
    ):
        assert words in page
    assert "s•••@example.com" not in page
    assert "bounced@" not in page
    for answer in (page, detail.content.decode()):
        assert "Secret of" not in answer


def test_what_did_not_arrive_can_be_sent_again(
    client, administrator, letters, post_office, django_capture_on_commit_callbacks
):
    client.force_login(administrator)
    post_office.refused_addresses = post_office.refused_words = {}

    with django_capture_on_commit_callbacks():
        response = send_again(client, letters["bounced"], letters["failed"], letters["waiting"])
    send_waiting()

    assert response.status_code == 200
    assert {letter.recipient for letter in Letter.objects.filter(state="sent")} == {
        "sent@example.com",
        "bounced@example.com",
        "failed@example.com",
    }
    assert Letter.objects.get(recipient="waiting@example.com").attempts == 1


def test_a_letter_is_neither_added_nor_changed_nor_deleted_by_hand(client, administrator, letters):
    client.force_login(administrator)
    letter = letters["failed"]

    answers = [
        client.post(reverse("admin:letters_letter_add"), {"recipient": ADDRESS}),
        client.post(
            reverse("admin:letters_letter_change", args=[letter.pk]), {"recipient": ADDRESS}
        ),
        client.post(reverse("admin:letters_letter_delete", args=[letter.pk]), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Letter.objects.get(pk=letter.pk).recipient == "failed@example.com"
    assert Letter.objects.count() == 4


def test_who_may_only_look_sends_nothing(client, moderator, letters):
    client.force_login(moderator)

    page = client.get(LIST)
    send_again(client, letters["failed"])

    assert page.status_code == 200
    assert Letter.objects.get(pk=letters["failed"].pk).state == "failed"


def test_strangers_see_no_letters(client, letters):
    client.force_login(User.objects.create_user("stranger@example.com", None))

    assert client.get(LIST).status_code == 302
    assert send_again(client, letters["failed"]).redirect_chain
    assert Letter.objects.get(pk=letters["failed"].pk).state == "failed"
