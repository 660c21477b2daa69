"""A moderator's decision as the case behind a disclosure on suspicion: clause 4.4.2."""

from uuid import UUID

from django.db.models import Q

from moderation.models import Decision
from privacy.authorities import CASES

Act = Decision.Act


def is_case_of(number: int, people: set[UUID]) -> bool:
    """It found a rule broken, still stands, and is about an ad of theirs."""
    decisions = Decision.objects.filter(pk=number, overturned_at=None)
    seller = "listing__seller"
    theirs = Q(**{f"{seller}__subject__in": people}) | Q(
        **{f"{seller}__members__user__subject__in": people}
    )
    return decisions.filter(theirs, act__in=[Act.REJECT, Act.BLOCK]).exists()


CASES.append(is_case_of)
