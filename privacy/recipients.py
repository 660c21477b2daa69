"""Whoever was given somebody's data hears when it is corrected, deleted or restricted.

GDPR, Article 19. Apps above register how a recipient of theirs is written to.
"""

from collections import defaultdict
from collections.abc import Callable

from django.db import transaction

from privacy.models import Disclosure, Notice, Subject

# By the kind of recipient: (number of the recipient, what has happened, what it is about).
TELLERS: dict[str, Callable[[int, Notice.Act, list[str]], None]] = {}


def tell_recipients(subject: Subject, act: Notice.Act, *, occasion: str) -> int:
    """To how many it is told now; the same of one occasion is told once."""
    given = defaultdict(list)
    people = Subject.families([subject])
    rows = Disclosure.objects.filter(subject__in=people, kind__in=TELLERS).order_by("pk")
    for kind, number, about in rows.values_list("kind", "recipient_number", "about"):
        given[kind, number].append(about)
    told = 0
    for (kind, number), abouts in given.items():
        about = list(dict.fromkeys(abouts))
        with transaction.atomic():
            _notice, is_new = Notice.objects.get_or_create(
                subject=subject,
                occasion=occasion,
                act=act,
                kind=kind,
                recipient_number=number,
                defaults={"about": about},
            )
            if is_new:
                TELLERS[kind](number, act, about)
                told += 1
    return told
