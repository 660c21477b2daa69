"""Whoever was given somebody's data hears when it is corrected, deleted or restricted.

GDPR, Article 19. Apps above register how a recipient of theirs is written to.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from privacy.models import Disclosure, Notice, Subject

# By the kind of recipient: (number of the recipient, what has happened, what it is about).
TELLERS: dict[str, Callable[[int, Notice.Act, list[str]], None]] = {}


# Bring what others were given in line with a correction. Each gets the keys of the person, a
# category of the data map, what stood there and what stands there now, and names what it is about.
FOLLOWERS: list[Callable[[set[UUID], str, str, str], list[str]]] = []


def pass_on(subject: Subject, category: str, before: str, after: str) -> int:
    """The person has corrected what also stands elsewhere: there it follows, and whoever was given
    it hears so. In how many places it was.
    """
    if not before or not after or before == after:
        return 0
    people = Subject.families([subject])
    with transaction.atomic():
        about = [each for follow in FOLLOWERS for each in follow(people, category, before, after)]
        if about:
            occasion = f"correction {timezone.now():%Y%m%d%H%M%S%f}"
            tell_recipients(subject, Notice.Act.CORRECTED, occasion=occasion, about=about)
    return len(about)


def tell_of_restriction(subject: Subject, *, occasion: str) -> None:
    """Unless they know already of another that has not ended."""
    if not restrictions_told(subject):
        tell_recipients(subject, Notice.Act.RESTRICTED, occasion=occasion)


def tell_of_release(subject: Subject) -> None:
    """Those who were told of the restriction, of its end."""
    for told in restrictions_told(subject):
        with transaction.atomic():
            _notice, is_new = Notice.objects.get_or_create(
                subject_id=told.subject_id,
                occasion=told.occasion,
                act=Notice.Act.RELEASED,
                kind=told.kind,
                recipient_number=told.recipient_number,
                defaults={"about": told.about},
            )
            if is_new:
                TELLERS[told.kind](told.recipient_number, Notice.Act.RELEASED, told.about)


def restrictions_told(subject):
    """Of which nobody has said yet that they ended."""
    notices = Notice.objects.filter(subject__in=Subject.families([subject]))
    ended = notices.filter(
        act=Notice.Act.RELEASED,
        subject=OuterRef("subject"),
        occasion=OuterRef("occasion"),
        kind=OuterRef("kind"),
        recipient_number=OuterRef("recipient_number"),
    )
    return list(notices.filter(~Exists(ended), act=Notice.Act.RESTRICTED).order_by("pk"))


def tell_recipients(
    subject: Subject, act: Notice.Act, *, occasion: str, about: Collection[str] | None = None
) -> int:
    """To how many it is told now; the same of one occasion is told once. `about`: only these."""
    given = defaultdict(list)
    people = Subject.families([subject])
    rows = Disclosure.objects.filter(subject__in=people, kind__in=TELLERS).order_by("pk")
    if about is not None:
        rows = rows.filter(about__in=about)
    for kind, number, what in rows.values_list("kind", "recipient_number", "about"):
        given[kind, number].append(what)
    told = 0
    for (kind, number), abouts in given.items():
        abouts = list(dict.fromkeys(abouts))
        with transaction.atomic():
            _notice, is_new = Notice.objects.get_or_create(
                subject=subject,
                occasion=occasion,
                act=act,
                kind=kind,
                recipient_number=number,
                defaults={"about": abouts},
            )
            if is_new:
                TELLERS[kind](number, act, abouts)
                told += 1
    return told
