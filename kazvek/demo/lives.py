"""What becomes of the orders of a very large market, and when: as often as it happens in life."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from orders.states import TRANSITIONS, UNDECIDED, Act, Role, State
from orders.timers import ANSWERED_WITHIN, COMPLETED_AFTER, after_working_days


@dataclass(frozen=True)
class Step:
    act: Act
    role: Role
    # Hours after the step before; nothing where the clock has its own.
    soonest: float = 0
    latest: float = 0


SEE = Step(Act.SEE, Role.SELLER, 0.2, 20)
ACCEPT = Step(Act.ACCEPT, Role.SELLER, 0.1, 24)
OFFER = Step(Act.OFFER, Role.SELLER, 0.2, 24)
AGREE = Step(Act.AGREE, Role.BUYER, 0.5, 40)
TURN_DOWN = Step(Act.TURN_DOWN, Role.BUYER, 0.5, 40)
DECLINE = Step(Act.DECLINE, Role.SELLER, 0.2, 24)
PAY = Step(Act.PAY, Role.SELLER, 4, 72)
SHIP = Step(Act.SHIP, Role.SELLER, 6, 96)
RECEIVE = Step(Act.COMPLETE, Role.BUYER, 20, 150)
CHANGE_MIND = Step(Act.CANCEL, Role.BUYER, 0.5, 30)
CALL_OFF = Step(Act.CANCEL, Role.SELLER, 5, 90)
DISPUTE = Step(Act.DISPUTE, Role.BUYER, 20, 120)
SETTLE = Step(Act.SETTLE, Role.STAFF, 20, 60)
UNDO = Step(Act.UNDO, Role.STAFF, 20, 60)
EXPIRE = Step(Act.EXPIRE, Role.CLOCK)
COMPLETE = Step(Act.COMPLETE, Role.CLOCK)

# Of a hundred or so, after it was sent.
LIVES = {
    (): 5,
    (SEE,): 4,
    (SEE, OFFER): 4,
    (SEE, OFFER, TURN_DOWN): 1,
    (SEE, ACCEPT): 8,
    (SEE, OFFER, AGREE): 3,
    (SEE, ACCEPT, PAY): 7,
    (SEE, OFFER, AGREE, PAY): 2,
    (SEE, ACCEPT, PAY, SHIP): 8,
    (SEE, ACCEPT, SHIP): 2,
    (SEE, ACCEPT, PAY, SHIP, RECEIVE): 22,
    (SEE, ACCEPT, SHIP, PAY, RECEIVE): 3,
    (SEE, OFFER, AGREE, PAY, SHIP, RECEIVE): 5,
    (SEE, ACCEPT, PAY, SHIP, COMPLETE): 5,
    (SEE, DECLINE): 6,
    (SEE, OFFER, TURN_DOWN, DECLINE): 1,
    (CHANGE_MIND,): 2,
    (SEE, CHANGE_MIND): 3,
    (SEE, ACCEPT, CALL_OFF): 2,
    (EXPIRE,): 4,
    (SEE, EXPIRE): 2,
    (SEE, OFFER, EXPIRE): 2,
    (SEE, ACCEPT, PAY, SHIP, DISPUTE): 1,
    (SEE, ACCEPT, PAY, SHIP, DISPUTE, SETTLE): 0.5,
    (SEE, ACCEPT, PAY, SHIP, DISPUTE, UNDO): 0.5,
}
KINDS, OFTEN = list(LIVES), list(accumulate(LIVES.values()))
TRIES = 4
# Whoever is asked has not answered yet; it lasts for three working days.
UNANSWERED = timedelta(hours=48)
UNCONFIRMED = COMPLETED_AFTER - timedelta(days=1)
# With all holidays that may lie between.
LONGEST_WAIT = timedelta(days=12)


@dataclass(frozen=True)
class Moment:
    """A change of an order: what, by whom, when, and the state after it."""

    act: Act
    role: Role
    at: datetime
    before: str
    after: State


def life(rng: Random, published: datetime, now: datetime, *, priced: bool) -> list[Moment]:
    """Of an order of ads that stand there since then. Nothing in it is later than now."""
    room = now - published
    for _try in range(TRIES):
        [steps] = rng.choices(KINDS, cum_weights=OFTEN)
        hours = [rng.uniform(step.soonest, step.latest) for step in steps]
        if (priced or ACCEPT not in steps) and longest(steps, hours) < room:
            break
    else:
        steps, hours = (), []
    since_last = room - longest(steps, hours)
    state = ends_in(steps)
    if state in UNDECIDED:
        since_last = min(since_last, UNANSWERED)
    elif state == State.SHIPPED:
        since_last = min(since_last, UNCONFIRMED)
    sent = now - since_last * rng.uniform(0.02, 1) - longest(steps, hours)
    return list(moments(steps, hours, sent))


def longest(steps, hours) -> timedelta:
    spent = timedelta(hours=sum(hours))
    if EXPIRE in steps:
        return spent + LONGEST_WAIT
    return spent + COMPLETED_AFTER if COMPLETE in steps else spent


def ends_in(steps) -> State:
    state = State.NEW
    for step in steps:
        state = TRANSITIONS[step.role][step.act][state]
    return state


def moments(steps, hours, sent) -> Iterator[Moment]:
    at, state, asked, shipped = sent, State.NEW, sent, None
    yield Moment(Act.SEND, Role.BUYER, at, "", state)
    for step, spent in zip(steps, hours, strict=True):
        if step is EXPIRE:
            at = after_working_days(asked, ANSWERED_WITHIN)
        elif step is COMPLETE:
            at = shipped + COMPLETED_AFTER
        else:
            at += timedelta(hours=spent)
        before, state = state, TRANSITIONS[step.role][step.act][state]
        yield Moment(step.act, step.role, at, before, state)
        asked = at if step in (OFFER, TURN_DOWN) else asked
        shipped = at if step is SHIP else shipped
