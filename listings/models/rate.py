from decimal import ROUND_HALF_UP, Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listings.units import SIZES, PriceUnit


class Currency(models.TextChoices):
    KZT = "KZT", "₸"
    USD = "USD", "$"
    EUR = "EUR", "€"
    RUB = "RUB", "₽"
    UZS = "UZS", _("soum (UZS)")
    KGS = "KGS", _("som (KGS)")
    CNY = "CNY", "¥"


class RateQuerySet(models.QuerySet):
    def current(self) -> dict[str, "Rate"]:
        """Of each currency the last one known."""
        known = self.filter(on__lte=timezone.localdate())
        return {
            rate.currency: rate for rate in known.order_by("currency", "-on").distinct("currency")
        }


class Rate(models.Model):
    """What a currency was worth on a day."""

    class Source(models.TextChoices):
        FILE = "file", _("loaded")
        HAND = "hand", _("by hand")
        SAMPLE = "sample", _("example, not a real rate")

    currency = models.CharField(
        _("currency"), max_length=3, choices=[one for one in Currency.choices if one[0] != "KZT"]
    )
    on = models.DateField(_("date"), default=timezone.localdate)
    tenge = models.DecimalField(
        _("tenge for one"),
        max_digits=12,
        decimal_places=6,
        validators=[MinValueValidator(Decimal("0.000001"))],
    )
    source = models.CharField(
        _("source"), max_length=6, choices=Source, default=Source.HAND, editable=False
    )

    objects = RateQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        ordering = ["-on", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "on"],
                name="rate_once_a_day",
                violation_error_message=_("This day has a rate of this currency already."),
            ),
            models.CheckConstraint(condition=Q(tenge__gt=0), name="rate_positive"),
        ]

    def __str__(self):
        return f"{self.currency} {self.on}"


CENT = Decimal("0.01")
# What the column holds.
MOST = Decimal(10) ** 16


def in_tenge(price, currency, unit, usual_unit, rates) -> tuple[Decimal | None, object]:
    """A price for the usual unit, with the day of the rate; None where nothing compares."""
    if price is None:
        return None, None
    rate = None if currency == Currency.KZT else rates.get(currency)
    if currency != Currency.KZT and rate is None:
        return None, None
    times = times_in(unit, usual_unit)
    if times is None:
        return None, None
    tenge = (price * times * (rate.tenge if rate else 1)).quantize(CENT, ROUND_HALF_UP)
    if tenge >= MOST:
        return None, None
    return tenge, rate and rate.on


def times_in(unit: PriceUnit, usual_unit: PriceUnit) -> Decimal | None:
    """How often the one goes into the other: a kilogram a thousand times into a tonne."""
    if unit == usual_unit:
        return Decimal(1)
    kind, size = SIZES.get(unit, (None, None))
    usual_kind, usual_size = SIZES.get(usual_unit, (None, None))
    if kind is None or kind != usual_kind:
        return None
    return usual_size / size
