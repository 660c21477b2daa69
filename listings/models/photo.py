from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listings.models.listing import Listing


class Photo(models.Model):
    """A picture of an ad, rebuilt from its pixels in a few widths. It never changes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("cannot be used")

    MOST_PER_LISTING = 15
    WIDTHS = (320, 640, 1280, 1920)

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="photos")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    # Of its files, made of what they hold; two photos may share them.
    stem = models.CharField(max_length=64, blank=True, editable=False)
    widths = ArrayField(models.PositiveSmallIntegerField(), default=list, editable=False)
    # Of the largest file.
    width = models.PositiveSmallIntegerField(null=True, editable=False)
    height = models.PositiveSmallIntegerField(null=True, editable=False)
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="ready")
                | models.Q(
                    ~models.Q(stem=""),
                    widths__len__gte=1,
                    width__isnull=False,
                    height__isnull=False,
                ),
                name="photo_ready_has_files",
            )
        ]

    def __str__(self):
        return f"№ {self.pk}"

    def url(self, width: int, kind: str = "jpg") -> str:
        """Of the smallest file at least so wide, or the largest there is; `webp` or `jpg`."""
        wide = next((each for each in sorted(self.widths) if each >= width), max(self.widths))
        return default_storage.url(self.path(wide, kind))

    def srcset(self, kind: str) -> str:
        files = ((default_storage.url(self.path(each, kind)), each) for each in sorted(self.widths))
        return ", ".join(f"{url} {width}w" for url, width in files)

    @property
    def webp(self):
        return self.srcset("webp")

    @property
    def jpeg(self):
        return self.srcset("jpg")

    @property
    def small(self):
        return self.url(320)

    def path(self, width, kind):
        return f"photos/{self.stem[:2]}/{self.stem}-{width}.{kind}"
