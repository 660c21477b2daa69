from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from privacy.models.disclosures import Disclosure
from privacy.models.subject import Subject


class AuthorityRequestQuerySet(models.QuerySet):
    def visible(self):
        """What the person may know by now."""
        return self.filter(Q(silent_until=None) | Q(silent_until__lte=timezone.localdate()))


class AuthorityRequest(models.Model):
    """An authority asks for somebody's data. One of the staff prepares it, another one approves."""

    class Ground(models.TextChoices):
        """For what data may be exchanged with authorities: clause 4.5, a closed list."""

        FRAUD = "fraud", _("to prevent or investigate fraud")
        DISPUTE = "dispute", _("to settle a dispute")
        FACTS = "facts", _("to clear up facts that may breach international law")
        UNLAWFUL = "unlawful", _("unlawful acts of a user")
        CLAIM = "claim", _("the claim of a third party")
        # Clause 4.4.2: of our own accord, to protect those whom it harms.
        SUSPICION = "suspect", _("a reasonable suspicion that the rules were broken")

    class Interest(models.TextChoices):
        """What alone may stand above the person's will: clause 4.4."""

        SECURITY = "security", _("security")
        WELFARE = "welfare", _("economic well-being")
        RIGHTS = "rights", _("the rights of people")

    class State(models.TextChoices):
        PREPARED = "prepared", _("being prepared")
        APPROVED = "approved", _("approved")
        GIVEN = "given", _("data given")
        REFUSED = "refused", _("refused")

    class Impossible(Exception):
        """Not in this state, or not by this person."""

    class Over(Exception):
        """It was given already, too long ago to be given once more."""

    body = models.CharField(_("authority"), max_length=200)
    document = models.CharField(_("number of its document"), max_length=120)
    document_on = models.DateField(_("date of its document"))
    ground = models.CharField(_("what for"), max_length=8, choices=Ground)
    interest = models.CharField(_("interest protected"), max_length=8, choices=Interest)
    citation = models.CharField(
        _("legal basis"), max_length=300, help_text=_("The law and its article, word for word.")
    )
    asked = models.TextField(_("what is asked for"), max_length=2000)
    subject = models.ForeignKey(
        Subject,
        on_delete=models.PROTECT,
        related_name="authority_requests",
        verbose_name=_("person"),
    )
    # Columns of the data map: only these are given.
    scope = ArrayField(models.CharField(max_length=80), verbose_name=_("what may be given"))
    review = models.TextField(
        _("legal review"),
        max_length=2000,
        help_text=_("Why the law allows exactly this much, and why less would not do."),
    )
    # Of apps above: see privacy.authorities.CASES.
    case = models.PositiveBigIntegerField(
        _("number of the case"),
        null=True,
        blank=True,
        help_text=_("On a suspicion: the moderator's decision that has the evidence."),
    )
    ends_on = models.DateField(
        _("given until"),
        null=True,
        blank=True,
        help_text=_("On a suspicion: 30 days from now at most."),
    )
    silent_until = models.DateField(
        _("the person is not told before"),
        null=True,
        blank=True,
        help_text=_("Only when the law forbids to tell; afterwards the person gets a letter."),
    )
    silent_because = models.CharField(_("why not told"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PREPARED)
    handler = models.ForeignKey(
        Subject, on_delete=models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    approver = models.ForeignKey(
        Subject, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    refusal = models.CharField(_("why refused"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("entered at"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    given_at = models.DateTimeField(_("given at"), null=True, editable=False)
    told_at = models.DateTimeField(_("person told at"), null=True, editable=False)

    objects = AuthorityRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of an authority")
        verbose_name_plural = _("requests of authorities")
        ordering = ["-pk"]
        permissions = [("approve_authorityrequest", "Can approve requests of authorities")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=F("handler")),
                name="authority_request_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", approver=None)
                | ~Q(state="prepared") & Q(approver__isnull=False, decided_at__isnull=False),
                name="authority_request_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(citation="") & ~Q(review="") & ~Q(document=""),
                name="authority_request_has_basis",
            ),
            models.CheckConstraint(
                condition=Q(silent_until=None) | ~Q(silent_because=""),
                name="authority_request_silence_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(ground="suspect") | Q(case__isnull=False, ends_on__isnull=False),
                name="authority_request_suspicion_has_case",
            ),
            models.CheckConstraint(
                condition=~Q(state="given") | Q(given_at__isnull=False),
                name="authority_request_given_has_time",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"


class Notice(models.Model):
    """A recipient was told that data they got has changed or gone: GDPR, Article 19."""

    class Act(models.TextChoices):
        CORRECTED = "corrected", _("corrected")
        ERASED = "erased", _("deleted")
        RESTRICTED = "restricted", _("restricted")
        RELEASED = "released", _("restriction ended")

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="notices")
    act = models.CharField(_("what has happened"), max_length=10, choices=Act)
    # What it is about, so that the same is told once: "request 5".
    occasion = models.CharField(_("occasion"), max_length=40)
    kind = models.CharField(_("kind of recipient"), max_length=10, choices=Disclosure.Kind)
    recipient_number = models.BigIntegerField(_("recipient"))
    about = ArrayField(models.CharField(max_length=40), verbose_name=_("about"))
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("notice to a recipient")
        verbose_name_plural = _("notices to recipients")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "occasion", "act", "kind", "recipient_number"],
                name="notice_once",
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    @admin.display(description=_("occasion"))
    def occasion_words(self):
        return words_of_occasion(self.occasion)

    @property
    @admin.display(description=_("recipient"))
    def recipient_number_words(self):
        return name_of_recipient(self.recipient_number, self.kind)


def words_of_occasion(occasion: str) -> str:
    what, _sign, number = occasion.partition(" ")
    if what == "request":
        return gettext("request № %(number)s") % {"number": number}
    return gettext("correction in the account") if what == "correction" else gettext("deletion")


def name_of_recipient(number: int, kind: str = Disclosure.Kind.SELLER) -> str:
    """As they were called when they were last given something; of a seller erased no name stays."""
    given = Disclosure.objects.filter(kind=kind, recipient_number=number).order_by("-pk")
    return given.values_list("recipient_name", flat=True).first() or gettext("Deleted seller")
