"""What the clock does to orders: due and not yet done, so that a missed hour loses nothing."""

from datetime import date, datetime, timedelta
from functools import cache

import holidays
from django.db.models import Max
from django.utils import timezone

from orders.models import Order, Timer

# Working days in which whoever is asked answers.
ANSWERED_WITHIN = 3
REMINDED_AFTER = (1, 2)
# From the shipment on; whoever has complaints has said so by then.
COMPLETED_AFTER = timedelta(days=14)
REMINDED_BEFORE = timedelta(days=2)
# From the agreement, or the day of delivery that was agreed, as long as nothing is noted.
ENDED_AFTER = timedelta(days=180)
WARNED_BEFORE = timedelta(days=14)


@cache
def days_off():
    """Kept for the whole process: it fills in a year when it is asked for one."""
    return holidays.country_holidays("KZ")


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in days_off()


def after_working_days(moment: datetime, days: int) -> datetime:
    """The same hour of the day, so many working days later, in the time of Kazakhstan."""
    local = timezone.localtime(moment)
    while days:
        local += timedelta(days=1)
        days -= is_working_day(local.date())
    return local


def await_answer(order: Order) -> None:
    """From now on somebody's answer is awaited; whose follows from the state.

    The caller holds the order's lock. What was awaited before is not any more.
    """
    stop(order)
    now = timezone.now()
    kinds = [(Timer.Kind.REMIND, days) for days in REMINDED_AFTER]
    Timer.objects.bulk_create(
        Timer(order=order, kind=kind, due_at=after_working_days(now, days))
        for kind, days in [*kinds, (Timer.Kind.EXPIRE, ANSWERED_WITHIN)]
    )


def await_delivery(order: Order) -> None:
    """From now on the goods are on their way. The caller holds the order's lock."""
    stop(order)
    ends_at = timezone.now() + COMPLETED_AFTER
    Timer.objects.bulk_create(
        [
            Timer(
                order=order,
                kind=Timer.Kind.REMIND_TO_COMPLETE,
                due_at=ends_at - REMINDED_BEFORE,
            ),
            Timer(order=order, kind=Timer.Kind.COMPLETE, due_at=ends_at),
        ]
    )


def await_shipment(order: Order) -> None:
    """It is agreed; an order of which nothing is noted any more keeps nobody's contacts for ever.

    The caller holds the order's lock.
    """
    stop(order)
    day = order.lines.aggregate(last=Max("delivery_on"))["last"] or timezone.localdate()
    quiet = timezone.now() + ENDED_AFTER + max(timedelta(0), day - timezone.localdate())
    end = Timer.Kind.COMPLETE if order.paid_on else Timer.Kind.EXPIRE
    Timer.objects.bulk_create(
        [
            Timer(order=order, kind=Timer.Kind.REMIND, due_at=quiet - WARNED_BEFORE),
            Timer(order=order, kind=end, due_at=quiet),
        ]
    )


def until(order: Order) -> datetime | None:
    """When the clock ends what is awaited now."""
    ends = [Timer.Kind.EXPIRE, Timer.Kind.COMPLETE]
    return (
        Timer.objects.filter(order=order, done_at=None, kind__in=ends)
        .values_list("due_at", flat=True)
        .first()
    )


def stop(order: Order) -> None:
    Timer.objects.filter(order=order, done_at=None).update(done_at=timezone.now())
