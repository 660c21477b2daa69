from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models.translated import Translated


class Document(models.Model):
    """A text people can rely on. What it says stands in its versions."""

    class Slug(models.TextChoices):
        PRIVACY = "privacy", _("Privacy policy")
        TERMS = "terms", _("User agreement")
        POSTING = "rules-posting", _("Rules for posting information")
        REVIEWS = "rules-reviews", _("Rules for reviews")
        ITEMS = "rules-items", _("Rules for product items")
        ADS = "rules-ads", _("Rules for ads")
        COOKIES = "cookies", _("Cookies")

    slug = models.CharField(_("document"), max_length=20, primary_key=True, choices=Slug)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self):
        return self.get_slug_display()

    def get_absolute_url(self):
        return reverse(f"privacy:{self.slug}")

    @property
    def history_url(self):
        return reverse(f"privacy:{self.slug}-history")


class VersionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)

    def drafts(self):
        return self.filter(published_at__isnull=True)

    def effective(self):
        """Published versions whose day has come; the newest of a document is the one in force."""
        return self.published().filter(effective_at__lte=timezone.now())

    def newest_first(self):
        return self.order_by("-number", "-pk")


class Version(models.Model):
    """A draft, or what it became when it was published: then neither we nor SQL change it."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="versions", verbose_name=_("document")
    )
    number = models.PositiveIntegerField(_("number"), null=True, editable=False)
    title_kk = models.CharField(_("title, in Kazakh"), max_length=200, blank=True)
    title_ru = models.CharField(_("title, in Russian"), max_length=200, blank=True)
    title_en = models.CharField(_("title, in English"), max_length=200, blank=True)
    summary_kk = models.TextField(_("in short, in Kazakh"), max_length=4000, blank=True)
    summary_ru = models.TextField(_("in short, in Russian"), max_length=4000, blank=True)
    summary_en = models.TextField(_("in short, in English"), max_length=4000, blank=True)
    is_material = models.BooleanField(_("material change"), default=False, editable=False)
    effective_at = models.DateTimeField(_("in force from"), null=True, editable=False)
    published_at = models.DateTimeField(_("published at"), null=True, editable=False)
    # What was published, word for word, and its SHA-256, by which everybody can check it.
    record = models.TextField(_("record"), blank=True, editable=False)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    # Of the text shipped with the software that this version was made from, if it was.
    shipped_digest = models.CharField(max_length=64, blank=True, editable=False)

    title = Translated()
    summary = Translated()

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        permissions = [("publish_version", _("Can publish a version of a document"))]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="version_number_once_per_document"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    published_at__isnull=True,
                    number__isnull=True,
                    effective_at__isnull=True,
                    digest="",
                    record="",
                )
                | models.Q(
                    published_at__isnull=False,
                    number__gte=1,
                    effective_at__gte=models.F("published_at"),
                    digest__regex="^[0-9a-f]{64}$",
                )
                & ~models.Q(record=""),
                name="version_published_as_a_whole",
            ),
        ]

    def __str__(self):
        if self.is_published:
            return _("%(document)s, version %(number)d") % {
                "document": self.document,
                "number": self.number,
            }
        return _("%(document)s, draft № %(id)s") % {"document": self.document, "id": self.pk}

    def get_absolute_url(self):
        return reverse(f"privacy:{self.document_id}-version", args=[self.number])

    @property
    def record_url(self):
        return reverse(f"privacy:{self.document_id}-record", args=[self.number])

    @property
    def is_published(self):
        return self.published_at is not None

    def clauses_in_order(self):
        return sorted(self.clauses.all(), key=lambda clause: clause.parts)


class Clause(models.Model):
    """One provision, with its number as its address within the document."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="clauses", verbose_name=_("version")
    )
    number = models.CharField(
        _("number"),
        max_length=20,
        validators=[
            RegexValidator(
                r"\A(0|[1-9]\d{0,3})(\.[1-9]\d{0,3})*\Z",
                _("Numbers separated by points, for example 4 or 4.1 or 4.1.2."),
            )
        ],
    )
    heading_kk = models.CharField(_("heading, in Kazakh"), max_length=250, blank=True)
    heading_ru = models.CharField(_("heading, in Russian"), max_length=250, blank=True)
    heading_en = models.CharField(_("heading, in English"), max_length=250, blank=True)
    text_kk = models.TextField(_("text, in Kazakh"), max_length=20000, blank=True)
    text_ru = models.TextField(_("text, in Russian"), max_length=20000, blank=True)
    text_en = models.TextField(_("text, in English"), max_length=20000, blank=True)
    covers = ArrayField(
        models.CharField(max_length=10),
        verbose_name=_("requirements it covers"),
        default=list,
        blank=True,
    )
    purposes = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("purposes it founds"),
        default=list,
        blank=True,
    )
    is_suspended = models.BooleanField(
        _("suspended"),
        default=False,
        help_text=_(
            "A suspended clause stays readable but does not hold, and what only it "
            "allows stops when the version comes into force."
        ),
    )
    # Made from a register, not written: the table of cookies.
    is_generated = models.BooleanField(default=False, editable=False)

    heading = Translated()
    text = Translated()

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "number"],
                name="clause_number_once_per_version",
                violation_error_message=_("Another clause of this version has this number."),
            )
        ]

    def __str__(self):
        return self.number

    @property
    def parts(self):
        """The number as numbers: 1.10 comes after 1.9."""
        return tuple(int(part) for part in self.number.split("."))

    @property
    def is_section(self):
        return bool(self.heading) and "." not in self.number
