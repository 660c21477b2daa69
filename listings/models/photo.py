from datetime import timedelta
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from listings.models.listing import Listing


class PhotoQuerySet(models.QuerySet):
    def in_order(self, order):
        """As a list, in the order of these keys."""
        found = self.in_bulk(order)
        return [found[pk] for pk in order if pk in found]

    def ready(self):
        return self.filter(state=Photo.State.READY)

    def due(self):
        """Those that wait, and that no worker is just now at."""
        over = timezone.now() - Photo.LEASE
        return self.filter(
            Q(tried_at=None) | Q(tried_at__lt=over), state=Photo.State.WAITING
        ).order_by("pk")

    def unused(self):
        """What neither an ad nor its change shows; what failed may be read about for a day."""
        yesterday = timezone.now() - timedelta(days=1)
        return (
            self.exclude(listing__photo_order__contains=[F("pk")])
            .exclude(listing__revision__photo_order__contains=[F("pk")])
            .exclude(state=Photo.State.FAILED, uploaded_at__gt=yesterday)
        )


class Photo(models.Model):
    """A picture of an ad, rebuilt from its pixels in a few widths. It never changes."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("cannot be used")

    class Reason(models.TextChoices):
        """Why a file cannot be used, and what helps."""

        EMPTY = "empty", _("The file is empty. Choose it once more.")
        HEAVY = "heavy", _("The file is larger than 10 MB. Save it smaller, then add it again.")
        FORMAT = "format", _("This is no photo in JPEG, PNG, WebP, GIF or AVIF.")
        HEIC = (
            "heic",
            _(
                "Photos in the format HEIC cannot be read here. Save it as JPEG; on an iPhone "
                "choose Settings, Camera, Formats, Most Compatible."
            ),
        )
        LARGE = (
            "large",
            _("The photo has more than 40 megapixels. Save it smaller, then add it again."),
        )
        SMALL = "small", _("The photo is too small: each side needs 100 pixels or more.")
        BROKEN = "broken", _("The file is damaged or did not arrive whole. Add it once more.")

    MOST_PER_LISTING = 15
    # The first is what a row of a list shows, on a screen of two dots a pixel.
    WIDTHS = (208, 320, 640, 1280, 1920)
    # Longer than a worker may be at one, so that two never are.
    LEASE = timedelta(minutes=6)
    MOST_ATTEMPTS = 3

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="photos")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    reason = models.CharField(
        _("reason"),
        max_length=6,
        choices=Reason,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    # What came from the person, in the private storage, and what they call it: only until the
    # photo is ready.
    upload = models.CharField(max_length=80, blank=True, default="", db_default="", editable=False)
    file_name = models.CharField(
        max_length=100, blank=True, default="", db_default="", editable=False
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    tried_at = models.DateTimeField(null=True, editable=False)
    # Of its files, made of what they hold; two photos may share them.
    stem = models.CharField(max_length=64, blank=True, editable=False)
    widths = ArrayField(models.PositiveSmallIntegerField(), default=list, editable=False)
    # Of the largest file.
    width = models.PositiveSmallIntegerField(null=True, editable=False)
    height = models.PositiveSmallIntegerField(null=True, editable=False)
    # Of the picture as a whole, 64 bits: the same for the same picture saved another way. Empty
    # when it is of one colour.
    perceptual_hash = models.BigIntegerField(null=True, editable=False)
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PhotoQuerySet.as_manager()

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
        indexes = [
            models.Index(fields=["stem"], condition=~Q(stem=""), name="photo_files"),
            models.Index(fields=["upload"], condition=~Q(upload=""), name="photo_upload"),
            models.Index(fields=["id"], condition=Q(state="waiting"), name="photo_waiting"),
            models.Index(
                fields=["perceptual_hash"],
                condition=Q(perceptual_hash__isnull=False),
                name="photo_alike",
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"

    @property
    def is_ready(self):
        return self.state == self.State.READY

    @property
    def is_waiting(self):
        return self.state == self.State.WAITING

    def url(self, width: int, kind: str = "jpg") -> str:
        """Of the smallest file at least so wide, or the largest there is; `webp` or `jpg`."""
        return self.url_of(self.width_for(width), kind)

    def width_for(self, width: int) -> int:
        return next((each for each in sorted(self.widths) if each >= width), max(self.widths))

    def srcset(self, kind: str) -> str:
        return ", ".join(f"{self.url_of(each, kind)} {each}w" for each in sorted(self.widths))

    def url_of(self, width, kind):
        return f"{self.beginning_of_urls}-{width}.{kind}"

    @cached_property
    def beginning_of_urls(self):
        """A page of an ad names a hundred files, of a few photos."""
        return default_storage.url(files_of(self.stem))

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
        return f"{files_of(self.stem)}-{width}.{kind}"


def files_of(stem):
    """What the names of all files of a photo begin with."""
    return f"photos/{stem[:2]}/{stem}"
