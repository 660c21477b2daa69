from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from moderation.reasons import WHAT_TO_DO, Reason
from moderation.rules import Rule


class Judgement(models.Model):
    """What a moderator has decided, why, and by which rule."""

    reasons = ArrayField(
        models.CharField(max_length=12, choices=Reason), verbose_name=_("reasons"), default=list
    )
    # As "rules-ads/2/1.4": document, version, clause. A published version never changes.
    rules = ArrayField(models.CharField(max_length=48), verbose_name=_("rules"))
    note = models.TextField(_("note to the seller"), max_length=1000, blank=True)
    by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("moderator"),
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def cited(self):
        return [Rule.read(written) for written in self.rules]

    @property
    def grounds(self):
        """Each reason with what is to be done about it."""
        return [(Reason(one).label, WHAT_TO_DO[Reason(one)]) for one in self.reasons]
