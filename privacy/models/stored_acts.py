import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.subject import Subject


class StoredAct(models.Model):
    """An erasure or a withdrawal, which a restored backup must not undo.

    It also stands in a store outside the database, under its number; without one it waits to be
    written there. See `privacy.tombstones`.
    """

    class Kind(models.TextChoices):
        ERASURE = "erasure", _("deletion")
        WITHDRAWAL = "withdrawal", _("withdrawal of consent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # Of somebody whom a restored database may not know (any more, or yet).
    subject = models.ForeignKey(
        Subject, on_delete=models.DO_NOTHING, db_constraint=False, related_name="stored_acts"
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    # Of an erasure the digests by which the person is recognised, of a withdrawal what the
    # ledger says; no address, number or name.
    content = models.JSONField(_("content"), default=dict)
    # Of the record, which several may share.
    number = models.PositiveBigIntegerField(_("number in the store"), null=True)
    # The store has it from after the backup that was restored: it is still to be done again.
    is_due = models.BooleanField(_("to be done again"), default=False)

    class Meta:
        verbose_name = _("act kept outside the database")
        verbose_name_plural = _("acts kept outside the database")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["erasure", "withdrawal"]), name="stored_act_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="stored_act_number"),
            models.Index(fields=["at"], condition=Q(number=None), name="stored_act_waits"),
            models.Index(fields=["number"], condition=Q(is_due=True), name="stored_act_due"),
        ]

    def __str__(self):
        return str(self.id)


class ComparedDatabase(models.Model):
    """The database that was last found to know all the store knows: this one, unless this row came
    out of a backup.
    """

    name = models.CharField(max_length=80, unique=True)

    class Meta:
        verbose_name = _("database compared with the store")
        verbose_name_plural = _("databases compared with the store")

    def __str__(self):
        return self.name
