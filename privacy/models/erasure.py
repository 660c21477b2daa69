from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.models.requests import Request
from privacy.models.subject import Subject


class ErasureQuerySet(models.QuerySet):
    def due(self):
        """What is to be carried out now, and nobody is at."""
        now = timezone.now()
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lte=now),
            state__in=Erasure.GOES_ON,
            starts_at__lte=now,
        )


class Erasure(models.Model):
    """One person's data on their way out, from the wish to the certificate."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("erasure", "waiting")
        RUNNING = "running", pgettext_lazy("erasure", "being carried out")
        VERIFIED = "verified", pgettext_lazy("erasure", "verified")
        # Done but for what a hold keeps.
        HELD = "held", pgettext_lazy("erasure", "carried out; something is still kept")
        DONE = "done", pgettext_lazy("erasure", "done")
        FAILED = "failed", pgettext_lazy("erasure", "stuck")
        CANCELLED = "cancelled", pgettext_lazy("erasure", "taken back")

    class Step(models.IntegerChoices):
        """Done in this order; each can be done again without harm."""

        BEGIN = 1, pgettext_lazy("erasure", "the request is taken into work")
        BURY = 2, pgettext_lazy("erasure", "a mark is left against a restored backup")
        FAREWELL = 3, pgettext_lazy("erasure", "the last letter is sent")
        FENCE = 4, pgettext_lazy("erasure", "nothing new can be stored")
        COUNT = 5, pgettext_lazy("erasure", "everything there is is counted")
        TABLES = 6, pgettext_lazy("erasure", "rows are deleted and emptied")
        FILES = 7, pgettext_lazy("erasure", "files are deleted")
        MENTIONS = 8, pgettext_lazy("erasure", "mentions in texts of others are removed")
        STATISTICS = 9, pgettext_lazy("erasure", "traces in the database are wiped")
        SCAN = 10, pgettext_lazy("erasure", "everything is searched for what is left")
        CERTIFY = 11, pgettext_lazy("erasure", "the certificate is written")

    class Begun(Request.WrongOrder):
        """It is being carried out, and cannot be taken back any more."""

    GRACE = timedelta(hours=72)
    GOES_ON = [State.WAITING, State.RUNNING, State.VERIFIED]
    OPEN = [State.WAITING, State.RUNNING, State.VERIFIED, State.HELD, State.FAILED]

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="erasure")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="erasures")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    step = models.PositiveSmallIntegerField(_("step"), choices=Step, default=Step.BEGIN)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    starts_at = models.DateTimeField(_("begins at"))
    began_at = models.DateTimeField(_("begun at"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    # Of whoever carries it out; when it is over, another may.
    lease = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    # Since the last step that was finished.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    # A class of errors, or places: never a value.
    trouble = models.CharField(_("trouble"), max_length=300, blank=True, editable=False)
    letter = models.BigIntegerField(null=True, editable=False)
    # How many rows there were, by their tables.
    found = models.JSONField(default=dict, editable=False)
    # Where to write and what to look for, encrypted; empty as soon as nothing was found.
    secret = models.BinaryField(default=bytes, editable=False)
    # What was looked for, encrypted still, until the night has looked for it once more.
    sealed = models.BinaryField(default=bytes, db_default=b"", editable=False)
    looked_again_at = models.DateTimeField(_("looked for once more at"), null=True, editable=False)
    certificate = models.JSONField(default=dict, editable=False)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(state__in=["waiting", "running", "verified", "held", "failed"]),
                name="erasure_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        *("waiting", "running", "verified", "held", "done", "failed"),
                        "cancelled",
                    ]
                ),
                name="erasure_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "cancelled"]) | Q(secret=b""),
                name="erasure_over_knows_nobody",
            ),
            models.CheckConstraint(
                condition=Q(sealed=b"") | ~Q(state__in=["waiting", "cancelled"]),
                name="erasure_not_begun_seals_nobody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["step", "starts_at", "id"],
                condition=Q(state__in=["waiting", "running", "verified"]),
                name="erasure_due_by_step",
            ),
            models.Index(
                fields=["finished_at"], condition=~Q(sealed=b""), name="erasure_to_look_again"
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def can_be_taken_back(self):
        return self.state == self.State.WAITING

    @property
    def begins_later(self):
        return self.starts_at > timezone.now()

    @property
    def is_over(self):
        return self.state in (self.State.DONE, self.State.HELD)


class Hold(models.Model):
    """What of one row an erasure must leave for a while, on which ground."""

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="holds")
    # One of privacy.erasure.holding.RULES.
    rule = models.CharField(_("ground"), max_length=40)
    row = models.BigIntegerField(_("number of the row"))
    fields = ArrayField(models.CharField(max_length=40), verbose_name=_("fields"))
    began_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    # None: when what the rule says has come about.
    ends_at = models.DateTimeField(_("until"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(fields=["erasure", "rule", "row"], name="hold_once_a_row")
        ]
        indexes = [
            models.Index(fields=["rule", "row"], condition=Q(ended_at=None), name="hold_in_force")
        ]

    def __str__(self):
        return f"№ {self.pk}"
