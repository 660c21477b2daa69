from django.db import models
from django.utils.translation import gettext_lazy as _

from moderation.models.ban import Ban, Kind
from privacy.models import Subject


class BanMark(models.Model):
    """By what somebody is known again whose account was banned, and then erased: keyed digests.

    They name nobody. Nobody escapes a ban by asking to be forgotten.
    """

    ban = models.ForeignKey(Ban, on_delete=models.CASCADE, related_name="marks")
    # Until the certificate has counted by it.
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(_("known by"), max_length=7, choices=Kind)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("mark of a ban")
        verbose_name_plural = _("marks of bans")
        constraints = [
            models.UniqueConstraint(fields=["ban", "digest"], name="ban_mark_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=Kind.values) & ~models.Q(digest=""),
                name="ban_mark_is_digest",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="ban_mark_digest")]

    def __str__(self):
        return f"№ {self.pk}"
