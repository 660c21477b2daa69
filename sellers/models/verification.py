from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from sellers.models.seller import Seller


class Verification(models.Model):
    """What a moderator checked of a seller, and when. The papers themselves are not kept."""

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="verifications")
    saw_documents = models.BooleanField(_("registration documents seen"), default=False)
    checked_number = models.BooleanField(
        _("BIN or IIN compared with the state register"), default=False
    )
    called_phone = models.BooleanField(_("phone called"), default=False)
    at = models.DateTimeField(_("verified at"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("moderator"),
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(saw_documents=True) | Q(checked_number=True) | Q(called_phone=True),
                name="verification_checked_something",
            ),
            models.UniqueConstraint(
                fields=["seller"], condition=Q(ended_at=None), name="verification_in_force_once"
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"
