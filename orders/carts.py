"""What lies in a cart, sorted by seller and currency."""

from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from django.conf import settings
from django.utils.translation import gettext as _

from listings.models import Listing, PriceKind
from orders.models import Cart, CartLine
from orders.quantities import fault_of
from sellers.models import Member, Payment, Seller, Shipping


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def cart_of(request) -> Cart | None:
    """Of the account, or of the browser; never a new one."""
    if request.user.is_authenticated:
        return Cart.objects.filter(user=request.user).first()
    token = request.COOKIES.get(settings.CART_COOKIE_NAME)
    return token and Cart.objects.filter(token_digest=digest_of(token)).first()


@dataclass
class Line:
    row: CartLine
    fault: str

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


@dataclass
class Part:
    """What a cart holds of one seller in one currency: what one order can be made of."""

    seller: Seller
    currency: str
    lines: list[Line] = field(default_factory=list)
    # What cannot be ordered as it stands; it counts nowhere.
    others: list[Line] = field(default_factory=list)

    @property
    def rows(self) -> list[CartLine]:
        return [line.row for line in self.lines]

    @property
    def total(self) -> Decimal:
        return sum((line.sum for line in self.lines if line.sum is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        return sum(line.sum is None for line in self.lines)

    @property
    def is_from(self):
        return any(line.is_from for line in self.lines)

    @property
    def shipping(self) -> list[Shipping]:
        return list(self.seller.shipping.all())

    @property
    def payment(self) -> list[Payment]:
        return list(self.seller.payment.all())


def part_of(cart: Cart, seller: Seller, currency: str) -> Part | None:
    parts = parts_of(cart)
    return next(
        (part for part in parts if (part.seller, part.currency) == (seller, currency)), None
    )


def parts_of(cart: Cart) -> list[Part]:
    rows = list(cart.lines.select_related("listing__seller__region"))
    live = Listing.objects.live().filter(pk__in=[row.listing_id for row in rows])
    live = set(live.values_list("pk", flat=True))
    own = Member.objects.filter(user=cart.user_id).values_list("seller_id", flat=True)
    own, parts = set(own) if cart.user_id else set(), {}
    for row in rows:
        fault = fault_of(row.listing, row.quantity) or ""
        if row.listing_id not in live:
            fault = _("The seller has taken this ad off for a while.")
        if row.listing.seller_id in own:
            fault = _("This is an ad of yours: you cannot order from yourself.")
        key = (row.listing.seller, row.listing.currency)
        part = parts.setdefault(key, Part(*key))
        (part.others if fault else part.lines).append(Line(row, fault))
    return list(parts.values())
