"""Who is meant by an address: one person may stand here more than once.

Each order of a guest begins a person of its own, for nobody has proved anything yet. They become
parts of one person when somebody shows that the address is theirs, and stay in their places:
their ledgers are never rewritten.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from privacy.data_map import DATA_MAP, People
from privacy.erasure import among  # noqa: F401 registers the lookup
from privacy.models import Subject, SubjectIdentifier

TO_BE_JOINED = [Subject.State.ACTIVE, Subject.State.RESTRICTED]


def filed_under(email: str) -> list[Subject]:
    """The people of whom data is filed under this address, each once.

    Of accounts only the one that has proved the address. Whoever asks must not let a stranger
    see the difference between some and none.
    """
    found = set(SubjectIdentifier.objects.of("email", email).values_list("subject", flat=True))
    found |= guests_with(email)
    people = Subject.objects.filter(pk__in=found).select_related("joined_to")
    heads = {person.joined_to or person for person in people}
    return sorted(heads, key=lambda person: (person.created_at, person.pk))


def join(subject: Subject, email: str) -> None:
    """The person has shown that the address is theirs: what guests left under it is theirs, too."""
    with transaction.atomic():
        guests = guests_with(email) - {subject.pk}
        proved = SubjectIdentifier.objects.filter(subject__in=guests)
        guests -= set(proved.values_list("subject", flat=True))
        parts = Subject.objects.filter(
            Q(pk__in=guests, joined_to=None) | Q(joined_to__in=guests), state__in=TO_BE_JOINED
        )
        # Whoever is being erased gets nobody's data any more.
        heads = Subject.objects.select_for_update(no_key=True)
        if not heads.filter(pk=subject.pk, state__in=TO_BE_JOINED).exists():
            return
        locked = parts.order_by("pk").select_for_update(no_key=True)
        Subject.objects.filter(pk__in=[part.pk for part in locked]).update(joined_to=subject)
        # What one of them has asked for holds for the whole person.
        whole = Subject.objects.filter(pk__in=Subject.families([subject]))
        if whole.filter(state=Subject.State.RESTRICTED).exists():
            subject.restrict()


def guests_with(email):
    """Persons without an account who gave this address; anybody can have typed it."""
    guests = set()
    for described in DATA_MAP.values():
        if described.people == People.HOLDERS or not isinstance(described.subject, str):
            continue
        for name, declared in described.personal_fields.items():
            if declared.category == "contact.email":
                rows = described.model._base_manager.filter(**{f"{name}__iexact": email.strip()})
                guests.update(rows.values_list(described.subject, flat=True))
    guests.discard(None)
    return guests - holders(guests)


def holders(people: Iterable) -> set:
    """Those among them who have an account."""
    held = set()
    for described in DATA_MAP.values():
        if described.people == People.HOLDERS and described.subject == "subject":
            rows = described.model._base_manager.filter(subject__pk__among=people)
            held.update(rows.values_list("subject", flat=True))
    return held


def written_to(subject: Subject) -> tuple[str, str] | None:
    """An address the portal may write to about this person, and the language, if it is known."""
    told = [
        (described, name)
        for described in DATA_MAP.values()
        if isinstance(described.subject, str)
        for name, declared in described.personal_fields.items()
        if declared.category == "contact.email"
    ]
    # An account's address is proved.
    told.sort(key=lambda each: each[0].people != People.HOLDERS)
    for described, name in told:
        row = described.rows_of(subject).exclude(**{name: ""}).order_by("-pk").first()
        if row:
            return getattr(row, name), getattr(row, "language", "")
    return None
