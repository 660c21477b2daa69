"""A moderator decides: the ad changes, the decision is kept with its rule, letters tell of it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from listings import reviewing
from listings.catalogue import current_catalogue
from listings.models import Category, Listing
from listings.states import State
from moderation.letters import tell, tell_reporters
from moderation.models import Claim, Decision
from moderation.reasons import ADS, AFTER_REPORTS, rules_of
from moderation.rules import Rule, RulesInForce, WithoutRule
from sellers.models import Member, Seller

Act, Matter = Decision.Act, Decision.Matter

# What is approved was checked by these.
CHECKED_BY = {Matter.NEW: (ADS, "5.1"), Matter.CHANGE: (ADS, "5.2"), Matter.CHECK: (ADS, "5.1")}
MOVED_BY = ADS, "1.2"

TRUST_ENDS_WITH = 2
WITHIN = timedelta(days=30)


class OwnAd(Exception):
    """A moderator does not judge the seller they act for."""


def matter_of(listing: Listing) -> Matter:
    if listing.state == State.PENDING:
        return Matter.CHECK if is_hidden(listing) else Matter.NEW
    return Matter.CHANGE if reviewing.waiting_change(listing) else Matter.CHECK


def is_hidden(listing: Listing) -> bool:
    """After reports, and nobody has decided since."""
    last = next(iter(listing.decisions.all()), None)
    return listing.state == State.PENDING and last is not None and last.act == Act.HIDE


def approve(listing: Listing, by: User, rules: RulesInForce | None = None) -> Decision:
    """Publish it; or note that what is public already was looked at."""
    refuse_own(listing.seller_id, by)
    rules, matter = rules or RulesInForce(), matter_of(listing)
    with transaction.atomic():
        after = reviewing.approve(listing, by)
        if matter == Matter.CHECK and after.complaints.open().exists():
            act, cited = Act.KEEP, AFTER_REPORTS
        else:
            act, cited = Act.APPROVE, CHECKED_BY[matter]
        decision = keep(after, by, act, matter, [rules.rule(*cited)])
        if matter != Matter.CHECK or listing.state == State.PENDING:
            tell("approved", after, decision)
    return decision


def reject(listing, by, reasons, note="", rule: Rule | None = None, rules=None) -> Decision:
    return refuse(reviewing.reject, Act.REJECT, listing, by, reasons, note, rule, rules)


def block(listing, by, reasons, note="", rule: Rule | None = None, rules=None) -> Decision:
    return refuse(reviewing.block, Act.BLOCK, listing, by, reasons, note, rule, rules)


def refuse(change, act, listing, by, reasons, note, rule, rules):
    refuse_own(listing.seller_id, by)
    cited = rules_of(reasons, rules or RulesInForce())
    cited += [rule] if rule else []
    if not reasons or not cited:
        raise WithoutRule
    matter = matter_of(listing)
    with transaction.atomic():
        after = change(listing, by)
        decision = keep(after, by, act, matter, cited, reasons, note)
        end_trust(after.seller_id)
        tell("refused", after, decision, is_blocked=act == Act.BLOCK)
    return decision


def refile(listing: Listing, by: User, category: Category, rules=None) -> Decision:
    """It is still to be approved or refused afterwards."""
    refuse_own(listing.seller_id, by)
    rule = (rules or RulesInForce()).rule(*MOVED_BY)
    matter = matter_of(listing)
    with transaction.atomic():
        after = reviewing.refile(listing, category)
        decision = Decision.objects.create(
            listing=after, by=by, act=Act.REFILE, matter=matter, rules=[str(rule)]
        )
        tell("refiled", after, decision, category=current_catalogue().categories[category.pk])
    return decision


def unblock(listing: Listing, by: User, note="", rules=None) -> Decision:
    refuse_own(listing.seller_id, by)
    rule = (rules or RulesInForce()).rule(*CHECKED_BY[Matter.NEW])
    with transaction.atomic():
        after = reviewing.unblock(listing, by)
        decision = keep(after, by, Act.UNBLOCK, Matter.CHECK, [rule], note=note)
        tell("unblocked", after, decision)
    return decision


def keep(listing, by, act, matter, rules, reasons=(), note=""):
    """The row of the audit; with it the claim ends and complaints are answered."""
    decision = Decision.objects.create(
        listing=listing,
        by=by,
        act=act,
        matter=matter,
        reasons=list(reasons),
        rules=list(dict.fromkeys(map(str, rules))),
        note=note,
    )
    Claim.objects.filter(listing=listing).delete()
    complaints = listing.complaints.open()
    tell_reporters(listing, complaints)
    complaints.answer_with(decision)
    return decision


def refuse_own(seller_pk, by):
    if Member.objects.filter(seller=seller_pk, user=by).exists():
        raise OwnAd


def end_trust(seller_id):
    """Two refusals within thirty days, and ads are read beforehand again."""
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    if has_lost_trust(seller):
        seller.lost_trust_at = timezone.now()
        seller.save(update_fields=["lost_trust_at"])


def give_trust_back(seller_id):
    """A refusal was a mistake: without it there may be too few of them."""
    seller = Seller.objects.select_for_update(no_key=True).get(pk=seller_id)
    if not has_lost_trust(seller):
        seller.lost_trust_at = None
        seller.save(update_fields=["lost_trust_at"])


def has_lost_trust(seller):
    return recent_refusals(seller) >= TRUST_ENDS_WITH


def recent_refusals(seller):
    return Decision.objects.against(seller).filter(at__gt=timezone.now() - WITHIN).count()
