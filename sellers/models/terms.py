from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sellers.models.seller import Seller


class WorkingDay(models.Model):
    """The hours of one day of the week; a day without a row is a day off."""

    MIDNIGHT = time(0)

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="working_days")
    # As Python counts them: Monday is 0.
    weekday = models.PositiveSmallIntegerField(_("day"))
    opens = models.TimeField(_("opens at"))
    closes = models.TimeField(_("closes at"))

    class Meta:
        verbose_name = _("working day")
        verbose_name_plural = _("working hours")
        ordering = ["weekday"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "weekday"], name="working_day_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="working_day_of_week"),
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes")) | Q(closes=time(0)),
                name="working_day_opens_before_it_closes",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"


class Shipping(models.Model):
    """A way in which goods reach the buyer, and on what conditions."""

    class Method(models.TextChoices):
        PICKUP = "pickup", _("Pick-up by the buyer")
        SELLER = "seller", _("Transport of the seller")
        CARRIER = "carrier", _("Hired carrier")
        RAIL = "rail", _("Railway wagons")
        CONTAINER = "container", _("Containers")
        POST = "post", _("Post or courier")
        AGREED = "agreed", _("As agreed")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="shipping")
    method = models.CharField(_("method"), max_length=9, choices=Method)
    conditions = models.CharField(_("conditions"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("shipping method")
        verbose_name_plural = _("shipping methods")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "method"], name="shipping_once"),
            models.CheckConstraint(
                condition=Q(
                    method__in=[
                        "pickup",
                        "seller",
                        "carrier",
                        "rail",
                        "container",
                        "post",
                        "agreed",
                    ]
                ),
                name="shipping_method_known",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"


class Payment(models.Model):
    """A way in which the seller is paid, and on what conditions."""

    class Method(models.TextChoices):
        PREPAID = "prepaid", _("Bank transfer in advance")
        POSTPAID = "postpaid", _("Bank transfer after delivery")
        INSTALMENT = "instalment", _("By instalments")
        LETTER = "letter", _("Letter of credit")
        CARD = "card", _("By card")
        CASH = "cash", _("In cash")
        LEASING = "leasing", _("Leasing")
        BARTER = "barter", _("Exchange of goods")

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="payment")
    method = models.CharField(_("method"), max_length=10, choices=Method)
    conditions = models.CharField(_("conditions"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "method"], name="payment_once"),
            models.CheckConstraint(
                condition=Q(
                    method__in=[
                        "prepaid",
                        "postpaid",
                        "instalment",
                        "letter",
                        "card",
                        "cash",
                        "leasing",
                        "barter",
                    ]
                ),
                name="payment_method_known",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"
