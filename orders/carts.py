"""Carts: whose they are, what is done to them, and what of them can be ordered."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.db import models, transaction
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from accounts.visitors import network_of
from listings.cards import Card, cards_of
from listings.models import Currency, DealType, Listing, PriceKind, Rate
from listings.states import OPEN_BY_ADDRESS, State
from orders.models import Cart, CartLine, OrderLine
from orders.quantities import fault_of, in_field, most
from orders.telling import SELLER_IS_BLOCKED
from sellers.models import Member, Payment, Seller, Shipping
from sellers.standing import shut_out
from ui.limits import is_within

# Begun by browsers of one place of the net: an office shares it, a program would begin more.
CARTS_AN_HOUR = 100
AN_HOUR = 60 * 60
TOUCHED_EVERY = timedelta(minutes=10)
CHUNK = 1000
FULL = gettext_lazy("A cart holds at most 100 ads. Order or remove some of them to add this one.")


class Refused(Exception):
    """It does not go into the cart; `sentence` says why. So much of it may lie there `already`."""

    def __init__(self, sentence, already=Decimal(0)):
        super().__init__()
        self.sentence = str(sentence)
        self.already = already


class TooMany(Exception):
    """So many carts were begun from this place of the net that it looks like a program."""


class Problem(models.TextChoices):
    """Why a line cannot be ordered."""

    GONE = "gone", gettext_lazy("This ad is not shown any more.")
    CLOSED = "closed", gettext_lazy("The seller is closed at present and takes no orders.")
    OWN = "own", gettext_lazy("This is an ad of yours: you cannot order from yourself.")
    WANTED = "wanted", gettext_lazy("Whoever posted this ad wants to buy, not to sell.")
    SHUT_OUT = "shut", SELLER_IS_BLOCKED
    PAUSED = "paused", gettext_lazy("The seller has taken this ad off for a while.")
    NONE_LEFT = "none", gettext_lazy("Nothing of it is left now.")
    SOLD = "sold", gettext_lazy("It is sold.")
    EXPIRED = "expired", gettext_lazy("The term of this ad is over.")
    RECOUNTED = "unit", gettext_lazy("The seller counts in another unit now: check the quantity.")
    QUANTITY = "quantity", gettext_lazy("So much of it cannot be ordered.")


# The quantity alone keeps it from being ordered.
MENDED_HERE = {Problem.RECOUNTED, Problem.QUANTITY}
# Of these neither the ad nor the seller is shown.
HIDDEN = {Problem.GONE, Problem.CLOSED}
# Nobody but the seller can help; something like it may be on offer.
AWAY = {Problem.SHUT_OUT, Problem.PAUSED, Problem.NONE_LEFT, Problem.SOLD, Problem.EXPIRED}


@dataclass
class Line:
    """A line of a cart as it stands now."""

    row: CartLine
    card: Card
    problem: Problem | None
    # Why, and what was typed when it was refused.
    fault: str
    typed: str
    # As much as can be had instead of what was wanted.
    left: Decimal | None = None

    @property
    def pk(self):
        return self.row.pk

    @property
    def listing(self):
        return self.row.listing

    @property
    def sum(self):
        return self.row.sum

    @property
    def is_from(self):
        """What is to be paid may be more."""
        return self.listing.price_kind in (PriceKind.FROM, PriceKind.RANGE)

    @property
    def has_quantity(self):
        return self.problem is None or self.problem in MENDED_HERE

    @property
    def is_hidden(self):
        return self.problem in HIDDEN

    @property
    def is_away(self):
        return self.problem in AWAY

    @property
    def left_typed(self):
        return in_field(self.left)


@dataclass
class Part:
    """What a cart holds of one seller in one currency: what one order can be made of."""

    # None: of nobody, the ads that are not shown any more.
    seller: Seller | None
    currency: str
    lines: list[Line] = field(default_factory=list)
    # What cannot be ordered as it stands; it counts nowhere.
    others: list[Line] = field(default_factory=list)
    # Tenge for one; None where no rate is known.
    rate: Decimal | None = None

    @property
    def rows(self) -> list[CartLine]:
        """What is ordered, for `orders.sending.send`."""
        return [line.row for line in self.lines]

    @property
    def total(self) -> Decimal:
        """Of the lines that have a price."""
        return sum((line.sum for line in self.lines if line.sum is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        """Of how many lines the price is still to be agreed."""
        return sum(line.sum is None for line in self.lines)

    @property
    def is_from(self):
        return any(line.is_from for line in self.lines)

    @property
    def has_new_prices(self):
        """Some changed since the buyer saw them: nothing is ordered before the buyer agrees."""
        return any(line.row.has_new_price for line in self.lines)

    @property
    def vat(self):
        """Said once where it is the same for all."""
        said = {line.listing.get_vat_display() for line in self.lines if line.listing.vat}
        return said.pop() if len(said) == 1 and all(x.listing.vat for x in self.lines) else ""

    @property
    def short_of_minimum(self) -> Decimal | None:
        """How many tenge are missing of what the seller takes orders from, where that is known."""
        if not self.seller.minimum_order or self.unpriced or self.rate is None:
            return None
        missing = self.seller.minimum_order - self.total * self.rate
        return missing if missing > 0 else None

    @property
    def sign(self):
        return Currency(self.currency).label

    @property
    def order_path(self):
        """Of the form by which it is ordered."""
        return reverse("orders:ordering", args=[self.seller.slug, self.currency])

    @property
    def shipping(self) -> list[Shipping]:
        return list(self.seller.shipping.all())

    @property
    def payment(self) -> list[Payment]:
        return list(self.seller.payment.all())


@dataclass
class Total:
    """Of several parts in one currency."""

    currency: str
    parts: list[Part]

    @property
    def total(self):
        return sum((part.total for part in self.parts), Decimal(0))

    @property
    def unpriced(self):
        return sum(part.unpriced for part in self.parts)

    @property
    def is_from(self):
        return any(part.is_from for part in self.parts)


# Whose it is


def cart_of(request) -> Cart | None:
    """Of the account, or of the browser; never a new one.

    What a browser held before its owner signed in joins what the account holds.
    """
    cart = cart_of_browser(request)
    if request.user.is_authenticated:
        if cart is not None:
            merge(request, cart)
        cart = Cart.objects.in_use().filter(user=request.user).first()
    if cart is not None:
        touch(cart)
    request.cart = cart
    return cart


def cart_of_browser(request):
    if token := request.COOKIES.get(settings.CART_COOKIE_NAME):
        return Cart.objects.in_use().filter(token_digest=digest_of(token)).first()
    return None


def open_cart(request) -> Cart:
    """Like `cart_of`, and a new one if need be: locked, so that two tabs go one after the other.

    Within a transaction. Raises `TooMany`.
    """
    if (cart := cart_of(request)) is not None:
        # Unless it has just gone: swept, or merged by another tab.
        cart = Cart.objects.select_for_update().filter(pk=cart.pk).first()
    if cart is None and request.user.is_authenticated:
        cart = members_cart(request.user)
    elif cart is None:
        if not is_within(CARTS_AN_HOUR, AN_HOUR, f"orders:carts:{network_of(request)}"):
            raise TooMany
        token = secrets.token_urlsafe(32)
        cart = Cart.objects.create(token_digest=digest_of(token))
        # From here on the browser is one that sent it; see orders/cookies.py.
        request.COOKIES[settings.CART_COOKIE_NAME] = token
    request.cart = cart
    return cart


def members_cart(user):
    cart, _is_new = Cart.objects.select_for_update().get_or_create(user=user)
    if cart.touched_at <= timezone.now() - Cart.LASTS:
        cart.lines.all().delete()
        cart.entries.all().delete()
    touch(cart)
    return cart


def touch(cart):
    """Not every look at it is written down: it may end ten minutes early, never late."""
    if cart.touched_at <= timezone.now() - TOUCHED_EVERY:
        Cart.objects.filter(pk=cart.pk).update(touched_at=timezone.now())


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def merge(request, guests: Cart) -> None:
    """Of an ad that lies in both, the greater quantity counts. The guest's cart goes."""
    with transaction.atomic():
        cart = members_cart(request.user)
        guests = Cart.objects.select_for_update().filter(pk=guests.pk).first()
        if guests is None:
            return  # another tab was faster
        known = {line.listing_id: line for line in cart.lines.all()}
        found = list(guests.lines.all())
        greater = [
            line
            for line in found
            if line.listing_id in known and line.quantity > known[line.listing_id].quantity
        ]
        for line in greater:
            known[line.listing_id].quantity = line.quantity
        CartLine.objects.bulk_update([known[each.listing_id] for each in greater], ["quantity"])
        new = [line.pk for line in found if line.listing_id not in known]
        room = max(Cart.MOST_LINES - len(known), 0)
        CartLine.objects.filter(pk__in=new[:room]).update(cart=cart)
        for entries in guests.entries.all():
            # Typed last, so it is what counts.
            part = {"seller": entries.seller_id, "currency": entries.currency}
            cart.entries.filter(**part).delete()
        guests.entries.update(cart=cart)
        guests.delete()
    if left_out := len(new[room:]):
        messages.warning(
            request,
            ngettext(
                "Your cart is full: %(number)d ad chosen before you signed in is not in it.",
                "Your cart is full: %(number)d ads chosen before you signed in are not in it.",
                left_out,
            )
            % {"number": left_out},
        )


