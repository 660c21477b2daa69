from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models.catalogue import PriceKind
from listings.models.listing import Currency, Listing
from listings.units import SIGNS, PriceUnit

PRICE = ["price_kind", "price", "price_to", "currency", "unit"]


class Favourite(models.Model):
    """An ad that somebody keeps an eye on, with the price it had then."""

    class TooMany(Exception):
        """Somebody keeps so many that the list is of no use any more."""

    MOST_PER_PERSON = 500

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="favourites")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="favourites")
    saved_at = models.DateTimeField(_("saved at"), default=timezone.now, editable=False)
    price_kind = models.CharField(_("kind of price"), max_length=10, choices=PriceKind)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True)
    price_to = models.DecimalField(_("price to"), max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(_("currency"), max_length=3, choices=Currency)
    unit = models.CharField(_("price for a"), max_length=10, choices=PriceUnit)

    class Meta:
        verbose_name = _("saved ad")
        verbose_name_plural = _("saved ads")
        constraints = [
            models.UniqueConstraint(fields=["user", "listing"], name="favourite_once_per_person")
        ]
        indexes = [models.Index(fields=["user", "-saved_at", "-id"], name="favourite_of_person")]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def unit_sign(self):
        return SIGNS[self.unit]

    @property
    def has_new_price(self):
        return any(getattr(self, name) != getattr(self.listing, name) for name in PRICE)
