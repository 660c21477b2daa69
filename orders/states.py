"""What may become of an order, and by whom: the one table of its states."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    NEW = "new", pgettext_lazy("order", "new")
    SEEN = "seen", pgettext_lazy("order", "seen")
    CHANGED = "changed", pgettext_lazy("order", "counter-offer")
    ACCEPTED = "accepted", pgettext_lazy("order", "accepted")
    PAID = "paid", pgettext_lazy("order", "paid")
    SHIPPED = "shipped", pgettext_lazy("order", "shipped")
    COMPLETED = "completed", pgettext_lazy("order", "completed")
    DECLINED = "declined", pgettext_lazy("order", "declined")
    CANCELLED = "cancelled", pgettext_lazy("order", "cancelled")
    EXPIRED = "expired", pgettext_lazy("order", "expired")
    DISPUTED = "disputed", pgettext_lazy("order", "disputed")


class Act(models.TextChoices):
    """Why a state has changed, as the history tells it."""

    SEND = "send", _("sent to the seller")
    SEE = "see", _("opened by the seller")
    ACCEPT = "accept", _("accepted by the seller")
    OFFER = "offer", _("the seller made a counter-offer")
    AGREE = "agree", _("the buyer accepted the counter-offer")
    TURN_DOWN = "turn_down", _("the buyer declined the counter-offer")
    DECLINE = "decline", _("declined")
    PAY = "pay", _("marked as paid")
    SHIP = "ship", _("shipped")
    COMPLETE = "complete", _("completed")
    CANCEL = "cancel", _("cancelled")
    EXPIRE = "expire", _("nobody answered in time")
    DISPUTE = "dispute", _("a dispute was opened")
    SETTLE = "settle", _("the dispute was settled: the order stands")
    UNDO = "undo", _("the dispute was settled: the order is cancelled")


class Role(models.TextChoices):
    BUYER = "buyer", _("buyer")
    SELLER = "seller", _("seller")
    STAFF = "staff", _("administration")
    CLOCK = "clock", _("the portal")


S, A = State, Act

WAITS_FOR_SELLER = [S.NEW, S.SEEN]
# Nobody is bound yet.
UNDECIDED = [*WAITS_FOR_SELLER, S.CHANGED]
# Agreed, and not yet on its way.
AGREED = [S.ACCEPTED, S.PAID]
CLOSED = [S.COMPLETED, S.DECLINED, S.CANCELLED, S.EXPIRED]
OPEN = [*UNDECIDED, *AGREED, S.SHIPPED, S.DISPUTED]
# The goods that were set aside go back on sale.
GIVES_BACK = [S.DECLINED, S.CANCELLED, S.EXPIRED]
STARTS_DISPUTES = [*AGREED, S.SHIPPED, S.COMPLETED]

TRANSITIONS = {
    Role.BUYER: {
        A.AGREE: {S.CHANGED: S.ACCEPTED},
        A.TURN_DOWN: {S.CHANGED: S.SEEN},
        A.CANCEL: dict.fromkeys([*UNDECIDED, *AGREED], S.CANCELLED),
        A.COMPLETE: {S.SHIPPED: S.COMPLETED},
        A.DISPUTE: dict.fromkeys(STARTS_DISPUTES, S.DISPUTED),
    },
    Role.SELLER: {
        A.SEE: {S.NEW: S.SEEN},
        A.ACCEPT: dict.fromkeys(WAITS_FOR_SELLER, S.ACCEPTED),
        # Again while the buyer has not answered: the last one counts.
        A.OFFER: dict.fromkeys(UNDECIDED, S.CHANGED),
        A.DECLINE: dict.fromkeys(UNDECIDED, S.DECLINED),
        # Goods may leave before the money comes.
        A.PAY: {S.ACCEPTED: S.PAID, S.SHIPPED: S.SHIPPED},
        A.SHIP: dict.fromkeys(AGREED, S.SHIPPED),
        A.CANCEL: dict.fromkeys(AGREED, S.CANCELLED),
        A.DISPUTE: dict.fromkeys(STARTS_DISPUTES, S.DISPUTED),
    },
    Role.STAFF: {
        A.DECLINE: dict.fromkeys([*UNDECIDED, *AGREED], S.DECLINED),
        A.SETTLE: {S.DISPUTED: S.COMPLETED},
        A.UNDO: {S.DISPUTED: S.CANCELLED},
    },
    Role.CLOCK: {
        # Agreed, and half a year without a word: what is paid was delivered, else it came to
        # nothing.
        A.EXPIRE: dict.fromkeys([*UNDECIDED, S.ACCEPTED], S.EXPIRED),
        A.COMPLETE: dict.fromkeys([S.PAID, S.SHIPPED], S.COMPLETED),
    },
}


def may(role: Role, act: Act, state: State) -> bool:
    return state in TRANSITIONS[role].get(act, {})


def acts_of(role: Role, state: State) -> list[Act]:
    """What this role may do to an order in this state."""
    return [act for act in TRANSITIONS[role] if may(role, act, state)]
