"""What the clock does to orders: due and not yet done, so that a missed hour loses nothing."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

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
# Of Kazakhstan; `make lock` writes them anew.
HOLIDAYS = frozenset(json.loads(Path(__file__).with_name("holidays.json").read_text()))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day.isoformat() not in HOLIDAYS


def after_working_days(moment: datetime, days: int) -> datetime:
    """The same hour of the day, so many working days later, in the time of Kazakhstan."""
    local = timezone.localtime(moment)
    while days:
        local += timedelta(days=1)
        days -= is_working_day(local.date())
    return local


def until_answered(moment: datetime) -> list[tuple[Timer.Kind, datetime]]:
    """What is due when somebody's answer is awaited from this moment on."""
    kinds = [(Timer.Kind.REMIND, days) for days in REMINDED_AFTER]
    return [
        (kind, after_working_days(moment, days))
        for kind, days in [*kinds, (Timer.Kind.EXPIRE, ANSWERED_WITHIN)]
    ]


def until_delivered(moment: datetime) -> list[tuple[Timer.Kind, datetime]]:
    """The same for goods that are on their way."""
    ends_at = moment + COMPLETED_AFTER
    return [
        (Timer.Kind.REMIND_TO_COMPLETE, ends_at - REMINDED_BEFORE),
        (Timer.Kind.COMPLETE, ends_at),
    ]


def until_shipped(
    moment: datetime, delivery_on: date | None, *, is_paid: bool
) -> list[tuple[Timer.Kind, datetime]]:
    """The same for what is agreed."""
    wait = (delivery_on - timezone.localdate(moment)) if delivery_on else timedelta(0)
    quiet = moment + ENDED_AFTER + max(timedelta(0), wait)
    end = Timer.Kind.COMPLETE if is_paid else Timer.Kind.EXPIRE
    return [(Timer.Kind.REMIND, quiet - WARNED_BEFORE), (end, quiet)]


def await_answer(order: Order) -> None:
    """From now on somebody's answer is awaited; whose follows from the state.

    The caller holds the order's lock. What was awaited before is not any more.
    """
    start(order, until_answered(timezone.now()))


def await_delivery(order: Order) -> None:
    """From now on the goods are on their way. The caller holds the order's lock."""
    start(order, until_delivered(timezone.now()))


def await_shipment(order: Order) -> None:
    """It is agreed; an order of which nothing is noted any more keeps nobody's contacts for ever.

    The caller holds the order's lock.
    """
    day = order.lines.aggregate(last=Max("delivery_on"))["last"]
    start(order, until_shipped(timezone.now(), day, is_paid=order.paid_on is not None))


def start(order, timers):
    stop(order)
    Timer.objects.bulk_create(Timer(order=order, kind=kind, due_at=at) for kind, at in timers)


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
