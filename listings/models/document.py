from django.core.files.storage import storages
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listings.models.listing import Listing


def private_storage():
    return storages["private"]


class DocumentQuerySet(models.QuerySet):
    def in_order(self, order):
        """As a list, in the order of these keys."""
        found = self.in_bulk(order)
        return [found[pk] for pk in order if pk in found]

    def unused(self):
        return self.exclude(listing__document_order__contains=[F("pk")]).exclude(
            listing__revision__document_order__contains=[F("pk")]
        )

    def open_by_address(self):
        """Those of ads that whoever has the address sees, as approved."""
        return self.filter(
            listing__in=Listing.objects.open_by_address(),
            listing__document_order__contains=[F("pk")],
        )


class Document(models.Model):
    """A price list, a certificate: a file of an ad that is only ever handed out whole."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        XLSX = "xlsx", "XLSX"

    MOST_PER_LISTING = 5
    CONTENT_TYPES = {
        Kind.PDF: "application/pdf",
        Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    file = models.FileField(_("file"), storage=private_storage, max_length=80)
    size = models.PositiveIntegerField(_("size in bytes"))
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["file"], name="document_file")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["pdf", "xlsx"]), name="document_kind_known"
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def get_absolute_url(self):
        return reverse("listings:document", args=[self.listing_id, self.pk])

    @property
    def content_type(self):
        return self.CONTENT_TYPES[self.kind]
