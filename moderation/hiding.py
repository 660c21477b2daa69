"""Several people report an ad: it is out of sight until a moderator has read it.

Rivals must not get that by themselves. Only accounts known for a while count, each person, each
network and each seller once; a verified seller's ad stays and only goes to the head of the queue;
and what a moderator has looked at is left in peace for a month.
"""

from datetime import timedelta

from django.utils import timezone

from listings import reviewing
from listings.models import Listing
from moderation.letters import tell
from moderation.models import Ban, Complaint, Decision
from moderation.reasons import AFTER_REPORTS
from moderation.rules import RulesInForce, WithoutRule
from privacy.models import Subject

HIDES_WITH = 5
KNOWN_FOR = timedelta(days=30)
LEFT_IN_PEACE_FOR = timedelta(days=30)

Act = Decision.Act


def hide_if_many(listing: Listing) -> None:
    """The caller holds the lock of the ad."""
    if not listing.is_live or listing.seller.verified_at or was_looked_at(listing):
        return
    if independent(listing) < HIDES_WITH:
        return
    try:
        rule = RulesInForce().rule(*AFTER_REPORTS)
    except WithoutRule:
        return
    reviewing.hide(listing)
    decision = Decision.objects.create(
        listing=listing, act=Act.HIDE, matter=Decision.Matter.CHECK, rules=[str(rule)]
    )
    tell("hidden", listing, decision)


def was_looked_at(listing):
    looked = listing.decisions.filter(act__in=[Act.KEEP, Act.UNBLOCK, Act.GRANT])
    return looked.filter(at__gt=timezone.now() - LEFT_IN_PEACE_FOR).exists()


def independent(listing) -> int:
    """How many have reported it that have nothing in common."""
    now = timezone.now()
    complaints = listing.complaints.open().filter(
        at__gt=now - Complaint.COUNTS_FOR,
        subject__state=Subject.State.ACTIVE,
        subject__user__is_active=True,
        subject__user__date_joined__lte=now - KNOWN_FOR,
    )
    banned = Ban.objects.in_force().exclude(user=None).values("user")
    counted = complaints.exclude(subject__user__in=banned).values_list(
        "subject", "network", "subject__user__membership__seller"
    )
    number, known = 0, set()
    for marks in counted:
        marks = {mark for mark in enumerate(marks) if mark[1] is not None}
        number += marks.isdisjoint(known)
        known |= marks
    return number