# What is done to it


def add(cart: Cart, listing: Listing, quantity: Decimal) -> CartLine:
    """So much more of an ad that everybody may open goes into the cart; raises `Refused`.

    `open_cart` gave the cart in the same transaction: its lock is still held.
    """
    if problem := problem_of(listing, sellers_of(cart), shut_out([listing.seller_id])):
        raise Refused(problem.label)
    line = cart.lines.filter(listing=listing).first()
    if line is None:
        if cart.lines.count() >= Cart.MOST_LINES:
            raise Refused(FULL)
        line = CartLine(cart=cart, listing=listing, quantity=Decimal(0))
        line.take_price()
    elif line.unit != listing.unit:
        # Kilograms are not added to tonnes.
        line.quantity = Decimal(0)
        line.take_price()
    already, line.quantity = line.quantity, line.quantity + quantity
    if fault := fault_of(listing, line.quantity):
        raise Refused(fault, already)
    line.save()
    return line


def add_again(cart: Cart, ordered: list[OrderLine]) -> list[str]:
    """As much as then of what was ordered once, or why not. What lies there already stays.

    `open_cart` gave the cart in the same transaction: its lock is still held.
    """
    there = set(cart.lines.values_list("listing_id", flat=True))
    asked = [each for each in ordered if each.listing_id not in there]
    keys = [each.listing_id for each in asked]
    listings = Listing.objects.open_by_address().for_cards().in_bulk(keys)
    closed = Listing.objects.closed().in_bulk(keys)
    own, lines, left_out = sellers_of(cart), [], []
    out = shut_out(listing.seller_id for listing in listings.values())
    for each in asked:
        listing = listings.get(each.listing_id)
        fault = fault_again(listing, each, own, out)
        if each.listing_id in closed:
            fault = Problem.CLOSED.label
        if not fault and len(there) + len(lines) >= Cart.MOST_LINES:
            fault = FULL
        if fault:
            left_out.append(f"{each.title}: {fault}")
        else:
            line = CartLine(cart=cart, listing=listing, quantity=each.quantity)
            line.take_price()
            lines.append(line)
    CartLine.objects.bulk_create(lines)
    return left_out


