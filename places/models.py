from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from privacy.models.translated import Translated
from ui.alphabet import sort_key


class SortKeyField(models.CharField):
    """Where a name stands among others; it follows the name whenever the row is saved."""

    def __init__(self, of, **options):
        self.of = of
        super().__init__(
            **{"max_length": 200, "default": "", "editable": False, "db_collation": "C"} | options
        )

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        return name, path, arguments, options | {"of": self.of}

    def pre_save(self, row, add):
        key = sort_key(getattr(row, self.of), language=self.of[-2:])
        setattr(row, self.attname, key)
        return key


class PlaceQuerySet(models.QuerySet):
    def shown(self):
        return self.filter(is_archived=False)

    def in_order(self):
        """By name, as readers of the current language expect."""
        return self.order_by(f"order_{get_language()}", "pk")


class Place(models.Model):
    """What has a name in three languages, and a place among others by it."""

    name_kk = models.CharField(_("name, in Kazakh"), max_length=80)
    name_ru = models.CharField(_("name, in Russian"), max_length=80)
    name_en = models.CharField(_("name, in English"), max_length=80)
    order_kk = SortKeyField(of="name_kk")
    order_ru = SortKeyField(of="name_ru")
    order_en = SortKeyField(of="name_en")
    is_archived = models.BooleanField(_("archived"), default=False)

    name = Translated()

    objects = PlaceQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return self.name


class Country(Place):
    code = models.CharField(
        _("code"),
        max_length=2,
        primary_key=True,
        validators=[RegexValidator(r"\A[A-Z]{2}\Z", _("Two capital letters of ISO 3166."))],
    )
    shipped = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")


class Region(Place):
    class Kind(models.TextChoices):
        REGION = "region", _("region")
        CITY = "city", _("city of republican rank")

    code = models.CharField(
        _("code"),
        max_length=6,
        primary_key=True,
        validators=[
            RegexValidator(r"\A[A-Z]{2}-[A-Z0-9]{1,3}\Z", _("A code of ISO 3166-2, as KZ-39."))
        ],
    )
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, related_name="regions", verbose_name=_("country")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.REGION)
    full_name_kk = models.CharField(_("full name, in Kazakh"), max_length=120)
    full_name_ru = models.CharField(_("full name, in Russian"), max_length=120)
    full_name_en = models.CharField(_("full name, in English"), max_length=120)
    # Of its centre: where an ad stands that names no settlement.
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5)
    shipped = models.JSONField(null=True, editable=False)

    full_name = Translated()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="region_on_the_globe",
                violation_error_message=_("There is no such place on the globe."),
            )
        ]

    def __str__(self):
        return self.full_name


class District(Place):
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="districts", verbose_name=_("region")
    )

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def __str__(self):
        return f"{self.name}, {self.region}"


class Settlement(Place):
    """A city, town or village. Of a foreign country its region is not known."""

    geonames_id = models.PositiveIntegerField(
        _("number at GeoNames"), null=True, blank=True, unique=True
    )
    country = models.ForeignKey(
        Country, on_delete=models.PROTECT, related_name="settlements", verbose_name=_("country")
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="settlements",
        verbose_name=_("region"),
    )
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="settlements",
        verbose_name=_("district"),
    )
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5)
    population = models.PositiveIntegerField(_("inhabitants"), default=0)
    shipped = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="settlement_on_the_globe",
                violation_error_message=_("There is no such place on the globe."),
            ),
            models.CheckConstraint(
                condition=Q(district__isnull=True) | Q(region__isnull=False),
                name="settlement_district_with_region",
                violation_error_message=_("Name the region of the district too."),
            ),
        ]

    def __str__(self):
        """Villages share names: the region, and the district if it is known, tell them apart."""
        if self.region is None:
            return f"{self.name}, {self.country}"
        # A city that is a region of its own need not be said twice.
        if self.region.kind == Region.Kind.CITY and self.region.name == self.name:
            return self.name
        return ", ".join(str(part) for part in (self.name, self.district or self.region))

    def clean(self):
        if self.region and self.region.country_id != self.country_id:
            raise ValidationError({"region": _("This region lies in another country.")})
        if self.district and self.district.region_id != self.region_id:
            raise ValidationError({"district": _("This district lies in another region.")})
