from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.models import Listing
from moderation.models.judgement import Judgement


class DecisionQuerySet(models.QuerySet):
    def against(self, seller):
        """What counts against the trust in a seller."""
        refusals = [Decision.Act.REJECT, Decision.Act.BLOCK]
        return self.filter(listing__seller=seller, act__in=refusals, overturned_at=None)


class Decision(Judgement):
    """What a moderator decided about an ad, and by which rule. Rows are only added."""

    class Act(models.TextChoices):
        APPROVE = "approve", _("approved")
        KEEP = "keep", _("looked at and left as it is")
        REJECT = "reject", _("refused")
        REFILE = "refile", _("put into another category")
        HIDE = "hide", _("hidden after reports until a moderator has read it")
        BLOCK = "block", _("blocked")
        UNBLOCK = "unblock", _("unblocked")
        UPHOLD = "uphold", _("appeal declined")
        GRANT = "grant", _("appeal granted")

    class Matter(models.TextChoices):
        NEW = "new", _("a new ad")
        CHANGE = "change", _("a change of an ad")
        CHECK = "check", _("an ad that is public")

    # Whoever may use it sees nothing of others' words that the page of the ad does not show.
    listing = models.ForeignKey(
        Listing, on_delete=models.CASCADE, related_name="decisions", verbose_name=_("ad")
    )
    matter = models.CharField(_("about"), max_length=6, choices=Matter)
    act = models.CharField(_("decision"), max_length=8, choices=Act)
    overturned_at = models.DateTimeField(_("overturned at"), null=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rules__len__gte=1),
                name="decision_cites_a_rule",
                violation_error_message=_("Every decision names the rule it stands on."),
            ),
            models.CheckConstraint(
                condition=~Q(act__in=["reject", "block"]) | Q(reasons__len__gte=1),
                name="decision_refuses_with_a_reason",
                violation_error_message=_("Say why: tick at least one reason."),
            ),
        ]
        indexes = [models.Index(fields=["act", "-at"], name="decision_of_kind")]

    @property
    def can_be_appealed(self):
        return self.act in (self.Act.REJECT, self.Act.BLOCK) and not hasattr(self, "appeal")


class Appeal(models.Model):
    """A seller's word against a decision, once; another moderator answers it."""

    ANSWERED_WITHIN = timedelta(days=2)
    LONGEST = 2000

    decision = models.OneToOneField(
        Decision, on_delete=models.CASCADE, related_name="appeal", verbose_name=_("decision")
    )
    by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    text = models.TextField(_("why it is wrong"), max_length=LONGEST)
    at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    due_at = models.DateTimeField(_("to be answered by"), editable=False)
    answer = models.OneToOneField(
        Decision,
        on_delete=models.SET_NULL,
        null=True,
        related_name="answered",
        editable=False,
        verbose_name=_("answer"),
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(answer=None), name="appeal_open_due")
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_overdue(self):
        return self.answer_id is None and self.due_at < timezone.now()
