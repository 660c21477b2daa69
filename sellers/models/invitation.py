from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.models import Subject
from sellers.models.seller import Member, Seller


class InvitationQuerySet(models.QuerySet):
    def current(self):
        return self.filter(created_at__gt=timezone.now() - Invitation.KEPT_FOR)

    def over(self):
        return self.filter(created_at__lte=timezone.now() - Invitation.KEPT_FOR)

    def to(self, user):
        """Those to an address this person has shown to be theirs."""
        theirs = EmailAddress.objects.filter(user=user, verified=True).values(lower=Lower("email"))
        return self.current().filter(email__in=theirs)


class Invitation(models.Model):
    """An address of a stranger, kept no longer than the answer may take."""

    KEPT_FOR = timedelta(days=14)

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="invitations")
    # The invited person, of whom nothing else is known here.
    subject = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="seller_invitations", editable=False
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=7, choices=Member.Role)
    language = models.CharField(_("language of the letter"), max_length=2, choices=User.Language)
    created_at = models.DateTimeField(_("invited at"), default=timezone.now, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(fields=["seller", "email"], name="invitation_once"),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invitation_email_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "manager", "viewer"]), name="invitation_role_known"
            ),
        ]
        indexes = [
            models.Index(fields=["email"], name="invitation_email"),
            # As PostgreSQL compares when case does not matter.
            models.Index(Upper("email"), name="invitation_of_email"),
            models.Index(fields=["created_at"], name="invitation_created_at"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def ends_at(self):
        return self.created_at + self.KEPT_FOR
