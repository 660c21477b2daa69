from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LeftoverQuerySet(models.QuerySet):
    def due(self):
        return self.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")


class Leftover(models.Model):
    """Files that perhaps nothing names any more: looked at when it is time, and deleted if so.

    The database adds one when a photo or a document goes, by whatever way; listings/leftovers.py
    adds one before it lets a file be written that no row names yet.
    """

    # Of a photo what its files have in common.
    name = models.CharField(max_length=120)
    widths = ArrayField(models.PositiveSmallIntegerField(), default=list)
    due_at = models.DateTimeField()

    objects = LeftoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("file to be deleted")
        verbose_name_plural = _("files to be deleted")
        indexes = [models.Index(fields=["due_at", "id"], name="leftover_due")]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_private(self):
        return not self.name.startswith("photos/")