def fault_again(listing, ordered, own, out):
    if listing is None:
        return Problem.GONE.label
    if listing.unit != ordered.unit:
        return Problem.RECOUNTED.label
    if problem := problem_of(listing, own, out):
        return problem.label
    return fault_of(listing, ordered.quantity)


def change(line: CartLine, quantity: Decimal, seen: str) -> None:
    """To a quantity that can be ordered. `seen` is the price that stood beside it."""
    line.quantity = quantity
    if seen == line.price_now:
        line.take_price()
    # Not if another tab has removed it.
    columns = {name: getattr(line, name) for name in ("quantity", *CartLine.PRICE)}
    CartLine.objects.filter(pk=line.pk).update(**columns)


def take_prices(part: Part, seen: dict[int, str]) -> None:
    """The buyer agrees to the new prices that stood on the page, by the number of the line."""
    taken = [row for row in part.rows if seen.get(row.pk) == row.price_now]
    for row in taken:
        row.take_price()
    CartLine.objects.bulk_update(taken, CartLine.PRICE)


def forget_old() -> None:
    """Carts nobody has touched for a week, with what lies in them."""
    keys = [0]
    while keys:
        with transaction.atomic():
            over = Cart.objects.over().select_for_update(skip_locked=True)
            keys = list(over.values_list("pk", flat=True)[:CHUNK])
            Cart.objects.filter(pk__in=keys).delete()


