"""How much of an ad can be ordered."""

from decimal import Decimal

from django.utils.translation import gettext as _

from listings.models import Listing
from listings.units import PriceUnit
from ui.money import grouped

MOST = Decimal(1_000_000)
SMALLEST = Decimal("0.001")

# Nobody orders half a cow.
WHOLE = {
    PriceUnit.PIECE, PriceUnit.SET, PriceUnit.HEAD, PriceUnit.SHIFT, PriceUnit.DAY,
    PriceUnit.MONTH, PriceUnit.SERVICE,
}  # fmt: skip


def is_whole(listing: Listing) -> bool:
    return listing.unit in WHOLE


def least(listing: Listing) -> Decimal:
    """What is ordered unless the buyer says otherwise."""
    smallest = Decimal(1) if is_whole(listing) else SMALLEST
    return listing.minimum_order or listing.step or max(Decimal(1), smallest)


def fault_of(listing: Listing, quantity: Decimal) -> str | None:
    """Why so much cannot be ordered, as a sentence for the buyer."""
    unit, least_of_all = listing.unit_sign, listing.minimum_order or Decimal(0)
    if quantity <= 0:
        return _("Order more than nothing.")
    if is_whole(listing) and quantity != quantity.to_integral_value():
        return _("Only whole numbers can be ordered here.")
    if quantity < least_of_all:
        return _("The seller's minimum is %(quantity)s %(unit)s.") % {
            "quantity": in_words(least_of_all),
            "unit": unit,
        }
    if quantity > MOST:
        return _("At most %(quantity)s %(unit)s can be ordered at once.") % {
            "quantity": in_words(MOST),
            "unit": unit,
        }
    if listing.step and (quantity - least_of_all) % listing.step:
        return _("The quantity grows in steps of %(quantity)s %(unit)s.") % {
            "quantity": in_words(listing.step),
            "unit": unit,
        }
    if listing.quantity is not None and quantity > listing.quantity:
        return _("Only %(quantity)s %(unit)s are left.") % {
            "quantity": in_words(listing.quantity),
            "unit": unit,
        }
    return None


def in_words(quantity: Decimal) -> str:
    return grouped(quantity, "#,##0.###")
