"""How changes of an order are told, on its page and by letter: what happened, and what comes next.

What goes to a seller holds nothing of the buyer but what the buyer wrote to them.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from letters.write import write_letter
from orders.letters import members_written_to, url_for_buyer, url_for_seller
from orders.models import Change, Offer, Order
from orders.states import GIVES_BACK, Act, Role, State
from orders.timers import until

WHAT = {
    (Act.SEND, Role.BUYER): _("The buyer sent the order"),
    (Act.SEE, Role.SELLER): _("The seller opened the order"),
    (Act.ACCEPT, Role.SELLER): _("The seller accepted the order"),
    (Act.OFFER, Role.SELLER): _("The seller made a counter-offer"),
    (Act.AGREE, Role.BUYER): _("The buyer accepted the counter-offer"),
    (Act.TURN_DOWN, Role.BUYER): _("The buyer declined the counter-offer"),
    (Act.DECLINE, Role.SELLER): _("The seller declined the order"),
    (Act.DECLINE, Role.STAFF): _("The administration declined the order"),
    (Act.PAY, Role.SELLER): _("The seller marked the order as paid"),
    (Act.SHIP, Role.SELLER): _("The seller shipped the order"),
    (Act.COMPLETE, Role.BUYER): _("The buyer confirmed the delivery"),
    (Act.COMPLETE, Role.CLOCK): _("The order was completed by itself"),
    (Act.CANCEL, Role.BUYER): _("The buyer cancelled the order"),
    (Act.CANCEL, Role.SELLER): _("The seller cancelled the order"),
    (Act.EXPIRE, Role.CLOCK): _("The order expired: the seller did not answer in time"),
    (Act.DISPUTE, Role.BUYER): _("The buyer opened a dispute"),
    (Act.DISPUTE, Role.SELLER): _("The seller opened a dispute"),
    (Act.SETTLE, Role.STAFF): _("The administration settled the dispute: the order stands"),
    (Act.UNDO, Role.STAFF): _("The administration settled the dispute: the order is cancelled"),
}
BUYER_WAS_SILENT = _("The order expired: the buyer did not answer the counter-offer in time")
NOTHING_WAS_SHIPPED = _("The order expired: for half a year nothing was noted of it")
PAID_LONG_AGO = _("It was paid, and for half a year nothing more was noted of it.")
COMPLETED_BY_ITSELF = _("Fourteen days after the shipment nobody had complained.")
SELLER_IS_BLOCKED = _("The seller cannot sell on Kazvek at present.")

SELLER_ANSWERS = {
    Role.BUYER: _(
        "The seller has until %(until)s to answer. Without an answer the order expires, and "
        "nobody owes anything."
    ),
    Role.SELLER: _(
        "Answer by %(until)s: accept the order, propose a change, or decline it. Without an "
        "answer it expires."
    ),
}
SELLER_NAMES_PRICE = _(
    "The buyer asks for your price. Name it in a counter-offer by %(until)s, or decline. "
    "Without an answer the order expires."
)
DEAL_IS_MADE = {
    Role.BUYER: _(
        "Pay as you have agreed with the seller; Kazvek takes no money. The seller notes here "
        "when the goods are on their way."
    ),
    Role.SELLER: _(
        "Agree with the buyer on payment and delivery. Note here when the money has come and "
        "when the goods are on their way."
    ),
}
GOODS_ARE_BACK = {
    Role.BUYER: _("Nobody owes anything. What was set aside for you is on sale again."),
    Role.SELLER: _("Nobody owes anything. What was set aside is on sale again."),
}
SOMETHING_GOES_BACK = {
    Role.BUYER: _(
        "The order has ended after money or goods had moved: agree with the seller on what goes "
        "back."
    ),
    Role.SELLER: _(
        "The order has ended after money or goods had moved: agree with the buyer on what goes "
        "back."
    ),
}
NEXT = {
    State.NEW: SELLER_ANSWERS,
    State.SEEN: SELLER_ANSWERS,
    State.CHANGED: {
        Role.BUYER: _(
            "Accept or decline the counter-offer by %(until)s. Without an answer the order "
            "expires, and nobody owes anything."
        ),
        Role.SELLER: _(
            "The buyer has until %(until)s to answer your counter-offer. Without an answer the "
            "order expires."
        ),
    },
    State.ACCEPTED: DEAL_IS_MADE,
    State.PAID: {
        Role.BUYER: _("The money has come. The seller notes here when the goods are shipped."),
        Role.SELLER: _("Note here when the goods are on their way."),
    },
    State.SHIPPED: {
        Role.BUYER: _(
            "Confirm the delivery when you have the goods, or open a dispute if something is "
            "wrong. The order is completed by itself on %(until)s."
        ),
        Role.SELLER: _(
            "The buyer confirms the delivery. The order is completed by itself on %(until)s."
        ),
    },
    State.DISPUTED: dict.fromkeys(
        [Role.BUYER, Role.SELLER],
        _("The administration looks into it, may ask both sides, and decides."),
    ),
    State.DECLINED: GOODS_ARE_BACK,
    State.CANCELLED: GOODS_ARE_BACK,
    State.EXPIRED: GOODS_ARE_BACK,
    State.COMPLETED: dict.fromkeys([Role.BUYER, Role.SELLER], _("The order is completed.")),
}
STILL_DISPUTABLE = _(
    "The order is completed. If something is wrong with it, a dispute can be opened until "
    "%(until)s."
)


def what(change: Change) -> str:
    if change.act == Act.EXPIRE and change.before == State.CHANGED:
        return str(BUYER_WAS_SILENT)
    if change.act == Act.EXPIRE and change.before == State.ACCEPTED:
        return str(NOTHING_WAS_SHIPPED)
    return str(WHAT[Act(change.act), Role(change.role)])


def why(change: Change) -> str:
    """What whoever did it wrote, or what the portal has to say of it in the reader's language."""
    if change.act == Act.DECLINE and change.role == Role.STAFF and not change.note:
        return str(SELLER_IS_BLOCKED)
    if change.act == Act.COMPLETE and change.role == Role.CLOCK:
        return str(PAID_LONG_AGO if change.before == State.PAID else COMPLETED_BY_ITSELF)
    return change.note


