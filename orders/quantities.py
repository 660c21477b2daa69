"""How much of an ad can be ordered, and quantities and sums in words."""

from decimal import ROUND_FLOOR, Decimal

from babel.numbers import format_decimal
from django import forms
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from listings.models import Listing
from listings.numbers import NumberField
from listings.units import PriceUnit
from ui.money import grouped, with_currency

MOST = Decimal(1_000_000)
SMALLEST = Decimal("0.001")
LONGEST_TYPED = 40

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


def most(listing: Listing) -> Decimal | None:
    """All that is left, as far as it can be ordered; None where that is not known or too little."""
    if listing.quantity is None:
        return None
    least_of_all = listing.minimum_order or Decimal(0)
    step = listing.step or (Decimal(1) if is_whole(listing) else SMALLEST)
    steps = ((listing.quantity - least_of_all) / step).to_integral_value(ROUND_FLOOR)
    quantity = min(least_of_all + steps * step, MOST)
    return quantity if fault_of(listing, quantity) is None else None


def fault_of(listing: Listing, quantity: Decimal) -> str | None:
    """Why so much cannot be ordered, as a sentence for the buyer."""
    unit, least_of_all = listing.unit_sign, listing.minimum_order or Decimal(0)
    if quantity <= 0:
        return _("Order more than nothing.")
    if quantity > MOST:
        return _("At most %(quantity)s %(unit)s can be ordered at once.") % {
            "quantity": in_words(MOST),
            "unit": unit,
        }
    if is_whole(listing) and quantity != quantity.to_integral_value():
        return _("Only whole numbers can be ordered here.")
    if quantity != quantity.quantize(SMALLEST):
        return _("At most three digits can stand behind the decimal mark.")
    if quantity < least_of_all:
        return _("The seller's minimum is %(quantity)s %(unit)s.") % {
            "quantity": in_words(least_of_all),
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


def in_field(quantity: Decimal) -> str:
    """As whoever types it would write it."""
    return format_decimal(quantity, "0.###", locale=get_language() or "en")


def total_of(order):
    """As "from N and K positions by agreement" while prices are still asked for."""
    amount = with_currency(order.total, order.currency)
    if not order.unpriced:
        return _("Total: %(amount)s") % {"amount": amount}
    return ngettext(
        "Total: %(amount)s and %(number)d position by agreement",
        "Total: %(amount)s and %(number)d positions by agreement",
        order.unpriced,
    ) % {"amount": amount, "number": order.unpriced}


class QuantityForm(forms.Form):
    """So much of one ad. Many stand on one page: each is drawn by the template."""

    quantity = NumberField(
        required=True,
        error_messages={
            "required": gettext_lazy("Write how much you want."),
            "invalid": gettext_lazy("Write a number, such as 12.5."),
        },
    )

    def __init__(self, *args, listing: Listing):
        super().__init__(*args)
        self.listing = listing

    @property
    def typed(self):
        return str(self["quantity"].value() or "")[:LONGEST_TYPED]

    @property
    def fault(self):
        return next(iter(self.errors.get("quantity", [])), "")

    def clean_quantity(self):
        quantity = self.cleaned_data["quantity"]
        if fault := fault_of(self.listing, quantity):
            raise forms.ValidationError(fault)
        return quantity
