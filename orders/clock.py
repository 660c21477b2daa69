"""What the clock does to orders when its time has come: reminds, lets expire, completes."""

import logging

from django.db import DatabaseError, transaction
from django.utils import timezone

from orders import life
from orders.models import Order, Timer
from orders.states import AGREED, WAITS_FOR_SELLER, Act, Role, may
from orders.telling import remind

AT_ONCE = 500
REMINDERS = {Timer.Kind.REMIND, Timer.Kind.REMIND_TO_COMPLETE}

SELLER_IS_AWAITED = [*WAITS_FOR_SELLER, *AGREED]

log = logging.getLogger(__name__)


def sweep() -> int:
    """At most `AT_ONCE` timers that are due; how many there were. A second run finds none of them,
    a run that was missed is made up for by the next.
    """
    due = list(Timer.objects.due().values_list("order", flat=True)[:AT_ONCE])
    for pk in dict.fromkeys(due):
        try:
            strike(pk)
        except DatabaseError as error:
            # One that cannot be had now, or at all, must not keep the others waiting.
            log.warning("order left for later", extra={"reason": type(error).__name__})
    return len(due)


def strike(order_pk: int) -> None:
    """Do to this order what is due, as one transaction."""
    with transaction.atomic():
        # Its verbs lock it before its timers, so this does, too. Whoever holds it is changing it.
        orders = Order.objects.select_related("seller", "seller_then").filter(pk=order_pk)
        order = orders.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
        if order is None:
            return
        due = list(order.timers.due())
        Timer.objects.filter(pk__in=[each.pk for each in due]).update(done_at=timezone.now())
        kinds = {each.kind for each in due}
        # Nobody is reminded of what is over by now.
        if Timer.Kind.EXPIRE in kinds and may(Role.CLOCK, Act.EXPIRE, order.state):
            life.expire(order)
        elif Timer.Kind.COMPLETE in kinds and may(Role.CLOCK, Act.COMPLETE, order.state):
            life.complete_by_itself(order)
        elif kinds and kinds <= REMINDERS:
            remind(order, Role.SELLER if order.state in SELLER_IS_AWAITED else Role.BUYER)
