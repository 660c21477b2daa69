import random
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LetterQuerySet(models.QuerySet):
    def due(self):
        """What waits and whose time has come, the longest waiting first."""
        return self.filter(state=Letter.State.WAITING, due_at__lte=timezone.now()).order_by(
            "due_at"
        )

    def claim_next(self):
        """Take the longest waiting of those due, or None, for one worker alone.

        If the worker dies with it, the letter is due again when the lease is over.
        """
        with transaction.atomic():
            letter = self.due().select_for_update(skip_locked=True).first()
            if letter:
                letter.attempts += 1
                letter.due_at = timezone.now() + Letter.LEASE
                letter.save(update_fields=["attempts", "due_at"])
        return letter

    def unsent(self):
        return self.filter(
            state__in=[Letter.State.WAITING, Letter.State.FAILED, Letter.State.BOUNCED]
        )

    def undeliverable(self):
        return self.filter(state__in=[Letter.State.FAILED, Letter.State.BOUNCED])

    def old(self):
        """What nobody has to know of any more."""
        return self.exclude(state=Letter.State.WAITING).filter(
            created_at__lt=timezone.now() - Letter.KEPT_FOR
        )

    def send_again(self):
        """Put the undeliverable ones back into the queue; how many there were."""
        return (
            self.undeliverable()
            .exclude(content=b"")
            .update(state=Letter.State.WAITING, due_at=timezone.now(), attempts=0, error="")
        )


class Letter(models.Model):
    """One message on its way to one mailbox, written in the transaction it tells of."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")
        BOUNCED = "bounced", _("refused by the receiver")

    KEPT_FOR = timedelta(days=30)
    # Far more than a mail server that answers at all takes for one letter.
    LEASE = timedelta(minutes=15)
    FIRST_PAUSE = timedelta(minutes=1)
    LONGEST_PAUSE = timedelta(hours=1)
    # With the pauses above, about three days.
    MOST_ATTEMPTS = 76

    sender = models.CharField(_("sender"), max_length=320)
    recipient = models.CharField(_("recipient"), max_length=320)
    subject_line = models.TextField(_("subject"), blank=True)
    message_id = models.TextField(_("Message-ID"))
    # The message as the mail server gets it; both are empty as soon as the server has it.
    content = models.BinaryField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("written at"), default=timezone.now)
    due_at = models.DateTimeField(_("not before"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    # The class of the error and the server's code; its text may hold addresses.
    error = models.CharField(_("error"), max_length=80, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "failed", "bounced"]),
                name="letter_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False, content=b""),
                name="letter_sent_has_time_and_no_content",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "failed"])
                | Q(sent_at__isnull=True) & ~Q(content=b""),
                name="letter_unsent_has_content",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "bounced"]) | ~Q(error=""),
                name="letter_undeliverable_has_error",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="letter_waiting"),
            models.Index(
                fields=["-created_at"],
                condition=Q(state__in=["waiting", "failed", "bounced"]),
                name="letter_unsent",
            ),
            models.Index(fields=["created_at"], name="letter_created"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def mark_sent(self):
        self.state = self.State.SENT
        self.sent_at = timezone.now()
        # It may name somebody who is not the receiver.
        self.content, self.subject_line = b"", ""
        self.error = ""
        # Also when the lease was over and another worker has it: it need not go once more.
        self.save(update_fields=["state", "sent_at", "content", "subject_line", "error"])

    def postpone(self, error):
        """Try later, each time after a longer pause; after about three days no more."""
        if self.attempts >= self.MOST_ATTEMPTS:
            self.fail(error)
            return
        pause = min(self.FIRST_PAUSE * 2 ** min(self.attempts - 1, 10), self.LONGEST_PAUSE)
        # Letters that failed together must not come back together.
        self.due_at = timezone.now() + pause * random.uniform(0.8, 1.2)  # noqa: S311 spreads, guards nothing
        self.error = error
        self.update_claimed(error=error, due_at=self.due_at)

    def fail(self, error):
        self.close(self.State.FAILED, error)

    def bounce(self, error):
        """The receiving side does not take letters for this address."""
        self.close(self.State.BOUNCED, error)

    def close(self, state, error):
        self.state = state
        self.error = error
        self.update_claimed(state=state, error=error)

    def update_claimed(self, **columns):
        # Whose lease was over says nothing: another worker has the letter, or has sent it.
        claimed = Letter.objects.filter(
            pk=self.pk, state=self.State.WAITING, attempts=self.attempts
        )
        claimed.update(**columns)
