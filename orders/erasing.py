"""What becomes of orders when the person on one side of them is erased: see the data map.

An open order is finished first: the seller needs the buyer's contacts for it. Of a seller who is
erased nobody waits for an answer; what is on its way is brought to its end without them.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from orders import life
from orders.models import Change, Offer, Order, OrderLine, OrderSeller
from orders.states import AGREED, OPEN, UNDECIDED, Role, State
from privacy.erasure.holding import Rule
from privacy.erasure.plan import open_fence

AT_ONCE = 500


def open_orders(orders: QuerySet) -> QuerySet:
    return orders.filter(state__in=OPEN).exclude(full_name="")


def words_on_open_orders(rows: QuerySet) -> QuerySet:
    return rows.filter(order__state__in=OPEN).exclude(note="")


def sellers_of_open_orders(sellers: QuerySet) -> QuerySet:
    return sellers.filter(order__state__in=OPEN).exclude(name="")


UNTIL_CLOSED = _("until the order is closed")
RULES = [
    Rule(
        "open order",
        Order,
        tuple(Order.CONTACTS),
        open_orders,
        _("Your contacts on an open order, which the seller needs to carry it out"),
        UNTIL_CLOSED,
    ),
    *(
        Rule(
            f"words on an open order: {model._meta.model_name}",
            model,
            ("note",),
            words_on_open_orders,
            _("What was written about an open order"),
            UNTIL_CLOSED,
        )
        for model in (Change, Offer)
    ),
    Rule(
        "seller of an open order",
        OrderSeller,
        ("name", "bin", "place"),
        sellers_of_open_orders,
        _("Your name as the seller on an order that is shipped or disputed"),
        UNTIL_CLOSED,
    ),
]


def settle(people) -> None:
    """Decline what nobody will answer, and take the seller's words and photos off the orders."""
    sold = Order.objects.filter(seller__subject__pk__among=people)
    for order in sold.filter(state__in=[*UNDECIDED, *AGREED]).order_by("pk"):
        try:
            life.decline_for_blocked(order)
        except Order.Impossible:
            continue  # the buyer has ended it meanwhile
    pictured = OrderLine.objects.filter(order__in=sold).exclude(picture="")
    while OrderLine.objects.filter(pk__in=pictured.values("pk")[:AT_ONCE]).update(picture=""):
        pass
    # What is said in a dispute is needed to settle it, and goes with the contacts of the order.
    said = {"order__in": sold.exclude(state=State.DISPUTED)}
    for words in (
        Change.objects.filter(role=Role.SELLER, **said),
        Offer.objects.filter(**said),
    ):
        forget(words.exclude(note="").values("pk")[:AT_ONCE])


def forget(words) -> None:
    emptied = True
    while emptied:
        with transaction.atomic():
            open_fence()  # the buyer may be erased, too
            emptied = words.model._base_manager.filter(pk__in=words).update(note="")
