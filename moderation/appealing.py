"""A seller says once that a decision is wrong, and another moderator answers."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from listings import reviewing
from listings.models import Listing, Revision
from listings.states import State
from moderation.deciding import Act, Matter, give_trust_back, refuse_own
from moderation.letters import tell
from moderation.models import Appeal, Decision
from moderation.reasons import POSTING
from moderation.rules import RulesInForce
from sellers.models import Seller

ANSWERED_BY = POSTING, "5.1"


class Once(Exception):
    """There is an appeal against this decision already, or none is possible."""


class AnotherAnswers(Exception):
    """Whoever decided does not judge the appeal against it."""


def last_refusal(listing: Listing) -> Decision | None:
    """What its seller may appeal against, or has: the newest that was refused or blocked."""
    refusals = listing.decisions.filter(act__in=[Act.REJECT, Act.BLOCK])
    return refusals.select_related("appeal__answer").first()


def appeal(decision: Decision, by: User, text: str) -> Appeal:
    if not decision.can_be_appealed:
        raise Once
    now = timezone.now()
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                decision=decision, by=by, text=text, at=now, due_at=now + Appeal.ANSWERED_WITHIN
            )
    except IntegrityError:
        raise Once from None


def answer(appeal: Appeal, by: User, *, is_granted: bool, note: str) -> Decision:
    """What was refused by mistake is put right, unless its seller has changed it meanwhile."""
    with transaction.atomic():
        appeal = Appeal.objects.select_for_update().select_related("decision").get(pk=appeal.pk)
        if appeal.answer_id:
            raise Once
        decision = appeal.decision
        if decision.by_id == by.pk:
            raise AnotherAnswers
        listing = Listing.objects.get(pk=decision.listing_id)
        # In the order of everybody: the seller, then the ad.
        Seller.objects.select_for_update(no_key=True).get(pk=listing.seller_id)
        listing = Listing.objects.select_for_update().get(pk=listing.pk)
        refuse_own(listing.seller_id, by)
        rule = RulesInForce().rule(*ANSWERED_BY)
        is_restored = False
        if is_granted:
            Decision.objects.filter(pk=decision.pk).update(overturned_at=timezone.now())
            give_trust_back(listing.seller_id)
            if is_restored := stands_as_judged(listing, decision):
                listing = reviewing.reinstate(listing, by)
        act = Act.GRANT if is_granted else Act.UPHOLD
        appeal.answer = Decision.objects.create(
            listing=listing, by=by, act=act, matter=decision.matter, rules=[str(rule)], note=note
        )
        appeal.save(update_fields=["answer"])
        facts = {"is_granted": is_granted, "is_restored": is_restored}
        tell("appeal_answered", listing, appeal.answer, **facts)
    return appeal.answer


def stands_as_judged(listing, decision):
    """Nobody has touched since what was refused."""
    if decision.act == Act.REJECT and decision.matter == Matter.CHANGE:
        refused = Revision.objects.filter(listing=listing, state=Revision.State.REJECTED)
        return refused.filter(touched_at__lte=decision.at).exists()
    judged = State.BLOCKED if decision.act == Act.BLOCK else State.REJECTED
    return listing.state == judged and listing.touched_at <= decision.at
