from decimal import ROUND_HALF_UP, Decimal

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from listings.models import Listing
from listings.models.listing import Vat
from listings.models.photo import files_of
from listings.units import SIGNS, PriceUnit
from orders.models.order import Order

CENT = Decimal("0.01")


def sum_of(price: Decimal | None, quantity: Decimal) -> Decimal | None:
    return None if price is None else (price * quantity).quantize(CENT, ROUND_HALF_UP)


class OrderLine(models.Model):
    """A position of an order, as the ad was when it was sent."""

    SMALL = 320

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(pgettext_lazy("of an order", "position"))
    # The ad may go; its number stays on paper.
    listing = models.ForeignKey(Listing, on_delete=models.SET_NULL, null=True, related_name="+")
    listing_number = models.BigIntegerField(_("number of the ad"))
    title = models.CharField(_("title"), max_length=100)
    # As [{"name": …, "value": …}] in the language of the order.
    facts = models.JSONField(default=list, blank=True)
    # Of the files of its main photo; empty without one. The width is that of its small file: what
    # else is known of the photo goes with the ad.
    picture = models.CharField(max_length=64, blank=True)
    picture_width = models.PositiveSmallIntegerField(null=True, editable=False)
    unit = models.CharField(_("unit"), max_length=10, choices=PriceUnit)
    vat = models.CharField(_("VAT"), max_length=4, choices=Vat, blank=True)
    ordered_quantity = models.DecimalField(_("ordered"), max_digits=14, decimal_places=3)
    # None: a request for a price.
    ordered_price = models.DecimalField(_("price then"), max_digits=14, decimal_places=2, null=True)
    # As agreed: they change when the buyer accepts a counter-offer.
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True)
    delivery_on = models.DateField(_("date"), null=True, blank=True)
    # How much is set aside of what the ad has; None where the ad does not count.
    reserved = models.DecimalField(max_digits=14, decimal_places=3, null=True, editable=False)

    class Meta:
        verbose_name = _("position of an order")
        verbose_name_plural = _("positions of orders")
        ordering = ["position"]
        indexes = [
            models.Index(fields=["picture"], condition=~Q(picture=""), name="order_line_picture")
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, ordered_quantity__gt=0)
                & (Q(price__isnull=True) | Q(price__gt=0)),
                name="order_line_positive",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def unit_sign(self):
        return SIGNS[self.unit]

    @property
    def thumbnail(self):
        return default_storage.url(f"{files_of(self.picture)}-{self.picture_width}.webp")

    @property
    def sum(self):
        return sum_of(self.price, self.quantity)
