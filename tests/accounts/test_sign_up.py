from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from zxcvbn import zxcvbn

from accounts.models import User
from privacy.models import Subject
from tests.accounts.conftest import is_signed_in, link_in, shown_at_sign_up
from tests.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("policy")


def sign_up(client, email="aigul@example.com", password=PASSWORD, language="en", shown=None):
    form = {
        "email": email,
        "password1": password,
        "shown": shown or shown_at_sign_up(client, language),
    }
    return client.post(f"/{language}/accounts/signup/", form)


@pytest.mark.clause("P2.2")
@pytest.mark.django_db
def test_the_letter_comes_in_the_language_of_the_page_and_its_button_confirms(client, mailoutbox):
    response = sign_up(client, language="kk")

    user = User.objects.get()
    assert response["Location"] == "/kk/accounts/confirm-email/"
    assert (user.email, user.language, user.is_active) == ("aigul@example.com", "kk", True)
    assert user.password.startswith("argon2")
    assert user.subject.state == Subject.State.ACTIVE
    [letter] = mailoutbox
    assert letter.to == ["aigul@example.com"]
    assert link_in(letter).startswith("/kk/accounts/confirm-email/")
    assert letter.alternatives[0].mimetype == "text/html"
    assert link_in(letter) in letter.alternatives[0].content
    assert PASSWORD not in letter.message().as_string()


@pytest.mark.django_db
def test_opening_the_link_confirms_nothing_pressing_the_button_does(client, mailoutbox):
    sign_up(client)

    page = client.get(link_in(mailoutbox[0]))
    assert not EmailAddress.objects.get().verified
    response = client.post(link_in(mailoutbox[0]))

    assert "aigul@example.com" in page.content.decode()
    assert response["Location"] == "/en/account/"
    assert EmailAddress.objects.get().verified
    assert is_signed_in(client)


@pytest.mark.django_db
def test_in_another_browser_the_link_confirms_but_signs_nobody_in(client, open_client, mailoutbox):
    sign_up(client)
    elsewhere = open_client()

    response = elsewhere.post(link_in(mailoutbox[0]))

    assert response["Location"] == "/en/accounts/login/"
    assert EmailAddress.objects.get().verified
    assert not is_signed_in(elsewhere)


@pytest.mark.django_db
def test_a_link_that_is_used_up_or_wrong_says_so_and_does_nothing(client, mailoutbox):
    sign_up(client)
    link = link_in(mailoutbox[0])
    client.post(link)

    used = client.get(link)
    wrong = client.get("/en/accounts/confirm-email/MTox:forged:signature/")

    assert "used up, too old, or incomplete" in used.content.decode()
    assert "used up, too old, or incomplete" in wrong.content.decode()
    assert client.post("/en/accounts/confirm-email/MTox:forged:signature/").status_code == 404


def test_a_known_address_gets_the_same_answer_and_its_owner_a_letter(
    client, open_client, aigul, mailoutbox
):
    known = sign_up(client, email="Aigul@Example.com", password="another good sentence")
    unknown = sign_up(open_client(), email="nobody@example.com")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    aigul.refresh_from_db()
    assert aigul.check_password(PASSWORD)
    assert User.objects.count() == 2
    assert [letter.to for letter in mailoutbox] == [["aigul@example.com"], ["nobody@example.com"]]
    assert "You have an account" in mailoutbox[0].subject
    pages = [
        client.get(known["Location"]).content,
        open_client().get(unknown["Location"]).content,
    ]
    assert b"Open the letter" in pages[0]
    assert b"Open the letter" in pages[1]


@pytest.mark.clause("P2.2")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_address_make_one_account(open_client):
    shown = shown_at_sign_up(open_client())

    def attempt(client):
        try:
            return sign_up(client, shown=shown)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(attempt, [open_client() for _ in range(4)]))

    assert set(answers) == {"/en/accounts/confirm-email/"}
    assert User.objects.get().email == "aigul@example.com"
    assert Subject.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_its_letter_there_is_no_account_either(client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    client.raise_request_exception = False

    response = sign_up(client)

    assert response.status_code in {500, 503}
    assert User.objects.count() == Subject.objects.count() == EmailAddress.objects.count() == 0


@pytest.mark.django_db
def test_account_address_and_letter_are_one_transaction(client, settings):
    settings.EMAIL_BACKEND = "letters.backend.OutboxBackend"

    sign_up(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT xmin::text FROM letters_letter")
        letters = cursor.fetchall()
    assert len(letters) == 1
    assert User.objects.count() == 1


@pytest.mark.clause("P1.6")
@pytest.mark.parametrize(
    "password",
    [
        "short",
        "1029384756",
        "password123",
        "qwertyuiop123",
        "йцукенгшщз",
        "пароль12345",
        "gfhjkm12345",
        "любовь2024",
        "Казахстан2024",
        "құпиясөз123",
        "aaaaaaaaaaaaaa",
        "aigul@example",
        "x" * 257,
    ],
)
@pytest.mark.django_db
def test_a_common_breached_or_impossible_password_is_refused(client, mailoutbox, password):
    response = sign_up(client, password=password)

    assert response.status_code == 200
    assert "password1" in response.context["form"].errors
    assert User.objects.count() == 0
    assert mailoutbox == []


@pytest.mark.parametrize(
    "password", ["steppe wind over barley", "бидай жел тау сағат", "k7#Qv2!mZp"]
)
@pytest.mark.django_db
def test_a_good_password_is_taken(client, password):
    assert sign_up(client, password=password).status_code == 302


@pytest.mark.parametrize(
    "email", ["", "aigul", "a@b", "a b@example.com", "x" * 250 + "@example.com"]
)
@pytest.mark.django_db
def test_a_broken_address_is_refused(client, mailoutbox, email):
    response = sign_up(client, email=email)

    assert "email" in response.context["form"].errors
    assert User.objects.count() == 0
    assert mailoutbox == []


def test_who_only_claimed_an_address_yields_to_who_proves_it(
    make_user, sign_in, confirm, aigul, mailoutbox
):
    make_user("new@example.com", verified=False)
    browser = sign_in(aigul)
    confirm(browser)
    browser.post("/en/accounts/email/", {"email": "new@example.com", "action_add": ""})

    browser.post(link_in(mailoutbox[-1]))

    assert User.objects.get().pk == aigul.pk
    aigul.refresh_from_db()
    assert aigul.email == "new@example.com"
    assert Subject.objects.get() == aigul.subject


def test_who_is_signed_in_is_led_to_the_account(sign_in, aigul):
    assert sign_in(aigul).get("/en/accounts/signup/")["Location"] == "/en/account/"


@pytest.mark.django_db
def test_of_a_long_password_only_the_beginning_is_judged(client, monkeypatch):
    judged = []

    def note(spelling, **more):
        judged.append(spelling)
        return zxcvbn(spelling, **more)

    monkeypatch.setattr("zxcvbn.zxcvbn", note)

    response = sign_up(client, password="4@8({[<369&#!1|0$5+7%2" * 4)

    assert response.status_code == 302
    assert sorted(map(len, judged)) == [24, 24]


@pytest.mark.django_db
def test_what_reads_the_same_in_both_layouts_is_judged_once(client, monkeypatch):
    judged = []
    monkeypatch.setattr("zxcvbn.zxcvbn", lambda text, **more: judged.append(text) or zxcvbn(text))

    sign_up(client, password="4823-9915-0472-6638")

    assert judged == ["4823-9915-0472-6638"]
