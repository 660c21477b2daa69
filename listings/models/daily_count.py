from datetime import timedelta

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from listings.models.listing import Listing


class DailyCount(models.Model):
    """How often an ad was looked at on a day of Kazakhstan. By whom is known nowhere."""

    KEPT_FOR = timedelta(days=365)

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="daily_counts")
    day = models.DateField(_("day"))
    views = models.PositiveIntegerField(_("views"), default=0)
    reveals = models.PositiveIntegerField(_("phone shown"), default=0)
    saves = models.PositiveIntegerField(_("saved"), default=0)

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of days")
        constraints = [
            models.UniqueConstraint(fields=["listing", "day"], name="daily_count_once_a_day")
        ]
        # Days come one after the other, so that the old ones lie together.
        indexes = [BrinIndex(fields=["day"], name="daily_count_day")]

    def __str__(self):
        return f"№ {self.pk}"


class Folding(models.Model):
    """The one row that remembers which counts the table above has got."""

    last_batch = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("folding of counts")
        verbose_name_plural = _("foldings of counts")

    def __str__(self):
        return f"№ {self.pk}"
