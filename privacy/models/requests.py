import calendar

from django.contrib import admin
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.processing import ProcessingAct
from privacy.models.subject import Subject


def in_one_month():
    """The same day of the next month, or its last: what the law gives us for an answer."""
    today = timezone.localtime()
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    day = min(today.day, calendar.monthrange(year, month)[1])
    return today.replace(year=year, month=month, day=day)


class RequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=Request.OPEN)

    def that_stop(self):
        """Those for which a person's data may only lie: asked for, or granted for good."""
        ended = [Request.State.REFUSED, Request.State.TAKEN_BACK]
        return self.filter(
            Q(kind__in=Request.STOPPING) & ~Q(state__in=ended)
            | Q(kind__in=Request.PAUSING, state__in=Request.OPEN)
        )

    def overdue(self):
        return self.open().filter(due_at__lt=timezone.now())

    def newest_first(self):
        return self.order_by("-received_at", "-pk")


class Request(models.Model):
    """What a person asked us to do with their data, and how far we are, against the law's clock."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("To see the data")
        EXPORT = "export", _("A copy of the data")
        RECTIFICATION = "rectification", _("Correction")
        ERASURE = "erasure", _("Deletion")
        RESTRICTION = "restriction", _("Restriction of use")
        OBJECTION = "objection", _("Objection")
        WITHDRAWAL = "withdrawal", _("Withdrawal of consent")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        ACKNOWLEDGED = "acknowledged", _("receipt confirmed")
        CHECKED = "checked", _("identity checked")
        IN_WORK = "in_work", _("in work")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused")
        TAKEN_BACK = "taken_back", _("taken back")

    class WrongOrder(Exception):
        """The request is not in a state from which this step leads on."""

    OPEN = [State.RECEIVED, State.ACKNOWLEDGED, State.CHECKED, State.IN_WORK]
    STOPPING = [Kind.ERASURE, Kind.RESTRICTION]
    # Until they are answered.
    PAUSING = [Kind.OBJECTION, Kind.WITHDRAWAL]
    LEADS_TO = {
        State.RECEIVED: {State.ACKNOWLEDGED, State.REFUSED, State.TAKEN_BACK},
        State.ACKNOWLEDGED: {State.CHECKED, State.REFUSED, State.TAKEN_BACK},
        State.CHECKED: {State.IN_WORK, State.REFUSED, State.TAKEN_BACK},
        State.IN_WORK: {State.ANSWERED, State.REFUSED, State.TAKEN_BACK},
    }
    PROCESSING = {
        Kind.ACCESS: ProcessingAct.ACCESS,
        Kind.EXPORT: ProcessingAct.PROVISION,
        Kind.RECTIFICATION: ProcessingAct.CLARIFICATION,
        Kind.ERASURE: ProcessingAct.DELETION,
        Kind.RESTRICTION: ProcessingAct.BLOCKING,
        Kind.OBJECTION: ProcessingAct.BLOCKING,
        Kind.WITHDRAWAL: ProcessingAct.BLOCKING,
    }

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("what is asked"), max_length=13, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    due_at = models.DateTimeField(_("to be answered by"), default=in_one_month)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"],
                condition=Q(state__in=["received", "acknowledged", "checked", "in_work"]),
                name="request_open_once_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["answered", "refused", "taken_back"], closed_at__isnull=False
                )
                | Q(
                    state__in=["received", "acknowledged", "checked", "in_work"],
                    closed_at__isnull=True,
                ),
                name="request_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="request_open_due")
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    @admin.display(boolean=True, description=_("late"))
    def is_overdue(self):
        return self.is_open and self.due_at < timezone.now()

    @property
    def next_states(self):
        return self.LEADS_TO.get(self.state, set())

    def step(self, state, *, by=None, reason=""):
        """Go on to the next state, and keep when, by whom and why. `by` is None for the portal."""
        with transaction.atomic():
            self.state = Request.objects.select_for_update().get(pk=self.pk).state
            if state not in self.next_states:
                raise self.WrongOrder
            self.state = state
            if not self.is_open:
                self.closed_at = timezone.now()
            self.save(update_fields=["state", "closed_at"])
            RequestStep.objects.create(request=self, state=state, by=by, reason=reason)


class RequestStep(models.Model):
    """One change of a request's state. The database refuses to change or delete it.

    Only its reason can be emptied, because staff wrote it in words of their own; the database
    also wants one for a refusal.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(_("state"), max_length=12, choices=Request.State)
    at = models.DateTimeField(_("time"), default=timezone.now)
    by = models.ForeignKey(Subject, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(
        _("reason"),
        max_length=500,
        blank=True,
        help_text=_("Without anybody's name or data: the person reads it."),
    )

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        ordering = ["pk"]

    def __str__(self):
        return f"№ {self.pk}"
