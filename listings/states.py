"""What may become of an ad, and by whom: the one table of its states."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    PENDING = "pending", _("in review")
    REJECTED = "rejected", _("refused")
    PUBLISHED = "published", _("live")
    PAUSED = "paused", _("paused")
    EXPIRED = "expired", _("expired")
    SOLD = "sold", _("sold")
    BLOCKED = "blocked", _("blocked")
    ARCHIVED = "archived", _("archived")


class Act(models.TextChoices):
    """Why a state has changed, as the history tells it."""

    SUBMIT = "submit", _("sent for review")
    WITHDRAW = "withdraw", _("taken back from review")
    APPROVE = "approve", _("approved")
    TRUST = "trust", _("published at once, to be checked afterwards")
    REJECT = "reject", _("refused by a moderator")
    HIDE = "hide", _("hidden after reports until a moderator has read it")
    BLOCK = "block", _("blocked by a moderator")
    UNBLOCK = "unblock", _("unblocked by a moderator")
    PAUSE = "pause", _("paused")
    RUN_OUT = "run_out", _("paused: nothing left")
    RESUME = "resume", _("put back on sale")
    SELL = "sell", _("marked as sold")
    EXPIRE = "expire", _("its term ended")
    RENEW = "renew", _("renewed")
    ARCHIVE = "archive", _("put into the archive")


class Role(models.TextChoices):
    SELLER = "seller", _("seller")
    STAFF = "staff", _("moderator")
    CLOCK = "clock", _("the portal")
    ORDER = "order", _("an order")


S, A = State, Act

TRANSITIONS = {
    Role.SELLER: {
        A.SUBMIT: ({S.DRAFT, S.REJECTED}, S.PENDING),
        # The ground of trust: such an ad is checked after it is live.
        A.TRUST: ({S.DRAFT, S.REJECTED}, S.PUBLISHED),
        A.WITHDRAW: ({S.PENDING}, S.DRAFT),
        A.PAUSE: ({S.PUBLISHED}, S.PAUSED),
        A.RUN_OUT: ({S.PUBLISHED}, S.PAUSED),
        A.RESUME: ({S.PAUSED, S.SOLD}, S.PUBLISHED),
        A.SELL: ({S.PUBLISHED, S.PAUSED, S.EXPIRED}, S.SOLD),
        A.RENEW: ({S.EXPIRED, S.PUBLISHED}, S.PUBLISHED),
        # A draft is deleted instead: nobody has seen it.
        A.ARCHIVE: ({S.REJECTED, S.PUBLISHED, S.PAUSED, S.EXPIRED, S.SOLD}, S.ARCHIVED),
    },
    Role.STAFF: {
        # A refused one after an appeal.
        A.APPROVE: ({S.PENDING, S.REJECTED}, S.PUBLISHED),
        A.REJECT: ({S.PENDING, S.PUBLISHED}, S.REJECTED),
        A.BLOCK: ({S.PENDING, S.PUBLISHED, S.PAUSED, S.EXPIRED, S.SOLD, S.REJECTED}, S.BLOCKED),
        # It may have expired meanwhile; the seller puts it back.
        A.UNBLOCK: ({S.BLOCKED}, S.PAUSED),
    },
    Role.CLOCK: {
        A.EXPIRE: ({S.PUBLISHED, S.PAUSED}, S.EXPIRED),
        # What is live or waits only when nobody answers for the seller any more.
        A.ARCHIVE: (
            {S.SOLD, S.EXPIRED, S.REJECTED, S.PENDING, S.PUBLISHED, S.PAUSED},
            S.ARCHIVED,
        ),
        A.HIDE: ({S.PUBLISHED}, S.PENDING),
    },
    Role.ORDER: {
        # The last of it was ordered, or what was ordered came back.
        A.RUN_OUT: ({S.PUBLISHED}, S.PAUSED),
        A.RESUME: ({S.PAUSED}, S.PUBLISHED),
    },
}

# Whoever has the address sees it: live, or with a word on what has become of it.
OPEN_BY_ADDRESS = [S.PUBLISHED, S.PAUSED, S.EXPIRED, S.SOLD]


def may(role: Role, act: Act, state: State) -> bool:
    known = TRANSITIONS[role].get(act)
    return known is not None and state in known[0]


def acts_of(role: Role, state: State) -> list[Act]:
    """What this role may do to an ad in this state."""
    return [act for act in TRANSITIONS[role] if may(role, act, state)]
