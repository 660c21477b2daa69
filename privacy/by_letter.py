"""Requests of people without an account: whoever has the letter to an address shows it is theirs.

Whether anything is held under an address is told to nobody but its owner.
"""

import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import override

from letters.write import write_letter
from privacy.ledger import Occasion
from privacy.models import LetterKey, Request, Subject, SubjectIdentifier
from privacy.models.consents import keyed_hash
from privacy.models.identifiers import normal_email
from privacy.people import TO_BE_JOINED, filed_under, holders, join
from privacy.reaching import has_account
from privacy.wishes import file_wish
from ui.limits import is_within

A_DAY = 24 * 60 * 60
LETTERS_TO_ONE_ADDRESS_A_DAY = 5
MOST_AT_ONCE = 1_000

Kind = Request.Kind
# Where who has an account asks the same.
PAGES = {
    Kind.ACCESS: ("accounts:held", []),
    Kind.EXPORT: ("accounts:ask", [Kind.EXPORT]),
    Kind.ERASURE: ("accounts:ask", [Kind.ERASURE]),
    Kind.RECTIFICATION: ("accounts:ask_for_kind", [Kind.RECTIFICATION]),
    Kind.RESTRICTION: ("accounts:ask_for_kind", [Kind.RESTRICTION]),
    Kind.OBJECTION: ("accounts:ask_for_kind", [Kind.OBJECTION]),
    Kind.WITHDRAWAL: ("accounts:privacy", []),
}


def send_link(email: str, kind: Kind, language: str) -> None:
    """Write to this address how to go on. Nothing here tells the caller who is known."""
    email, kind = email.strip(), Kind(kind)
    if not is_within(LETTERS_TO_ONE_ADDRESS_A_DAY, A_DAY, f"privacy:letters:{normal_email(email)}"):
        return
    with transaction.atomic():
        if account_of(email):
            name, arguments = PAGES[kind]
            with override(language):
                url = settings.SITE_URL + reverse(name, args=arguments)
            template = "privacy/email/ask_in_account"
        else:
            token = secrets.token_urlsafe(32)
            LetterKey.objects.create(
                digest=keyed_hash(token),
                email=email,
                kind=kind,
                language=language,
                expires_at=timezone.now() + LetterKey.KEPT_FOR,
            )
            url = url_of(token, language)
            template = "privacy/email/ask_by_link"
        write_letter(template, to=email, language=language, kind=kind, url=url)


def url_of(token: str, language: str) -> str:
    with override(language):
        page = reverse("by_letter:confirm")
    return f"{settings.SITE_URL}{page}?{urlencode({'key': token})}"


def find_key(token: str) -> LetterKey | None:
    keys = LetterKey.objects.current().select_related("subject")
    return keys.filter(digest=keyed_hash(token)).first()


def person_of(key: LetterKey) -> Subject | None:
    """Whose data the link opens: nobody's before it is used, or once there is an account."""
    person = key.subject
    if person is None or person.joined_to_id or has_account(person):
        return None
    return person


def account_of(email: str) -> Subject | None:
    """Of whoever signs in and has proved this address."""
    people = filed_under(email)
    accounts = holders([person.pk for person in people])
    return next((person for person in people if person.pk in accounts), None)


def use(key: LetterKey, token: str, occasion: Occasion, *, said: dict | None = None) -> LetterKey:
    """The address is proved: bring together what is held under it, and file the request. Once."""
    with transaction.atomic():
        key = LetterKey.objects.select_for_update().get(pk=key.pk)
        if key.used_at:
            return key
        key.used_at = timezone.now()
        if account := account_of(key.email):
            join(account, key.email)
        elif person := prove(key.email):
            key.subject = person
            request = file_wish(
                person,
                key.kind,
                occasion,
                said=said,
                language=key.language,
                email=key.email,
                url=url_of(token, key.language),
            )
            # From now on it shows how far we are.
            key.expires_at = max(
                key.used_at + LetterKey.KEPT_FOR,
                request.due_at if request.is_open else key.used_at,
            )
        key.save(update_fields=["used_at", "subject", "expires_at"])
    return key


def prove(email: str) -> Subject | None:
    """The one person of everything guests left under this address; None if there is nothing."""
    people = [person for person in filed_under(email) if person.state in TO_BE_JOINED]
    if not people:
        return None
    proved = SubjectIdentifier.objects.of("email", email).values_list("subject", flat=True)
    person = next((each for each in people if each.pk in proved), people[0])
    SubjectIdentifier.objects.file(person, "email", email)
    join(person, email)
    return person


def forget_keys() -> int:
    keys = LetterKey.objects.over().values("pk")[:MOST_AT_ONCE]
    return LetterKey.objects.filter(pk__in=keys).delete()[0]
