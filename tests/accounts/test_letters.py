"""Letters about an account: they come whatever one has refused, and tell of nothing else."""

import re
from email import message_from_string, policy
from urllib.parse import urlsplit

import html5lib
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test.signals import template_rendered

from accounts.second_factor import remove_second_factor
from privacy.consents import withdraw_all
from privacy.ledger import Occasion
from tests.accounts.conftest import SAFARI, link_in, shown_at_sign_up
from tests.accounts.test_private_pages import PASSKEY
from tests.accounts.test_second_factor import ACTIVATE
from tests.conftest import PASSWORD, code_of

NEW = "four quiet combines in august"
# What one may be led to by a service letter: the account, its doors, and the desk of staff.
PLACES = re.compile(
    r"/(en|ru|kk)/(account|accounts|privacy/deletion)/|/admin/privacy/request/\d+/change/"
)
# Made where something else than the portal's pages leads to them, and tried there.
ELSEWHERE = {
    # A real key is added in a browser: test_in_browser.
    "mfa/email/webauthn_added.txt",
    # Of an account without a password, whose page nothing leads to.
    "account/email/password_set.txt",
    # To people without an account, and to the operator: test_by_letter, test_queue.
    "privacy/email/ask_by_link.txt",
    "privacy/email/ask_in_account.txt",
    "privacy/email/request_answered.txt",
    "privacy/email/requests_due.txt",
    "privacy/email/request_received.txt",
    # Of an authority: test_authorities; of copies: test_export; of deletions: test_erasure.
    "privacy/email/authority.txt",
    "privacy/email/export_failed.txt",
    "privacy/email/export_ready.txt",
    "privacy/email/erasure_farewell.txt",
    # To whoever wrote to the mailbox, and to the operator of it: test_mailbox.
    "privacy/email/came_by_mail.txt",
    "privacy/email/taken_by_mail.txt",
    "privacy/email/way_to_ask.txt",
    # To the operator: test_watch.
    "privacy/email/watch_alarm.txt",
    "privacy/email/watch_stopped.txt",
}


def assert_tells_only_of_the_account(letter):
    message = message_from_string(letter.message().as_string(), policy=policy.default)
    bulk = {"list-unsubscribe", "list-unsubscribe-post", "list-id", "precedence", "feedback-id"}
    assert not bulk & {name.lower() for name in message.keys()}  # noqa: SIM118 a message is no dict
    text = message.get_body(["plain"]).get_content()
    html = message.get_body(["html"]).get_content()
    parsed = list(html5lib.HTMLParser(namespaceHTMLElements=False).parse(html).iter())
    links = {element.get("href") for element in parsed if element.tag == "a"}
    assert not [e.tag for e in parsed if e.tag in ("img", "picture", "video", "iframe", "link")]
    assert not re.search(r"unsubscribe|отписаться|жазылудан бас", text + html, re.IGNORECASE)
    for link in {link for link in links if not link.startswith("mailto:")} | set(
        re.findall(r"https?://\S+", text)
    ):
        assert urlsplit(link).hostname == "localhost", link
        assert PLACES.match(urlsplit(link).path), link


@pytest.fixture
def written():
    """The templates of letters that were rendered."""
    names = set()

    def note(sender, template, **facts):
        if template.name and "/email/" in template.name and template.name.endswith(".txt"):
            names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.mark.clause("P3.1b")
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_letter_about_an_account_tells_of_it_and_of_nothing_else(
    open_client, confirm, make_user, mailoutbox, written, policy, language,
    django_capture_on_commit_callbacks,
):  # fmt: skip
    person = make_user("person@example.com", language=language)
    withdraw_all(person.subject, Occasion("privacy", ""), sentence="Nothing more, please.")

    def send(client, path, **form):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(f"/{language}/{path}", form)

    here, door = open_client(), open_client(address="198.51.100.4")
    answers = {"password1": PASSWORD, "shown": shown_at_sign_up(door, language)}
    send(door, "accounts/signup/", email="person@example.com", **answers)
    send(door, "accounts/signup/", email="new@example.com", **answers)
    send(door, "accounts/password/reset/", email="nobody@example.com")
    send(door, "accounts/password/reset/", email="person@example.com")
    form = door.get(link_in(mailoutbox[-1]))["Location"]
    door.post(form, {"password1": PASSWORD})
    send(here, "accounts/login/", login="person@example.com", password=PASSWORD)
    send(open_client(SAFARI), "accounts/login/", login="person@example.com", password=PASSWORD)
    confirm(here)
    send(here, "accounts/password/change/", oldpassword=PASSWORD, password1=NEW)
    send(here, "accounts/email/", email="moved@example.com", action_add="")
    here.post(link_in(mailoutbox[-1]))
    send(here, "accounts/email/", email="another@example.com", action_add="")
    send(here, "accounts/email/", email="another@example.com", action_remove="")
    secret = here.get(ACTIVATE).context["form"].secret
    send(here, "accounts/2fa/totp/activate/", code=code_of(secret))
    send(here, "accounts/2fa/recovery-codes/generate/")
    key = Authenticator.objects.create(
        user=person, type="webauthn", data={"name": "Laptop", "credential": PASSKEY}
    )
    send(here, f"accounts/2fa/webauthn/keys/{key.pk}/remove/")
    send(here, "accounts/2fa/totp/deactivate/")
    send(here, "account/privacy/leave/erasure/")
    Authenticator.objects.create(user=person, type="totp", data={"secret": "unused"})
    person.refresh_from_db()
    remove_second_factor(person, by=person, reason="It is lost.")

    for letter in mailoutbox:
        assert_tells_only_of_the_account(letter)
    folders = ("account/email", "mfa/email", "privacy/email")
    files = {
        f"{folder}/{file.name}"
        for folder in folders
        for file in (settings.BASE_DIR / "templates" / folder).glob("[!_]*.txt")
    } - {"account/email/letter.txt"}
    assert files - written == ELSEWHERE


@pytest.mark.django_db
def test_no_host_that_a_request_names_gets_into_a_letter(open_client, aigul, policy, mailoutbox):
    door = open_client()
    door.defaults["HTTP_HOST"] = "localhost:666"
    answers = {"password1": PASSWORD, "shown": shown_at_sign_up(door)}

    door.post("/en/accounts/signup/", {"email": "new@example.com", **answers})
    door.post("/en/accounts/signup/", {"email": aigul.email, **answers})
    door.post("/en/accounts/password/reset/", {"email": aigul.email})
    door.post("/en/accounts/password/reset/", {"email": "nobody@example.com"})
    form = door.get(link_in(mailoutbox[2]))["Location"]
    door.post(form, {"password1": NEW})

    links = [re.findall(r"https?://\S+", letter.body) for letter in mailoutbox]
    assert len(links) == 5
    assert all(links)
    for link in (link for found in links for link in found):
        assert link.startswith(f"{settings.SITE_URL}/en/"), link
