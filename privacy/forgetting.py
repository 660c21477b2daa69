"""Letting go of people nobody knows any more."""

from django.db import transaction
from django.utils import timezone

from privacy.models import (
    Consent,
    ConsentChain,
    ConsentEntry,
    ConsentEvidence,
    StoredAct,
    Subject,
    SubjectIdentifier,
)

# Rows of our own about a person, which keep nobody known.
OURS = {Consent, ConsentChain, ConsentEntry, StoredAct, SubjectIdentifier}


def forget(people: list[Subject]) -> None:
    """Delete each of these persons to whom no other row points any more.

    Of whom the ledger holds an act, a number that leads to nobody stays: the ledger keeps all.
    """
    with transaction.atomic():
        for person in people:
            if is_known_elsewhere(person):
                continue
            SubjectIdentifier.objects.filter(subject=person).delete()
            ConsentEvidence.objects.filter(entry__subject=person).delete()
            Consent.objects.filter(subject=person).delete()
            if ConsentChain.objects.filter(subject=person).exists():
                person.state, person.erased_at = Subject.State.ERASED, timezone.now()
                person.save(update_fields=["state", "erased_at"])
            else:
                person.delete()


def is_known_elsewhere(person):
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: person}).exists()
        for relation in Subject._meta.related_objects
        if relation.related_model not in OURS
    )
