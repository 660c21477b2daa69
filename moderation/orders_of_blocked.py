"""Who is shut out, or has nobody left to answer, gets no orders done: the administration declines
them. Who only asked to be left in peace for a while still answers.
"""

from moderation.bans import shut_out
from orders import life
from orders.models import Order
from orders.states import AGREED, UNDECIDED
from sellers.models import Seller

AT_ONCE = 500


def decline() -> int:
    """Those that nobody has shipped yet, at most `AT_ONCE`; how many there were."""
    undone = Order.objects.filter(state__in=[*UNDECIDED, *AGREED])
    asked = Seller.objects.filter(pk__in=undone.values("seller"))
    blocked = [
        *asked.exclude(pk__in=Seller.objects.answered().values("pk")),
        *shut_out(asked),
    ]
    orders = list(undone.filter(seller__in=blocked).order_by("pk")[:AT_ONCE])
    for order in orders:
        try:
            life.decline_for_blocked(order)
        except Order.Impossible:
            continue  # somebody has ended it meanwhile
    return len(orders)
