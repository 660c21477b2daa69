"""Data for an authority: prepared by one, approved by another, as little as was approved."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from letters.write import write_letter
from privacy.data_map import DATA_MAP, Personal
from privacy.held import words_of_column
from privacy.models import AuthorityRequest, Disclosure, Subject
from privacy.people import written_to
from privacy.purposes import Basis

State, Ground = AuthorityRequest.State, AuthorityRequest.Ground
# For whoever lost the file. What is stored later was neither asked for nor approved.
GIVEN_AGAIN_WITHIN = timedelta(days=1)
SUSPECTED_FOR = timedelta(days=30)
# Apps above say whether there is a case of this number about one of these people.
CASES: list[Callable[[int, set[UUID]], bool]] = []


def columns() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be given at all, by tables: every personal column of the map but secrets."""
    found = [
        (
            str(described.title),
            [
                (key_of(described, name), words_of_column(described, name))
                for name, declared in described.personal_fields.items()
                if not declared.category.startswith(SECRET)
            ],
        )
        for described in DATA_MAP.values()
        if described.model and described.subject
    ]
    return [(title, choices) for title, choices in found if choices]


def words_of(scope: list[str]) -> list[str]:
    words = {key: f"{title}: {name}" for title, choices in columns() for key, name in choices}
    return [words.get(key, key) for key in scope]


SECRET = ("access.password", "access.factor", "access.session", "contact.digest")


def key_of(described, name):
    return f"{described.model._meta.label_lower}.{name}"


def is_case_of(number: int, subject: Subject) -> bool:
    people = Subject.families([subject])
    return any(knows(number, people) for knows in CASES)


def approve(request: AuthorityRequest, by: Subject) -> None:
    decide(request, by, State.APPROVED)


def refuse(request: AuthorityRequest, by: Subject, reason: str) -> None:
    decide(request, by, State.REFUSED, refusal=reason)


def decide(request, by, state, **fields):
    """Raises `Impossible` when it is decided already, or by whoever prepared it."""
    with transaction.atomic():
        locked = AuthorityRequest.objects.select_for_update().get(pk=request.pk)
        if locked.state != State.PREPARED or locked.handler_id == by.pk:
            raise AuthorityRequest.Impossible
        fields |= {"state": state, "approver": by, "decided_at": timezone.now()}
        AuthorityRequest.objects.filter(pk=locked.pk).update(**fields)


def give(request: AuthorityRequest) -> dict[str, list]:
    """The values of the approved columns, by column, and the row of the disclosure with them."""
    with transaction.atomic():
        locked = AuthorityRequest.objects.select_for_update().get(pk=request.pk)
        if locked.state not in (State.APPROVED, State.GIVEN):
            raise AuthorityRequest.Impossible
        if locked.ends_on and locked.ends_on < timezone.localdate():
            raise AuthorityRequest.Over
        if locked.state == State.GIVEN and locked.given_at < timezone.now() - GIVEN_AGAIN_WITHIN:
            raise AuthorityRequest.Over
        extract = values_of(locked.subject, locked.scope)
        if locked.state == State.GIVEN:
            return extract
        Disclosure.objects.create(
            subject=locked.subject,
            kind=Disclosure.Kind.AUTHORITY,
            recipient_number=locked.pk,
            recipient_name=locked.body,
            fields=[column for column, values in extract.items() if values],
            purpose="compliance",
            basis=Basis.INTEREST if locked.ground == Ground.SUSPICION else Basis.LAW,
            about=f"№ {locked.pk}",
            hidden_until=locked.silent_until,
        )
        locked.state, locked.given_at = State.GIVEN, timezone.now()
        locked.save(update_fields=["state", "given_at"])
        if locked.silent_until is None:
            tell_person(locked)
    return extract


def values_of(subject, scope):
    extract = {}
    for described in DATA_MAP.values():
        for name, declared in described.fields.items():
            key = described.model and key_of(described, name)
            if key in scope and isinstance(declared, Personal):
                values = described.rows_of(subject).order_by("pk").values_list(name, flat=True)
                extract[key] = [str(value) for value in values if value not in (None, "")]
    return extract


def tell_those_due() -> int:
    """The people who had to wait for it hear that an authority was given their data."""
    due = AuthorityRequest.objects.filter(
        Q(silent_until=None) | Q(silent_until__lte=timezone.localdate()),
        state=State.GIVEN,
        told_at=None,
    )
    count = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            request = due.select_for_update(skip_locked=True).filter(pk=pk).first()
            if request:
                tell_person(request)
                count += 1
    return count


def tell_person(request):
    """Who has left no address cannot be told; that the time came is noted all the same."""
    if address := written_to(request.subject):
        email, language = address
        write_letter(
            "privacy/email/authority",
            to=email,
            language=language or settings.LANGUAGE_CODE,
            request=request,
        )
    request.told_at = timezone.now()
    request.save(update_fields=["told_at"])
