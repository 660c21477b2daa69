from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from orders.models.order import Order
from orders.models.order_line import OrderLine, sum_of


class Offer(models.Model):
    """What the seller proposes instead of what was ordered."""

    MOST_ROUNDS = 5

    class Answer(models.TextChoices):
        AGREED = "agreed", _("accepted")
        TURNED_DOWN = "no", _("declined")
        # By a newer one, or because the order has ended.
        OVERTAKEN = "over", _("overtaken")

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="offers")
    round = models.PositiveSmallIntegerField(_("round"))
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    note = models.CharField(_("note"), max_length=512, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    answer = models.CharField(_("answer"), max_length=6, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)

    class Meta:
        verbose_name = _("counter-offer")
        verbose_name_plural = _("counter-offers")
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="offer_once_a_round"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(answer=""), name="offer_one_unanswered"
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def total(self):
        """The caller has prefetched the lines."""
        return sum(line.sum for line in self.lines.all())


class OfferLine(models.Model):
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="offers")
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    delivery_on = models.DateField(_("date"), null=True, blank=True)

    class Meta:
        verbose_name = _("position of a counter-offer")
        verbose_name_plural = _("positions of counter-offers")
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "line"], name="offer_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price__gt=0), name="offer_line_positive"
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def sum(self):
        return sum_of(self.price, self.quantity)
