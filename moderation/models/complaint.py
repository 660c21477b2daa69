from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models import Listing
from moderation.models.decision import Decision
from privacy.forgetting import forget
from privacy.models import Subject

KEPT_FOR = timedelta(days=365)


class ComplaintQuerySet(models.QuerySet):
    def open(self):
        return self.filter(answer=None)

    def answer_with(self, decision):
        """The addresses were for the letter, and go with those of whom nothing else is known."""
        with transaction.atomic():
            strangers = self.exclude(email="")
            people = list(Subject.objects.filter(complaints__in=strangers))
            strangers.update(subject=None, email="", language="")
            self.update(answer=decision)
            forget(people)

    def forget(self):
        with transaction.atomic():
            people = list(Subject.objects.filter(complaints__in=self.exclude(email="")))
            self.delete()
            forget(people)


class Complaint(models.Model):
    """What a visitor thinks is wrong with an ad."""

    class Reason(models.TextChoices):
        FRAUD = "fraud", _("Fraud, or a demand to pay beforehand")
        SOLD = "sold", _("Sold long ago, or nobody answers")
        PRICE = "price", _("The price is not the real one")
        PROHIBITED = "prohibited", _("Forbidden goods, or papers are missing")
        PHOTO = "photo", _("Photos or text of somebody else")
        DUPLICATE = "duplicate", _("The same ad several times")
        OTHER = "other", _("Something else")

    LONGEST = 1000
    # So long the network is known, and the report counts towards hiding the ad.
    COUNTS_FOR = timedelta(days=14)

    listing = models.ForeignKey(
        Listing, on_delete=models.CASCADE, related_name="complaints", verbose_name=_("ad")
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    text = models.TextField(_("in their words"), max_length=LONGEST, blank=True)
    # Whoever wants to hear of the outcome: an account, or an address and nothing else.
    subject = models.ForeignKey(
        Subject,
        on_delete=models.PROTECT,
        null=True,
        related_name="complaints",
        editable=False,
    )
    email = models.EmailField(_("e-mail"), blank=True, default="", db_default="")
    language = models.CharField(
        max_length=2,
        choices=User.Language,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    # Of the account or, without one, of network and browser: nobody is found by it.
    visitor = models.CharField(max_length=64, editable=False)
    # Likewise of the network alone, to tell several people from one.
    network = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    on = models.DateField(editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    answer = models.ForeignKey(
        Decision,
        on_delete=models.SET_NULL,
        null=True,
        related_name="complaints",
        editable=False,
        verbose_name=_("answer"),
    )

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "visitor", "on"], name="complaint_once_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(text=""),
                name="complaint_other_is_told",
                violation_error_message=_("Say in your words what is wrong."),
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="complaint_at"),
            # As PostgreSQL compares when case does not matter.
            models.Index(Upper("email"), name="complaint_of_email"),
        ]

    def __str__(self):
        return f"№ {self.pk}"
