"""What becomes of an order that was sent: what buyer, seller, administration and clock do to it.

Each verb is one transaction under the lock of the order's row. Whoever comes second meets what the
first has done, and is refused by `Order.Impossible` with nothing changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from listings.models import Listing
from listings.publishing import take_from_stock
from orders.models import Offer, OfferLine, Order, OrderLine
from orders.quantities import fault_of
from orders.states import GIVES_BACK, Act, Role, State, acts_of
from orders.telling import tell
from orders.timers import await_answer, await_delivery, await_shipment, stop


class Unpriced(Exception):
    """A request for a price cannot be accepted: the seller has to name one."""


class TooManyRounds(Exception):
    """As many counter-offers as there may be."""


class NothingNew(Exception):
    """The counter-offer says what the order says."""


class Faulty(Exception):
    """What is offered cannot be: sentences by the key of the line and the field."""

    def __init__(self, faults: dict[int, dict[str, str]]):
        super().__init__()
        self.faults = faults


class Overtaken(Exception):
    """The counter-offer that was read is not the last one any more."""


class TooLittleLeft(Exception):
    """The seller does not have so much any more: lines, each with what there is for it."""

    def __init__(self, lines: list[tuple[OrderLine, Decimal]]):
        super().__init__()
        self.lines = lines


@dataclass(frozen=True)
class Terms:
    """What is proposed for a line."""

    quantity: Decimal
    # None: not named.
    price: Decimal | None
    delivery_on: date | None


@contextmanager
def locked(order: Order) -> Iterator[Order]:
    with transaction.atomic():
        orders = Order.objects.select_related("seller", "seller_then")
        yield orders.select_for_update(of=("self",), no_key=True).get(pk=order.pk)


def possible(order: Order, role: Role) -> list[Act]:
    """For buttons; the verbs look again. The caller has prefetched lines, offers and history."""
    acts = [act for act in acts_of(role, order.state) if act != Act.SEE]
    hindered = {
        Act.ACCEPT: order.unpriced > 0,
        Act.OFFER: len(order.offers.all()) >= Offer.MOST_ROUNDS,
        Act.PAY: order.paid_on is not None,
        Act.DISPUTE: not order.can_be_disputed
        or any(change.act == Act.SETTLE for change in order.history.all()),
    }
    return [act for act in acts if not hindered.get(act)]


# The seller


def see(order: Order, by: User) -> Order:
    """Note that the seller has opened it; nothing the second time."""
    with locked(order) as order:
        if order.state == State.NEW:
            tell(order, order.move(Act.SEE, Role.SELLER, by))
    return order


def accept(order: Order, by: User) -> Order:
    with locked(order) as order:
        change = order.move(Act.ACCEPT, Role.SELLER, by)
        if order.lines.filter(price=None).exists():
            raise Unpriced
        await_shipment(order)
        tell(order, change)
    return order


def offer(order: Order, by: User, terms: dict[int, Terms], note: str = "") -> Order:
    """Propose other terms, by the keys of the lines; raises `Faulty` and the like."""
    with locked(order) as order:
        change = order.move(Act.OFFER, Role.SELLER, by)
        lines = list(order.lines.select_related("listing"))
        refuse_what_is_said_already(order, lines, terms, note)
        rounds = order.offers.count()
        if rounds >= Offer.MOST_ROUNDS:
            raise TooManyRounds
        faults = {line.pk: faults_of(line, terms[line.pk]) for line in lines}
        if any(faults.values()):
            raise Faulty(faults)
        overtake(order)
        offered = Offer.objects.create(order=order, round=rounds + 1, by=by, note=note)
        OfferLine.objects.bulk_create(
            OfferLine(offer=offered, line=line, **vars(terms[line.pk])) for line in lines
        )
        await_answer(order)
        tell(order, change)
    return order


def refuse_what_is_said_already(order, lines, terms, note):
    if pending := order.offers.filter(answer="").prefetch_related("lines").first():
        said = {each.line_id: terms_of(each) for each in pending.lines.all()}
        if (said, pending.note) == (terms, note):
            raise Order.Impossible  # the button was pressed twice
    if {line.pk: terms_of(line) for line in lines} == terms:
        raise NothingNew


def terms_of(line):
    return Terms(line.quantity, line.price, line.delivery_on)


def faults_of(line, terms):
    """Each a sentence for the seller, by the name of the field."""
    faults = {}
    if fault := quantity_fault(line, terms.quantity):
        faults["quantity"] = fault
    if terms.price is None:
        faults["price"] = _("Name the price.")
    elif terms.price <= 0:
        faults["price"] = _("A price is more than nothing.")
    if terms.delivery_on and terms.delivery_on < timezone.localdate():
        faults["delivery_on"] = _("This day is over.")
    return faults


def quantity_fault(line, quantity):
    """By the rules of the ad, whose stock has already given what is set aside for the line."""
    if quantity == line.quantity:
        return None
    if line.listing is None or line.listing.unit != line.unit:
        return fault_of(Listing(unit=line.unit), quantity)
    listing = line.listing
    left = None if listing.quantity is None else listing.quantity + (line.reserved or 0)
    return fault_of(
        Listing(
            unit=line.unit,
            minimum_order=listing.minimum_order,
            step=listing.step,
            quantity=left,
        ),
        quantity,
    )


def decline(order: Order, by: User, reason: str) -> Order:
    return end(order, Act.DECLINE, Role.SELLER, by, reason)


def pay(order: Order, by: User, on: date, document: str) -> Order:
    """Note that the money has come."""
    with locked(order) as order:
        change = order.move(Act.PAY, Role.SELLER, by)
        if order.paid_on:
            raise Order.Impossible
        order.paid_on, order.payment_document = on, document
        order.save(update_fields=["paid_on", "payment_document"])
        if order.state == State.PAID:
            await_shipment(order)
        tell(order, change)
    return order


def ship(order: Order, by: User, on: date, carrier: str, waybill: str) -> Order:
    with locked(order) as order:
        change = order.move(Act.SHIP, Role.SELLER, by)
        order.shipped_on, order.carrier, order.waybill = on, carrier, waybill
        order.save(update_fields=["shipped_on", "carrier", "waybill"])
        await_delivery(order)
        tell(order, change)
    return order


# The buyer; `by` is None for one without an account


def agree(order: Order, by: User | None, round: int) -> Order:
    """Accept the counter-offer of this round; raises `Overtaken` or `TooLittleLeft`."""
    with locked(order) as order:
        change = order.move(Act.AGREE, Role.BUYER, by)
        take_over(answered(order, round, Offer.Answer.AGREED))
        await_shipment(order)
        tell(order, change)
    return order


def turn_down(order: Order, by: User | None, round: int, reason: str = "") -> Order:
    """The order as it was sent stands, and the seller has the word."""
    with locked(order) as order:
        change = order.move(Act.TURN_DOWN, Role.BUYER, by, reason)
        answered(order, round, Offer.Answer.TURNED_DOWN)
        await_answer(order)
        tell(order, change)
    return order


def answered(order, round, answer):
    offered = order.offers.get(answer="")
    if offered.round != round:
        raise Overtaken
    offered.answer, offered.answered_at = answer, timezone.now()
    offered.save(update_fields=["answer", "answered_at"])
    return offered


def take_over(offered):
    """What was offered is agreed: into the lines, and into what is set aside of the ads."""
    agreed = list(offered.lines.select_related("line"))
    stock = locked_stock([each.line for each in agreed])
    counted = {each: stock[each.line] for each in agreed if each.line in stock}
    short = [
        (each.line, listing.quantity + each.line.reserved)
        for each, listing in counted.items()
        if each.quantity - each.line.reserved > listing.quantity
    ]
    if short:
        raise TooLittleLeft(short)
    for each in agreed:
        line = each.line
        if each in counted and each.quantity != line.reserved:
            take_from_stock(counted[each], each.quantity - line.reserved)
        line.quantity, line.price, line.delivery_on = each.quantity, each.price, each.delivery_on
        line.reserved = each.quantity if each in counted else None
        line.save(update_fields=["quantity", "price", "delivery_on", "reserved"])


def complete(order: Order, by: User | None) -> Order:
    return end(order, Act.COMPLETE, Role.BUYER, by)


# Both sides


def cancel(order: Order, role: Role, by: User | None, reason: str) -> Order:
    return end(order, Act.CANCEL, role, by, reason)


def dispute(order: Order, role: Role, by: User | None, reason: str) -> Order:
    """Ask the administration to decide; what it has settled stays settled."""
    with locked(order) as order:
        if order.history.filter(act=Act.SETTLE).exists():
            raise Order.Impossible
        change = order.move(Act.DISPUTE, role, by, reason)
        stop(order)
        tell(order, change)
    return order


# The administration


def settle(order: Order, by: User, note: str) -> Order:
    """The dispute is over, and the order stands."""
    return end(order, Act.SETTLE, Role.STAFF, by, note)


def undo(order: Order, by: User, note: str) -> Order:
    """The dispute is over, and the order with it."""
    return end(order, Act.UNDO, Role.STAFF, by, note)


def decline_for_blocked(order: Order) -> Order:
    """Its seller cannot sell here any more; the words for that are of the reader's language."""
    return end(order, Act.DECLINE, Role.STAFF, None)


