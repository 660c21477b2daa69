import calendar
from datetime import timedelta

from django.contrib import admin
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.processing import ProcessingAct
from privacy.models.subject import Subject
from privacy.purposes import PURPOSES


def in_one_month():
    """What the law gives us for an answer."""
    return months_after(timezone.now(), 1)


def months_after(moment, months):
    """The same day of a later month in Almaty, or its last."""
    day = timezone.localtime(moment)
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = calendar.monthrange(year, month)[1]
    return day.replace(year=year, month=month, day=min(day.day, last))


class RequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=Request.OPEN)

    def that_stop(self):
        """Those for which a person's data may only lie: asked for, or granted for good."""
        ended = [Request.State.REFUSED, Request.State.TAKEN_BACK]
        return self.filter(
            Q(kind__in=Request.STOPPING) & ~Q(state__in=ended)
            | Q(kind__in=Request.PAUSING, state__in=Request.OPEN, purpose="")
        )

    def overdue(self):
        return self.open().filter(due_at__lt=timezone.now())

    def due_within(self, days):
        return self.open().filter(due_at__lt=timezone.now() + timedelta(days=days))

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

    class NotExtendable(Exception):
        """It was extended already, is closed, or its time is over."""

    class TooMany(Exception):
        """So many of this kind wait already."""

    OPEN = [State.RECEIVED, State.ACKNOWLEDGED, State.CHECKED, State.IN_WORK]
    STOPPING = [Kind.ERASURE, Kind.RESTRICTION]
    # Until they are answered; an objection to one use stops that use only.
    PAUSING = [Kind.OBJECTION, Kind.WITHDRAWAL]
    # Each of them says something else, so that one does not stand for another.
    MOST_CORRECTIONS = 10
    LONGEST = 2000
    # GDPR, Article 12(3).
    EXTENDED_BY_MONTHS = 2
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
    # Of an objection: a key of privacy.purposes.
    purpose = models.CharField(_("purpose"), max_length=20, blank=True, db_default="", default="")
    words = models.TextField(
        _("in their words"), max_length=LONGEST, blank=True, db_default="", default=""
    )
    # Of our answers.
    language = models.CharField(_("language"), max_length=2, blank=True, db_default="", default="")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.RECEIVED)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    due_at = models.DateTimeField(_("to be answered by"), default=in_one_month)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    # How many days were left when the operator was last told.
    warned_at_days = models.SmallIntegerField(null=True, editable=False)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind", "purpose"],
                condition=Q(state__in=["received", "acknowledged", "checked", "in_work"])
                & ~Q(kind="rectification"),
                name="request_open_once",
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
    def days_left(self):
        """As people count them, from today's date to the one it is due on."""
        return (timezone.localdate(self.due_at) - timezone.localdate()).days

    @property
    def is_extended(self):
        return self.steps.filter(extended_to__isnull=False).exists()

    @property
    def purpose_words(self):
        return PURPOSES[self.purpose].name if self.purpose in PURPOSES else ""

    @property
    def next_states(self):
        if self.kind == self.Kind.RESTRICTION and self.state == self.State.ANSWERED:
            # It was granted at once, and lasts until the person ends it.
            return {self.State.TAKEN_BACK}
        return self.LEADS_TO.get(self.state, set())

    @property
    def can_be_taken_back(self):
        return self.State.TAKEN_BACK in self.next_states

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

    def extend(self, *, by, reason):
        """Two months more, once and before the first month is over, with a reason."""
        with transaction.atomic():
            now = Request.objects.select_for_update().get(pk=self.pk)
            if not reason or not now.is_open or now.is_overdue or now.is_extended:
                raise self.NotExtendable
            self.state = now.state
            self.due_at = months_after(now.due_at, self.EXTENDED_BY_MONTHS)
            self.warned_at_days = None
            self.save(update_fields=["due_at", "warned_at_days"])
            RequestStep.objects.create(
                request=self, state=self.state, by=by, reason=reason, extended_to=self.due_at
            )


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
    # Then the state is as it was.
    extended_to = models.DateTimeField(_("extended until"), null=True, editable=False)

    class Meta:
        verbose_name = _("step of a request")
        verbose_name_plural = _("steps of requests")
        ordering = ["pk"]

    def __str__(self):
        return f"№ {self.pk}"
