from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.subject import Subject


class StaffAccess(models.Model):
    """Somebody of the staff had a person's masked data shown. Rows are only added."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="staff_accesses")
    by = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="+", verbose_name=_("by whom")
    )
    reason = models.CharField(_("reason"), max_length=200)
    fields = ArrayField(models.CharField(max_length=30), verbose_name=_("fields"))
    # As people call it: the reference of an order.
    about = models.CharField(_("about"), max_length=40)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("access by staff")
        verbose_name_plural = _("accesses by staff")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject", "-at"], name="staff_access_of_subject")]

    def __str__(self):
        return f"№ {self.pk}"
