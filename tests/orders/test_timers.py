"""What the clock does to orders, with the clock set by hand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from listings.models import Listing
from local import holidays_of_kazakhstan
from orders import clock, life
from orders.models import Order, Timer
from orders.states import Act, Role, State
from orders.tasks import sweep_timers
from orders.timers import HOLIDAYS, after_working_days
from tests.orders.conftest import MONDAY

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


@pytest.fixture
def order(at, wheat, make_order, marat, mailoutbox):
    order = make_order(wheat, user=marat)
    mailoutbox.clear()
    return order


@pytest.fixture
def subjects(mailoutbox):
    """To whom letters went since the last time, and what about."""

    def read():
        read = [(letter.to[0].partition("@")[0], letter.subject[17:]) for letter in mailoutbox]
        mailoutbox.clear()
        return read

    return read


REMINDED = "Your answer is awaited"
EXPIRED = "The order expired: the seller did not answer in time"


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # Friday evening: Saturday and Sunday are nobody's working days.
        ("2026-11-27T20:15", 1, "2026-11-30T20:15"),
        ("2026-11-27T20:15", 3, "2026-12-02T20:15"),
        ("2026-11-28T09:00", 1, "2026-11-30T09:00"),
        # The Day of the Republic falls on a Sunday: Monday is off instead.
        ("2026-10-23T10:00", 1, "2026-10-27T10:00"),
        # The Day of Independence.
        ("2026-12-15T10:00", 1, "2026-12-17T10:00"),
        # Over the new year, with Christmas of the Orthodox on the 7th.
        ("2026-12-30T10:00", 3, "2027-01-06T10:00"),
        ("2027-01-06T10:00", 1, "2027-01-08T10:00"),
        # Nauryz, of which one day falls on a Sunday.
        ("2027-03-19T10:00", 1, "2027-03-25T10:00"),
    ],
)
def test_working_days_are_monday_to_friday_less_the_holidays_of_kazakhstan(start, days, end):
    local = timezone.make_aware(datetime.fromisoformat(start))

    assert f"{after_working_days(local, days):%Y-%m-%dT%H:%M}" == end


def test_the_holidays_are_those_that_the_package_knows():
    assert sorted(HOLIDAYS) == holidays_of_kazakhstan.written_out()


def test_a_seller_is_reminded_after_one_and_two_working_days_and_the_order_expires_after_three(
    at, order, wheat, now, subjects
):
    for hours, state, letters in (
        (23.9, State.NEW, []),
        (24, State.NEW, [("aigul", REMINDED)]),
        (24.1, State.NEW, []),
        (48, State.NEW, [("aigul", REMINDED)]),
        (71.9, State.NEW, []),
        (72, State.EXPIRED, [("buyer", EXPIRED), ("aigul", EXPIRED)]),
        (500, State.EXPIRED, []),
    ):
        at(MONDAY + timedelta(hours=hours))
        assert (now(order).state, subjects()) == (state, letters), hours

    assert Listing.objects.get(pk=wheat.pk).quantity == 100
    assert order.lines.get().reserved is None
    assert order.history.last().role == Role.CLOCK
    assert not Timer.objects.filter(done_at=None).exists()


@pytest.mark.parametrize(
    ("days", "state", "letters"),
    [
        (2.5, State.NEW, [("aigul", REMINDED)]),
        (9, State.EXPIRED, [("buyer", EXPIRED), ("aigul", EXPIRED)]),
    ],
)
def test_a_missed_day_loses_nothing_and_nobody_is_reminded_of_what_is_over(
    at, order, now, subjects, days, state, letters
):
    at(MONDAY + days * A_DAY)

    assert (now(order).state, subjects()) == (state, letters)
    sweep_timers()
    assert (now(order).state, subjects()) == (state, [])


@pytest.mark.clause("P5.3")
@pytest.mark.parametrize("is_paid", [False, True])
def test_an_agreed_order_of_which_nothing_is_noted_ends_by_itself(
    at, order, aigul, wheat, now, subjects, is_paid
):
    life.accept(order, aigul)
    if is_paid:
        life.pay(order, aigul, timezone.localdate(), "7")
    subjects()
    state = State.PAID if is_paid else State.ACCEPTED

    at(MONDAY + 165 * A_DAY)
    assert (now(order).state, subjects()) == (state, [])
    at(MONDAY + 167 * A_DAY)
    assert (now(order).state, subjects()) == (state, [("aigul", REMINDED)])
    at(MONDAY + 181 * A_DAY)

    ended = now(order)
    assert ended.state == (State.COMPLETED if is_paid else State.EXPIRED)
    assert ended.closed_at is not None
    assert {who for who, _what in subjects()} == {"aigul", "buyer"}
    assert Listing.objects.get(pk=wheat.pk).quantity == (90 if is_paid else 100)


def test_a_delivery_agreed_for_later_is_waited_for(at, order, aigul, marat, now):
    line = order.lines.get()
    day = timezone.localdate() + 300 * A_DAY
    life.offer(order, aigul, {line.pk: life.Terms(Decimal(10), Decimal(90), day)})
    life.agree(order, marat, 1)

    at(MONDAY + 400 * A_DAY)
    assert now(order).state == State.ACCEPTED
    at(MONDAY + 481 * A_DAY)
    assert now(order).state == State.EXPIRED


def test_each_offer_and_each_answer_begins_the_waiting_anew(at, order, aigul, marat, now, subjects):
    line = order.lines.get()
    at(MONDAY + 2 * A_DAY)
    life.offer(order, aigul, {line.pk: life.Terms(Decimal(10), Decimal(90), None)})
    subjects()

    at(MONDAY + 3 * A_DAY)  # Thursday: now the buyer is awaited
    assert (now(order).state, subjects()) == (State.CHANGED, [("buyer", REMINDED)])
    life.turn_down(order, marat, 1)
    subjects()

    at(MONDAY + 4 * A_DAY)  # Friday: the seller again
    assert (now(order).state, subjects()) == (State.SEEN, [("aigul", REMINDED)])
    life.offer(order, aigul, {line.pk: life.Terms(Decimal(10), Decimal(91), None)})
    subjects()

    at(MONDAY + 8.9 * A_DAY)
    assert now(order).state == State.CHANGED
    at(MONDAY + 9 * A_DAY)  # Wednesday, after a weekend
    silent = "The order expired: the buyer did not answer the counter-offer in time"
    assert (now(order).state, subjects()[-2:]) == (
        State.EXPIRED,
        [("buyer", silent), ("aigul", silent)],
    )
    assert order.offers.last().answer == "over"


def test_what_is_decided_waits_for_nobody(at, order, aigul, now, subjects):
    life.accept(order, aigul)
    subjects()

    at(MONDAY + 60 * A_DAY)

    assert (now(order).state, subjects()) == (State.ACCEPTED, [])


def test_a_shipped_order_completes_itself_after_fourteen_days_with_a_reminder_two_days_before(
    at, order, aigul, now, subjects
):
    life.accept(order, aigul)
    life.ship(order, aigul, timezone.localdate(), "ҚТЖ", "")
    life.pay(order, aigul, timezone.localdate(), "")
    subjects()

    at(MONDAY + 11.9 * A_DAY)
    assert subjects() == []
    at(MONDAY + 12 * A_DAY)
    assert subjects() == [("buyer", "Have the goods come?")]
    at(MONDAY + 13.9 * A_DAY)
    assert (now(order).state, subjects()) == (State.SHIPPED, [])
    at(MONDAY + 14 * A_DAY)

    done = "The order was completed by itself"
    assert (now(order).state, subjects()) == (
        State.COMPLETED,
        [("buyer", done), ("aigul", done)],
    )
    assert (order.history.last().act, order.history.last().role) == (Act.COMPLETE, Role.CLOCK)


def test_a_dispute_stops_the_clock(at, order, aigul, marat, now, subjects):
    life.accept(order, aigul)
    life.ship(order, aigul, timezone.localdate(), "", "")
    life.dispute(order, Role.BUYER, marat, "Ылғал")
    subjects()

    at(MONDAY + 60 * A_DAY)

    assert (now(order).state, subjects()) == (State.DISPUTED, [])


def test_letters_of_the_clock_are_in_the_language_of_each_reader(
    at, wheat, make_order, aigul, mailoutbox
):
    aigul.language = "kk"
    aigul.save()
    make_order(wheat, language="ru")
    mailoutbox.clear()

    at(MONDAY + 3 * A_DAY)

    buyer, seller = mailoutbox
    assert "Заказ истёк: продавец не ответил вовремя" in buyer.subject
    assert "мерзімі өтті: сатушы уақытында жауап бермеді" in seller.subject
    assert "/ru/orders/" in buyer.body
    assert "/kk/orders/" in seller.body


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_each_thing_once(at, wheat, make_order, mailoutbox):
    orders = [make_order(wheat, quantity=quantity) for quantity in (1, 2, 3)]
    mailoutbox.clear()
    at(MONDAY + 3 * A_DAY, sweeps=False)

    def sweep(_):
        try:
            clock.sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(sweep, range(3)))
    clock.sweep()

    assert list(Order.objects.values_list("state", flat=True)) == [State.EXPIRED] * 3
    assert [each.history.count() for each in orders] == [2, 2, 2]
    assert Listing.objects.get(pk=wheat.pk).quantity == 100
    assert len(mailoutbox) == 6


@pytest.mark.django_db(transaction=True)
def test_an_order_somebody_holds_is_left_for_the_next_time_and_keeps_nobody_waiting(
    at, wheat, make_order, now
):
    held, other = make_order(wheat), make_order(wheat)
    at(MONDAY + 3 * A_DAY, sweeps=False)

    def sweep():
        try:
            clock.sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Order.objects.select_for_update().get(pk=held.pk)
        pool.submit(sweep).result(timeout=10)
        assert (now(held).state, now(other).state) == (State.NEW, State.EXPIRED)

    clock.sweep()
    assert now(held).state == State.EXPIRED


def test_an_order_that_cannot_be_ended_keeps_no_other_waiting(at, wheat, make_order, now):
    broken, other = make_order(wheat), make_order(wheat)
    at(MONDAY + 3 * A_DAY, sweeps=False)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            f"ALTER TABLE orders_order ADD CHECK (id <> {broken.pk} OR state <> 'expired')"
        )

    clock.sweep()

    assert (now(broken).state, now(other).state) == (State.NEW, State.EXPIRED)
    assert broken.timers.filter(done_at=None).count() == 3


def test_the_sweep_runs_every_few_minutes(settings):
    every = settings.CELERY_BEAT_SCHEDULE["orders whose time has come"]

    assert (every["task"], every["schedule"] <= 300) == ("orders.tasks.sweep_timers", True)
