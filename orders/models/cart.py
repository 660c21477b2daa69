from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models import Currency, Listing
from listings.models.catalogue import PriceKind
from listings.units import SIGNS
from orders.models.order_line import sum_of
from sellers.models import Seller


class CartQuerySet(models.QuerySet):
    def in_use(self):
        return self.filter(touched_at__gt=timezone.now() - Cart.LASTS)

    def over(self):
        return self.filter(touched_at__lte=timezone.now() - Cart.LASTS)


class Cart(models.Model):
    """What somebody may order: of an account, or of the browser that bears the token."""

    LASTS = timedelta(days=7)
    MOST_LINES = 100

    user = models.OneToOneField(User, on_delete=models.CASCADE, null=True, related_name="cart")
    # Of a random token in a cookie; whoever reads the database cannot open the cart.
    token_digest = models.CharField(max_length=64, blank=True, editable=False)
    touched_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CartQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, token_digest="")
                | Q(user__isnull=True) & ~Q(token_digest=""),
                name="cart_of_account_or_browser",
            ),
            models.UniqueConstraint(
                fields=["token_digest"], condition=~Q(token_digest=""), name="cart_of_one_browser"
            ),
        ]
        indexes = [models.Index(fields=["touched_at"], name="cart_touched_at")]

    def __str__(self):
        return f"№ {self.pk}"


class CartLine(models.Model):
    """So much of an ad, with its price as it was when the buyer last saw it."""

    PRICE = ["price_kind", "price", "currency", "unit"]

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="+")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    price_kind = models.CharField(max_length=10, choices=PriceKind)
    price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, choices=Currency)
    unit = models.CharField(max_length=10)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("line of a cart")
        verbose_name_plural = _("lines of carts")
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "listing"], name="cart_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=1_000_000),
                name="cart_line_quantity_possible",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def unit_sign(self):
        return SIGNS[self.unit]

    @property
    def sum(self):
        """By the price of the ad as it is now; None where it is to be agreed."""
        return sum_of(self.listing.price, self.quantity)

    @property
    def price_now(self):
        """Of the ad, in one word for forms: it comes back with what the buyer decides on it."""
        return " ".join(str(getattr(self.listing, name)) for name in self.PRICE)

    @property
    def has_new_price(self):
        return any(getattr(self, name) != getattr(self.listing, name) for name in self.PRICE)

    def take_price(self):
        """The buyer has seen the price of now. The caller saves."""
        for name in self.PRICE:
            setattr(self, name, getattr(self.listing, name))


class Entries(models.Model):
    """What was typed into the order form and is not sent: kept a little for "Back to cart"."""

    LAST = timedelta(minutes=30)
    # Longer than anything an order takes: what is too long is kept, too, to be made shorter.
    LONGEST = 2000

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="entries")
    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3, choices=Currency)
    full_name = models.CharField(max_length=LONGEST, blank=True)
    organization = models.CharField(max_length=LONGEST, blank=True)
    email = models.CharField(max_length=LONGEST, blank=True)
    phone = models.CharField(max_length=LONGEST, blank=True)
    address = models.CharField(max_length=LONGEST, blank=True)
    comment = models.CharField(max_length=LONGEST, blank=True)
    shipping = models.CharField(max_length=9, blank=True)
    payment = models.CharField(max_length=10, blank=True)
    expires_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("entries of an order form")
        verbose_name_plural = _("entries of order forms")
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "seller", "currency"], name="entries_once_per_part_of_cart"
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="entries_expire_at")]

    def __str__(self):
        return f"№ {self.pk}"
