from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.models.subject import Subject
from privacy.purposes import PURPOSES, Basis


class DisclosureQuerySet(models.QuerySet):
    def visible(self):
        """What the person may know by now."""
        return self.filter(Q(hidden_until=None) | Q(hidden_until__lte=timezone.localdate()))


class Disclosure(models.Model):
    """Somebody's data was given to another party. Rows are only added.

    It names the fields, never their values.
    """

    class Kind(models.TextChoices):
        SELLER = "seller", _("a seller")
        AUTHORITY = "authority", _("an authority")

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="disclosures")
    kind = models.CharField(_("kind of recipient"), max_length=10, choices=Kind)
    # As a row of the app that knows the recipient, and as they were called then.
    recipient_number = models.BigIntegerField(_("number of the recipient"))
    recipient_name = models.CharField(_("recipient"), max_length=200)
    fields = ArrayField(models.CharField(max_length=80), verbose_name=_("fields"))
    purpose = models.CharField(_("purpose"), max_length=20)
    basis = models.CharField(_("legal basis"), max_length=20)
    # What they were given for, as people call it: the reference of an order.
    about = models.CharField(_("about"), max_length=40)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    # When the law forbids to tell the person earlier.
    hidden_until = models.DateField(null=True, editable=False)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject", "-at"], name="disclosure_of_subject"),
            models.Index(fields=["recipient_number", "-id"], name="disclosure_of_recipient"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    @admin.display(description=_("recipient"))
    def recipient(self):
        """Of a seller who is erased the name goes."""
        return self.recipient_name or gettext("Deleted seller")

    @property
    def purpose_words(self):
        return PURPOSES[self.purpose].name

    @property
    def basis_words(self):
        return Basis(self.basis).label