# What of it can be ordered


def part_of(cart: Cart, seller: Seller, currency: str) -> Part | None:
    found = [p for p in parts_of(cart) if (p.seller, p.currency) == (seller, currency)]
    return found[0] if found else None


def parts_of(cart: Cart) -> list[Part]:
    """By seller and currency, in the order things were put in; as many queries however many."""
    rows = list(cart.lines.all())
    keys = [row.listing_id for row in rows]
    listings = Listing.objects.for_cards().in_bulk(keys)
    shown = Listing.objects.open_by_address().filter(pk__in=keys)
    shown = set(shown.values_list("pk", flat=True))
    cards = {card.listing.pk: card for card in cards_of(listings.values())}
    own, out = sellers_of(cart), shut_out({each.seller_id for each in listings.values()})
    parts = {}
    for row in rows:
        if row.listing_id not in listings:
            continue  # it has just gone
        row.listing = listings[row.listing_id]
        if row.listing_id in shown:
            problem = problem_of(row.listing, own, out)
        else:
            problem = why_hidden(row.listing)
        line = line_of(row, cards[row.listing_id], problem)
        seller = None if line.is_hidden else row.listing.seller
        key = (seller, row.listing.currency if seller else "")
        part = parts.setdefault(key, Part(*key))
        (part.others if line.problem else part.lines).append(line)
    found = sorted(parts.values(), key=lambda part: part.seller is None)
    prefetch_related_objects([p.seller for p in found if p.seller], "shipping", "payment")
    compare(found)
    return found


def line_of(row, card, problem):
    listing = row.listing
    fault, left = problem.label if problem else "", None
    if problem is None and row.unit != listing.unit:
        problem, fault = Problem.RECOUNTED, Problem.RECOUNTED.label
    elif problem is None and (fault := fault_of(listing, row.quantity) or ""):
        problem = Problem.QUANTITY
        if listing.quantity is not None and row.quantity > listing.quantity:
            left = most(listing)
    return Line(row, card, problem, str(fault), in_field(row.quantity), left)


def problem_of(listing: Listing, own: set[int], out: set[int]) -> Problem | None:
    """Of an ad that everybody may open; `own` sellers, and those who are shut out, by key."""
    if listing.seller_id in own:
        return Problem.OWN
    if listing.deal_type == DealType.WANTED:
        return Problem.WANTED
    if listing.seller_id in out:
        return Problem.SHUT_OUT
    if listing.state == State.PAUSED:
        return Problem.NONE_LEFT if listing.quantity == Decimal(0) else Problem.PAUSED
    if listing.state == State.SOLD:
        return Problem.SOLD
    return None if listing.is_live else Problem.EXPIRED


def why_hidden(listing):
    return Problem.CLOSED if listing.state in OPEN_BY_ADDRESS else Problem.GONE


def is_closed(cart: Cart, seller: Seller) -> bool:
    """Whether something of this seller waits in the cart until they are open again."""
    own = cart.lines.values("listing")
    return Listing.objects.closed().filter(seller=seller, pk__in=own).exists()


def sellers_of(cart):
    """For whom the owner of the cart acts."""
    if cart.user_id is None:
        return set()
    return set(Member.objects.filter(user=cart.user_id).values_list("seller_id", flat=True))


def compare(parts):
    """Minimum sums are in tenge: with the rates, where others are asked for."""
    asking = [part for part in parts if part.seller and part.seller.minimum_order]
    foreign = any(part.currency != Currency.KZT for part in asking)
    rates = Rate.objects.current() if foreign else {}
    for part in parts:
        if part.currency == Currency.KZT:
            part.rate = Decimal(1)
        elif part.currency in rates:
            part.rate = rates[part.currency].tenge


def totals_of(parts: list[Part]) -> list[Total]:
    """Of all that can be ordered, for each currency."""
    totals = {}
    for part in parts:
        if part.lines:
            totals.setdefault(part.currency, Total(part.currency, [])).parts.append(part)
    return list(totals.values())
