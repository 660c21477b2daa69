"""An order is sent: goods, consent, disclosure and letters in one transaction, or nothing."""

from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import get_language, override
from psycopg.errors import DeadlockDetected

from accounts.models import User
from letters.write import write_letter
from listings.answers import unpack
from listings.catalogue import current_catalogue
from listings.models import Listing, Photo
from listings.publishing import take_from_stock
from orders.letters import members_written_to, url_for_buyer, url_for_seller
from orders.models import CartLine, Change, Order, OrderLine, OrderSeller
from orders.quantities import fault_of
from orders.states import Act, Role, State
from orders.timers import await_answer
from privacy.consents import give_by_order
from privacy.disclosures import disclose
from privacy.ledger import Occasion
from privacy.models import Subject, Version
from sellers.models import Member, Payment, Seller, Shipping
from sellers.standing import shut_out

PRICE = CartLine.PRICE
WITHOUT_ADDRESS = {Shipping.Method.PICKUP}
TRIES_AGAIN = 3


@dataclass(frozen=True)
class Form:
    """What the buyer has entered, checked; empty `shipping` and `payment` if none are offered."""

    full_name: str
    organization: str
    email: str
    phone: str
    address: str
    comment: str
    shipping: Shipping | None
    payment: Payment | None


class Unavailable(Exception):
    """Some lines cannot be ordered as they stand; the lines of the cart are left as they are."""

    def __init__(self, lines: list[CartLine]):
        super().__init__()
        self.lines = lines


class OwnSeller(Exception):
    """Whoever acts for a seller does not order from them."""


def needs_address(shipping: Shipping | None) -> bool:
    return shipping is None or shipping.method not in WITHOUT_ADDRESS


def is_as_shown(line: CartLine, listing: Listing | None) -> bool:
    """Whether it can be ordered at the price the buyer has seen."""
    if listing is None or not listing.is_live:
        return False
    shown = [getattr(line, name) for name in PRICE]
    if shown != [getattr(listing, name) for name in PRICE] or line.listing.vat != listing.vat:
        return False
    return fault_of(listing, line.quantity) is None


def again_after_deadlock(act):
    """The order of our own locks lets none arise; somebody else's may."""

    @wraps(act)
    def tried(*args, **kwargs):
        for _again in range(TRIES_AGAIN):
            try:
                return act(*args, **kwargs)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return act(*args, **kwargs)

    return tried


@again_after_deadlock
def send(
    lines: list[CartLine],
    form: Form,
    *,
    token: UUID,
    seller: Seller,
    currency: str,
    user: User | None,
    version: Version,
    sentence: str,
    occasion: Occasion,
) -> Order:
    """Make the order of these lines of a cart, which leave it.

    The lines bear the quantities and prices that the buyer has seen. The same `token` is the same
    order, however often it comes. Raises `Unavailable` and `OwnSeller`, and of
    `privacy.consents` `NotOffered` when no orders are taken, `Changed` when the policy is not any
    more the one shown.
    """
    with transaction.atomic():
        hold(token)
        if former := Order.objects.filter(token=token).first():
            return former
        if user and Member.objects.filter(user=user, seller=seller).exists():
            raise OwnSeller
        hold_seller(seller)
        if shut_out([seller.pk]):
            raise Unavailable(lines)
        lines = sorted(lines, key=lambda line: line.listing_id)
        in_cart = locked_quantities(lines)
        listings = locked_listings(lines, seller)
        problems = [
            line
            for line in lines
            if in_cart.get(line.pk) != line.quantity
            or not is_as_shown(line, listings.get(line.listing_id))
        ]
        if problems or not lines:
            raise Unavailable(problems)
        buyer = user.subject if user else Subject.objects.create()
        order = Order.objects.create(
            token=token,
            buyer=buyer,
            seller=seller,
            currency=currency,
            language=get_language(),
            full_name=form.full_name,
            organization=form.organization,
            email=form.email,
            phone=form.phone,
            address=form.address if needs_address(form.shipping) else "",
            comment=form.comment,
            shipping=form.shipping.method if form.shipping else "",
            shipping_conditions=form.shipping.conditions if form.shipping else "",
            payment=form.payment.method if form.payment else "",
            payment_conditions=form.payment.conditions if form.payment else "",
            consent=give_by_order(buyer, version, occasion, sentence=sentence),
        )
        OrderSeller.objects.create(
            order=order, name=seller.name, bin=seller.bin, place=seller.place
        )
        set_aside(order, lines, listings)
        Change.objects.create(order=order, act=Act.SEND, role=Role.BUYER, by=user, after=State.NEW)
        given = [name for name in Order.CONTACTS if getattr(order, name)]
        disclose(buyer, seller, seller.name, fields=given, purpose="orders", about=order.reference)
        await_answer(order)
        CartLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
        tell(order, user)
    return order


def hold(token):
    """A second click waits for the first, and then finds its order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(token)])


def hold_seller(seller):
    """Whoever changes or shuts out the seller waits, or was first and is seen; other orders go on.

    The seller comes before the ads, as everywhere.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM sellers_seller WHERE id = %s FOR SHARE", [seller.pk])


def locked_quantities(lines):
    """A line leaves the cart once, also when two forms with it are sent at the same moment."""
    rows = CartLine.objects.select_for_update().filter(pk__in=[line.pk for line in lines])
    return dict(rows.order_by("pk").values_list("pk", "quantity"))


def locked_listings(lines, seller):
    """In the order of their keys, or two orders would wait for each other for ever."""
    rows = Listing.objects.live().for_cards().select_related("category")
    rows = rows.filter(seller=seller, pk__in=[line.listing_id for line in lines])
    return {row.pk: row for row in rows.select_for_update(of=["self"]).order_by("pk")}


def set_aside(order, lines, listings):
    catalogue = current_catalogue()
    mains = [each.photo_order[0] for each in listings.values() if each.photo_order]
    photos = Photo.objects.ready().in_bulk(mains)
    positions = []
    for position, line in enumerate(sorted(lines, key=lambda line: (line.added_at, line.pk)), 1):
        listing = listings[line.listing_id]
        answers = unpack(listing.answers, catalogue)
        photo = photos.get(listing.photo_order[0]) if listing.photo_order else None
        positions.append(
            OrderLine(
                order=order,
                position=position,
                listing=listing,
                listing_number=listing.pk,
                title=listing.title,
                facts=[
                    {"name": str(answer.attribute), "value": answer.words} for answer in answers
                ],
                picture=photo.stem if photo else "",
                picture_width=photo.width_for(OrderLine.SMALL) if photo else None,
                unit=listing.unit,
                vat=listing.vat,
                ordered_quantity=line.quantity,
                ordered_price=listing.price,
                quantity=line.quantity,
                price=listing.price,
                reserved=None if listing.quantity is None else line.quantity,
            )
        )
    OrderLine.objects.bulk_create(positions)
    for line in lines:
        take_from_stock(listings[line.listing_id], Decimal(line.quantity))


def tell(order, user):
    prefetch_related_objects([order], "lines")
    lines = order.lines.all()
    write_letter(
        "orders/email/sent",
        to=order.email,
        language=order.language,
        order=order,
        lines=lines,
        # Whoever mistypes an address, or gives a stranger's, has what they wrote sent to nobody.
        is_own_address=user is not None and user.email == order.email.lower(),
        url=url_for_buyer(order),
    )
    for member in members_written_to(order.seller):
        with override(member.language):
            url = url_for_seller(order)
        write_letter(
            "orders/email/received",
            to=member.email,
            language=member.language,
            order=order,
            lines=lines,
            url=url,
        )
