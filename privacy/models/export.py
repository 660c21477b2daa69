import secrets
from datetime import timedelta

from django.core.files.storage import storages
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.requests import Request
from privacy.models.subject import Subject


def private_storage():
    return storages["private"]


class ExportQuerySet(models.QuerySet):
    def wanted(self):
        """Those whose request was neither taken back nor refused meanwhile."""
        return self.filter(request__state=Request.State.IN_WORK)

    def due(self):
        """What waits, and what a worker had who did not live to end it."""
        return self.wanted().filter(
            state__in=[Export.State.WAITING, Export.State.BUILDING], due_at__lte=timezone.now()
        )

    def claim(self):
        """Take one of these that is due, or None, for one worker alone."""
        with transaction.atomic():
            export = (
                self.due()
                .order_by("due_at")
                .select_for_update(skip_locked=True, of=["self"])
                .first()
            )
            if export:
                export.claim()
        return export

    def over(self):
        """Copies whose time has come, and those nobody waits for any more."""
        unwanted = ~Q(request__state=Request.State.IN_WORK) & ~Q(state=Export.State.READY)
        return self.exclude(state=Export.State.GONE).filter(
            Q(expires_at__lte=timezone.now()) | unwanted
        )

    def old(self):
        return self.filter(created_at__lte=timezone.now() - Export.KEPT_FOR)


class Export(models.Model):
    """A copy of everything the portal holds on a person: being made, ready for three days, gone."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for its turn")
        BUILDING = "building", _("is being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be made")
        GONE = "gone", _("deleted")

    class Superseded(Exception):
        """Another worker has it by now, or nobody wants it any more."""

    LASTS = timedelta(hours=72)
    KEPT_FOR = timedelta(days=90)
    # Longer than a worker is silent while it writes one batch of rows or one file.
    LEASE = timedelta(minutes=2)
    PAUSE = timedelta(minutes=1)
    MOST_ATTEMPTS = 3

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="exports")
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="export")
    language = models.CharField(_("language"), max_length=2)
    # Where the letter goes; empty once it is written.
    email = models.EmailField(_("e-mail"), blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    rows_done = models.PositiveBigIntegerField(_("entries written"), default=0)
    rows_total = models.PositiveBigIntegerField(_("entries to write"), default=0)
    # Named here before it is written, so that no file ever lies there without its row.
    file = models.FileField(_("file"), storage=private_storage, max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Not before; and while a worker is at it, until when it is left alone.
    due_at = models.DateTimeField(_("not before"), default=timezone.now)
    # Names the kind of trouble and the row, nothing of what stands in it.
    error = models.CharField(_("error"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("asked for at"), default=timezone.now, editable=False)
    ready_at = models.DateTimeField(_("ready since"), null=True, blank=True)
    expires_at = models.DateTimeField(_("is deleted at"), null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of a person's data")
        verbose_name_plural = _("copies of people's data")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(ready_at__isnull=False, expires_at__isnull=False, digest__gt=""),
                name="export_ready_has_file",
            ),
            models.CheckConstraint(condition=~Q(state="gone", file__gt=""), name="export_gone"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["waiting", "building"]),
                name="export_due",
            ),
            models.Index(fields=["expires_at"], condition=~Q(state="gone"), name="export_over"),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_under_way(self):
        return self.state in (self.State.WAITING, self.State.BUILDING)

    @property
    def is_fetchable(self):
        return self.state == self.State.READY and self.expires_at > timezone.now()

    # Verbs of the worker. What it says counts only while it is the last to have claimed it.

    def claim(self):
        """The caller holds the row's lock."""
        self.remove_file()
        if self.attempts >= self.MOST_ATTEMPTS:
            # Whoever was at it before did not live to say why.
            self.state, self.file, self.error = self.State.FAILED, "", "Killed"
            self.save(update_fields=["state", "file", "error"])
            return
        self.state = self.State.BUILDING
        self.attempts += 1
        self.due_at = timezone.now() + self.LEASE
        self.file = f"exports/{secrets.token_hex(16)}.zip"
        self.rows_done = self.rows_total = 0
        self.save(update_fields=["state", "attempts", "due_at", "file", "rows_done", "rows_total"])

    def go_on(self, **columns):
        """Say how far it is; raises `Superseded`."""
        mine = Export.objects.wanted().filter(
            pk=self.pk, state=self.State.BUILDING, attempts=self.attempts
        )
        if not mine.update(**{"due_at": timezone.now() + self.LEASE} | columns):
            raise self.Superseded

    def finish(self, size, digest):
        now = timezone.now()
        self.state, self.size, self.digest = self.State.READY, size, digest
        self.ready_at, self.expires_at = now, now + self.LASTS
        names = ("state", "size", "digest", "ready_at", "expires_at")
        self.go_on(error="", **{name: getattr(self, name) for name in names})

    def stumble(self, error):
        """Try again in a while, or give up."""
        is_last = self.attempts >= self.MOST_ATTEMPTS
        self.state = self.State.FAILED if is_last else self.State.WAITING
        self.go_on(state=self.state, error=error, due_at=timezone.now() + self.PAUSE)

    # Verbs of others.

    def begin_again(self):
        """After it failed; does nothing otherwise."""
        return (
            Export.objects.wanted()
            .filter(pk=self.pk, state=self.State.FAILED)
            .update(state=self.State.WAITING, attempts=0, due_at=timezone.now(), error="")
        )

    def discard(self):
        """The file goes, the row stays for a while. Twice is as good as once."""
        with transaction.atomic():
            locked = Export.objects.select_for_update().get(pk=self.pk)
            locked.remove_file()
            locked.state, locked.file, locked.email = self.State.GONE, "", ""
            locked.save(update_fields=["state", "file", "email"])

    def remove_file(self):
        if name := self.file.name:
            # A file cannot be rolled back: it goes once the row has forgotten it for good.
            transaction.on_commit(lambda: private_storage().delete(name))


class Grant(models.Model):
    """Leave to fetch a copy once, given to somebody who has just proved who they are."""

    LASTS = timedelta(minutes=10)

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="grants")
    # Of a random number in the session of whoever asked.
    digest = models.CharField(max_length=64, unique=True)
    given_at = models.DateTimeField(_("given at"), default=timezone.now, editable=False)
    used_at = models.DateTimeField(_("fetched at"), null=True, editable=False)

    class Meta:
        verbose_name = _("leave to fetch a copy")
        verbose_name_plural = _("leaves to fetch a copy")

    def __str__(self):
        return f"№ {self.pk}"