# The clock; see orders/clock.py


def expire(order: Order) -> Order:
    return end(order, Act.EXPIRE, Role.CLOCK, None)


def complete_by_itself(order: Order) -> Order:
    return end(order, Act.COMPLETE, Role.CLOCK, None)


# What several of them do


def end(order, act, role, by, note="") -> Order:
    with locked(order) as order:
        change = order.move(act, role, by, note)
        stop(order)
        overtake(order)
        if order.state in GIVES_BACK:
            give_back(order)
        tell(order, change)
    return order


def overtake(order):
    """Nobody has to answer what was offered before."""
    order.offers.filter(answer="").update(answer=Offer.Answer.OVERTAKEN, answered_at=timezone.now())


def give_back(order):
    """What was set aside, once; where the ad is on sale no more, it only says so much more."""
    for line, listing in locked_stock(order.lines.all()).items():
        take_from_stock(listing, -line.reserved)
    order.lines.update(reserved=None)


def locked_stock(lines):
    """The ads of which something is set aside and that still count in the same unit, by the line.

    In the order of their keys, as orders are sent.
    """
    aside = [line for line in lines if line.reserved is not None]
    rows = Listing.objects.select_related("seller", "category").order_by("pk")
    rows = rows.select_for_update(of=("self",)).filter(pk__in=[each.listing_id for each in aside])
    listings = {listing.pk: listing for listing in rows if listing.quantity is not None}
    return {
        line: listings[line.listing_id]
        for line in aside
        if line.listing_id in listings and listings[line.listing_id].unit == line.unit
    }
