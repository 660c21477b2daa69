from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.models.requests import Request


class Mailbox(models.Model):
    """How far the mailbox to which people write has been read. There is one row."""

    # Nobody has to be told while a mail server restarts.
    PATIENCE = timedelta(minutes=15)

    # UIDVALIDITY of IMAP: when it changes, the numbers below mean other messages.
    generation = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(default=0)
    # When its end was reached last.
    read_at = models.DateTimeField(default=timezone.now)
    # The class of the error; its text may hold addresses.
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="mailbox_is_one"),
        ]

    def __str__(self):
        return "mailbox"

    @classmethod
    def current(cls):
        return cls.objects.get_or_create(pk=1)[0]

    @property
    def lag(self):
        """For how long nobody has seen what came."""
        return timezone.now() - self.read_at

    @property
    def is_late(self):
        return self.lag > self.PATIENCE


class IncomingLetterQuerySet(models.QuerySet):
    def due(self):
        return self.filter(state=IncomingLetter.State.WAITING, due_at__lte=timezone.now()).order_by(
            "due_at", "pk"
        )

    def claim_next(self):
        """Take the next of those due, or None, for one worker alone.

        If the worker dies with it, it is due again when the lease is over.
        """
        with transaction.atomic():
            letter = self.due().select_for_update(skip_locked=True).first()
            if letter:
                letter.attempts += 1
                letter.due_at = timezone.now() + IncomingLetter.LEASE
                letter.save(update_fields=["attempts", "due_at"])
        return letter

    def held(self, claimed):
        """The same, locked; None when its lease was over and another worker has it."""
        waiting = self.filter(pk=claimed.pk, state=IncomingLetter.State.WAITING)
        return waiting.filter(attempts=claimed.attempts).select_for_update().first()

    def for_people(self):
        return self.filter(state__in=IncomingLetter.FOR_PEOPLE)

    def to_put_away(self):
        return self.filter(is_put_away=False).exclude(state=IncomingLetter.State.WAITING)

    def old(self):
        """The law's month is long over; whatever was not settled still stands out in the mail."""
        return self.exclude(state=IncomingLetter.State.WAITING).filter(
            read_at__lt=timezone.now() - IncomingLetter.KEPT_FOR
        )


class IncomingLetter(models.Model):
    """A message in the mailbox: where it lies and what became of it, without a word of it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("message", "not read yet")
        TAKEN = "taken", pgettext_lazy("message", "became a request")
        REPLY = "reply", pgettext_lazy("message", "a reply to a request came")
        ANSWERED = "answered", pgettext_lazy("message", "answered with the way to ask")
        UNCLEAR = "unclear", pgettext_lazy("message", "somebody has to read it")
        UNREADABLE = "unreadable", pgettext_lazy("message", "could not be read")
        LEFT = "left", pgettext_lazy("message", "left alone: automatic, or a double")
        SETTLED = "settled", pgettext_lazy("message", "settled by staff")

    FOR_PEOPLE = [State.REPLY, State.UNCLEAR, State.UNREADABLE]
    DONE = [State.TAKEN, State.ANSWERED, State.LEFT, State.SETTLED]

    # Far more than the reading of one message takes.
    LEASE = timedelta(minutes=5)
    # A message that ends its worker so often is left to people.
    MOST_ATTEMPTS = 3
    KEPT_FOR = timedelta(days=60)
    # As long as the sender is remembered, who gets one answer in that time.
    ANSWERED_ONCE_IN = timedelta(days=1)

    generation = models.BigIntegerField()
    uid = models.BigIntegerField()
    size = models.BigIntegerField(_("size in bytes"))
    received_at = models.DateTimeField(_("came at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    kinds = ArrayField(
        models.CharField(max_length=13, choices=Request.Kind),
        verbose_name=_("what it seems to ask"),
        default=list,
        blank=True,
    )
    # Staff has read it and said what it asks.
    is_decided = models.BooleanField(_("decided by staff"), default=False)
    # Our mail server vouches for the sender.
    is_authentic = models.BooleanField(_("sender authenticated"), default=False)
    # Keyed digests: of the sender's address, and of what makes it this message and no other.
    sender = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # Whether its flags or its folder at the mail server tell its state.
    is_put_away = models.BooleanField(default=False)
    requests = models.ManyToManyField(Request, related_name="letters", blank=True)

    objects = IncomingLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("message by e-mail")
        verbose_name_plural = _("messages by e-mail")
        constraints = [
            models.UniqueConstraint(fields=["generation", "uid"], name="incoming_letter_once"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(read_at__isnull=False),
                name="incoming_letter_read_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="incoming_letter_waiting"
            ),
            models.Index(
                fields=["received_at"],
                condition=Q(state__in=["reply", "unclear", "unreadable"]),
                name="incoming_letter_for_people",
            ),
            models.Index(
                fields=["id"],
                condition=Q(is_put_away=False) & ~Q(state="waiting"),
                name="incoming_letter_about",
            ),
            models.Index(fields=["read_at"], name="incoming_letter_read"),
            models.Index(fields=["digest"], condition=~Q(digest=""), name="incoming_letter_digest"),
            models.Index(fields=["sender"], condition=~Q(sender=""), name="incoming_letter_sender"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def end(self, state):
        """It was read; what becomes of it."""
        self.state = state
        self.read_at = timezone.now()
        self.is_put_away = False
        self.save()

    def settle(self):
        """Whoever reads the mailbox has dealt with it."""
        self.end(self.State.SETTLED)

    def read_again(self, *kinds):
        """Let the portal deal with it once more, as asking for these."""
        self.kinds, self.is_decided = list(kinds), bool(kinds)
        self.state, self.attempts, self.due_at = self.State.WAITING, 0, timezone.now()
        self.save(update_fields=["kinds", "is_decided", "state", "attempts", "due_at"])