def next_step(order: Order, role: Role, ends_at: datetime | None, *, is_request=False) -> str:
    """What this side waits for or has to do; `ends_at` is when the clock ends the waiting."""
    words = NEXT[order.state][role]
    if is_request and role == Role.SELLER and NEXT[order.state] is SELLER_ANSWERS:
        words = SELLER_NAMES_PRICE
    if order.state in GIVES_BACK and (order.paid_on or order.shipped_on):
        words = SOMETHING_GOES_BACK[role]
    if order.state == State.COMPLETED and order.can_be_disputed:
        words, ends_at = STILL_DISPUTABLE, order.closed_at + Order.DISPUTED_WITHIN
    return str(words) % {"until": ends_at and moment_in_words(ends_at)}


def moment_in_words(moment: datetime) -> str:
    """Thursday, 26 November, 18:40."""
    local = timezone.localtime(moment)
    weekday = date_format(local, "l")
    if get_language() != "en":
        weekday = weekday.lower()
    return ", ".join(
        [weekday, date_format(local, "MONTH_DAY_FORMAT"), date_format(local, "TIME_FORMAT")]
    )


# Letters


def tell(order: Order, change: Change) -> None:
    """Write of it to the other side; to both of what neither has done."""
    if change.role != Role.BUYER:
        write_to(Role.BUYER, order, change)
    if change.role != Role.SELLER:
        write_to(Role.SELLER, order, change)


def remind(order: Order, role: Role) -> None:
    """Of what this side is awaited for."""
    for letter in letters_to(role, order):
        write_letter("orders/email/reminder", **letter)


def write_to(role, order, change):
    facts = {
        "change": change,
        "offered": offered_by(order, change),
        "is_agreed": change.act == Act.AGREE,
        "is_shipped": change.act == Act.SHIP,
        "is_paid": change.act == Act.PAY,
    }
    for letter in letters_to(role, order):
        with override(letter["language"]):
            words = {"what": what(change), "why": why(change)}
        write_letter("orders/email/changed", **letter, **facts, **words)


def letters_to(role, order):
    """To whom, in which language, and what every letter says."""
    if role == Role.BUYER:
        # Whoever was forgotten has no address.
        readers = [(order.email, order.language, url_for_buyer)] if order.email else []
    else:
        users = members_written_to(order.seller)
        readers = [(user.email, user.language, url_for_seller) for user in users]
    ends_at = until(order)
    is_request = order.lines.filter(price=None).exists()
    for to, language, url in readers:
        with override(language):
            yield {
                "to": to,
                "language": language,
                "order": order,
                "is_buyer": role == Role.BUYER,
                "next": next_step(order, role, ends_at, is_request=is_request),
                "url": url(order),
            }


def offered_by(order, change):
    """The counter-offer with its lines, where the change is about one."""
    offers = Offer.objects.filter(order=order).prefetch_related("lines__line")
    if change.act == Act.OFFER:
        return offers.latest("round")
    if change.act == Act.AGREE:
        return offers.get(answer=Offer.Answer.AGREED)
    return None
