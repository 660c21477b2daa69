from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models import Subject
from sellers.models.seller import Seller

SIGNER = Signer(salt="sellers.authorised")


class AuthorisedPersonQuerySet(models.QuerySet):
    def of_key(self, key):
        """Whom the link in the letter to them means."""
        try:
            return self.filter(pk=int(SIGNER.unsign(key)))
        except (BadSignature, ValueError):
            return self.none()


class AuthorisedPerson(models.Model):
    """Who may sign for a company: a person of their own, even when a colleague wrote this."""

    seller = models.OneToOneField(
        Seller, on_delete=models.CASCADE, related_name="authorised_person"
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="authorised_for", editable=False
    )
    full_name = models.CharField(_("full name"), max_length=160)
    position = models.CharField(
        _("position"), max_length=80, help_text=_("For example: director, chief engineer.")
    )
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)

    objects = AuthorisedPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("authorised person")
        verbose_name_plural = _("authorised persons")

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def key(self):
        """For the link by which the person finds what is kept, without an account."""
        return SIGNER.sign(self.pk)
