import re
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from lucide import IconDoesNotExist

from listings.units import SIGNS, PriceUnit
from privacy.models.translated import Translated
from ui.drawings import drawing

IN_BRACKETS = re.compile(r"\s*\([^)]*\)")


class DealType(models.TextChoices):
    SALE = "sale", _("For sale")
    WANTED = "wanted", _("Wanted")
    RENT = "rent", _("For rent")
    SERVICE = "service", _("Service")


class PriceKind(models.TextChoices):
    EXACT = "exact", _("exact price")
    FROM = "from", _("price from")
    RANGE = "range", _("price from and to")
    NEGOTIABLE = "negotiable", _("negotiable price")
    ON_REQUEST = "on_request", _("price on request")


def every_price_kind():
    return PriceKind.values


def can_be_drawn(icon):
    try:
        drawing(icon)
    except IconDoesNotExist as error:
        raise ValidationError(_("There is no icon with this name.")) from error


code_of_words = RegexValidator(
    r"\A[a-z0-9_]+\Z", _("Small Latin letters, digits and underscores only.")
)
icon_name = RegexValidator(r"\A[a-z0-9-]+\Z", _("Small Latin letters, digits and hyphens only."))


class CategoryQuerySet(models.QuerySet):
    def lock_tree(self):
        """Until the transaction ends nobody else rearranges the tree."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalogue'))")

    def refile(self):
        """Bring paths and order of the whole tree in line with parents and positions.

        Refuses a tree that is none. Returns the categories whose path has changed.
        """
        self.lock_tree()
        below = {}
        for category in self.order_by("position", "pk"):
            below.setdefault(category.parent_id, []).append(category)
        filed = [
            (category, ancestors)
            for category, ancestors in branches(below, parent_id=None, ancestors=[])
        ]
        if len(filed) < sum(map(len, below.values())):
            raise Category.Misplaced(_("A category cannot stand under itself."))
        moved, changed = [], []
        for number, (category, ancestors) in enumerate(filed):
            if len(ancestors) >= Category.LEVELS:
                raise Category.Misplaced(
                    _("“%(category)s” would stand too deep: the catalogue has three levels.")
                    % {"category": category}
                )
            if category.ancestors != ancestors:
                moved.append(category)
            if (category.ancestors, category.place) != (ancestors, number):
                category.ancestors, category.place = ancestors, number
                changed.append(category)
        self.bulk_update(changed, ["ancestors", "place"])
        return moved


def branches(below, parent_id, ancestors):
    for category in below.get(parent_id, []):
        yield category, ancestors
        yield from branches(below, category.pk, [*ancestors, category.pk])


class Category(models.Model):
    """A place of the catalogue. It asks for the attributes of those above it and its own."""

    class Misplaced(Exception):
        """The tree would not be a tree, or too deep; the reason is a sentence for people."""

    LEVELS = 3
    FACTS = 6

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("stands under"),
    )
    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        help_text=_("It stands in the addresses of pages and cannot be changed later."),
    )
    name_kk = models.CharField(_("name, in Kazakh"), max_length=80)
    name_ru = models.CharField(_("name, in Russian"), max_length=80)
    name_en = models.CharField(_("name, in English"), max_length=80)
    icon = models.CharField(
        _("icon"),
        max_length=40,
        default="package",
        validators=[icon_name, can_be_drawn],
        help_text=_("The name of an icon of the portal or of Lucide."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Its place among its neighbours.")
    )
    is_featured = models.BooleanField(
        _("on the home page"), default=False, help_text=_("Named there under its section.")
    )
    deal_types = ArrayField(
        models.CharField(max_length=10, choices=DealType), verbose_name=_("deals allowed")
    )
    units = ArrayField(
        models.CharField(max_length=10, choices=PriceUnit), verbose_name=_("units of the price")
    )
    price_unit = models.CharField(
        _("usual unit"),
        max_length=10,
        choices=PriceUnit,
        default=PriceUnit.PIECE,
        help_text=_("Prices are compared by this unit."),
    )
    price_kinds = ArrayField(
        models.CharField(max_length=10, choices=PriceKind),
        verbose_name=_("kinds of price"),
        default=every_price_kind,
    )
    expiry_days = models.PositiveSmallIntegerField(
        _("days an ad stays"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    is_archived = models.BooleanField(
        _("archived"),
        default=False,
        help_text=_("Takes no new ads and is shown nowhere, nor is what stands under it."),
    )
    # The way to it from the top, and its number when the whole tree is read from top to bottom.
    ancestors = ArrayField(models.BigIntegerField(), default=list, editable=False)
    place = models.PositiveIntegerField(default=0, editable=False)
    # What the shipped data said when it was last loaded; see places/shipped.py.
    shipped = models.JSONField(null=True, editable=False)

    name = Translated()

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["place"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="category_not_under_itself",
                violation_error_message=_("A category cannot stand under itself."),
            ),
            models.CheckConstraint(
                condition=Q(deal_types__len__gte=1, price_kinds__len__gte=1),
                name="category_allows_something",
                violation_error_message=_("Allow at least one deal and one kind of price."),
            ),
            models.CheckConstraint(
                condition=Q(units__contains=[F("price_unit")]),
                name="category_usual_unit_is_allowed",
                violation_error_message=_("The usual unit is not among the units of the price."),
            ),
            models.CheckConstraint(
                condition=Q(expiry_days__range=(1, 365)), name="category_expires_within_a_year"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("listings:category", args=[self.slug])

    @property
    def level(self):
        """0 is a section, which stands on the home page."""
        return len(self.ancestors)


class Attribute(models.Model):
    """Something that ads of some categories tell, and how it is told."""

    class Type(models.TextChoices):
        NUMBER = "number", pgettext_lazy("kind of value", "number")
        YEAR = "year", pgettext_lazy("kind of value", "year")
        CHOICE = "choice", _("one of several")
        CHOICES = "choices", _("several of several")
        YES_NO = "yes_no", _("yes or no")
        TEXT = "text", pgettext_lazy("kind of value", "text")

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[code_of_words],
        help_text=_("It stands in the addresses of searches and cannot be changed later."),
    )
    name_kk = models.CharField(_("name, in Kazakh"), max_length=80)
    name_ru = models.CharField(_("name, in Russian"), max_length=80)
    name_en = models.CharField(_("name, in English"), max_length=80)
    help_kk = models.CharField(_("explanation, in Kazakh"), max_length=200, blank=True)
    help_ru = models.CharField(_("explanation, in Russian"), max_length=200, blank=True)
    help_en = models.CharField(_("explanation, in English"), max_length=200, blank=True)
    type = models.CharField(
        _("type"),
        max_length=10,
        choices=Type,
        help_text=_("It cannot be changed later: ads keep what was told by it."),
    )
    unit = models.CharField(
        _("unit"), max_length=10, choices=[(key, sign) for key, sign in SIGNS.items()], blank=True
    )
    decimals = models.PositiveSmallIntegerField(
        _("decimal places"), default=0, validators=[MaxValueValidator(4)]
    )
    minimum = models.DecimalField(
        _("smallest"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    maximum = models.DecimalField(
        _("largest"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    is_filterable = models.BooleanField(_("can be searched by"), default=True)
    is_archived = models.BooleanField(
        _("archived"), default=False, help_text=_("Asked no more; older ads keep showing it.")
    )
    shipped = models.JSONField(null=True, editable=False)

    name = Translated()
    help = Translated()

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["number", "year"])
                | Q(minimum__isnull=True, maximum__isnull=True),
                name="attribute_limits_are_of_numbers",
                violation_error_message=_("Only numbers and years have a smallest and a largest."),
            ),
            models.CheckConstraint(
                condition=Q(type="number") | Q(unit="", decimals=0),
                name="attribute_unit_is_of_numbers",
                violation_error_message=_("Only numbers have a unit and decimal places."),
            ),
            models.CheckConstraint(
                condition=Q(minimum__lte=F("maximum"))
                | Q(minimum__isnull=True)
                | Q(maximum__isnull=True),
                name="attribute_limits_in_order",
                violation_error_message=_("The smallest is larger than the largest."),
            ),
            models.CheckConstraint(
                condition=Q(decimals__lte=4), name="attribute_four_decimals_at_most"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def short_name(self):
        """Over a value in a row, where what the brackets explain has no room."""
        return IN_BRACKETS.sub("", self.name)

    @property
    def sign(self):
        """What stands behind the number."""
        return SIGNS.get(self.unit, "")

    @property
    def has_choices(self):
        return self.type in (self.Type.CHOICE, self.Type.CHOICES)

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        """A year without a largest ends with the next one: crops and machines are sold ahead."""
        if self.type == self.Type.YEAR and self.maximum is None:
            return self.minimum, Decimal(timezone.localdate().year + 1)
        return self.minimum, self.maximum


class Choice(models.Model):
    """One answer of an attribute that has a list of them."""

    attribute = models.ForeignKey(
        Attribute,
        on_delete=models.PROTECT,
        related_name="choices",
        verbose_name=_("attribute"),
        limit_choices_to={"type__in": ["choice", "choices"]},
    )
    code = models.CharField(_("code"), max_length=40, validators=[code_of_words])
    name_kk = models.CharField(_("name, in Kazakh"), max_length=80)
    name_ru = models.CharField(_("name, in Russian"), max_length=80)
    name_en = models.CharField(_("name, in English"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_archived = models.BooleanField(_("archived"), default=False)
    shipped = models.JSONField(null=True, editable=False)

    name = Translated()

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["attribute", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attribute", "code"],
                name="choice_code_once_per_attribute",
                violation_error_message=_("Another choice of this attribute has this code."),
            )
        ]

    def __str__(self):
        return self.name


class CategoryAttribute(models.Model):
    """An attribute where it begins: in this category and, inherited, in all below it."""

    category = models.ForeignKey(
        Category,
        on_delete=models.CASCADE,
        related_name="own_attributes",
        verbose_name=_("category"),
    )
    attribute = models.ForeignKey(
        Attribute,
        on_delete=models.PROTECT,
        related_name="places",
        verbose_name=_("attribute"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_required = models.BooleanField(_("required"), default=False)
    is_hidden = models.BooleanField(
        _("hidden"),
        default=False,
        help_text=_("Not asked from here down, though it is inherited."),
    )
    fact = models.PositiveSmallIntegerField(
        _("fact"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(Category.FACTS)],
        help_text=_("1 to 6: its place in the row of a list. None given: the first six."),
    )
    shipped = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("attribute of the category")
        verbose_name_plural = _("attributes of the category")
        ordering = ["category", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["category", "attribute"],
                name="attribute_once_per_category",
                violation_error_message=_("The category has this attribute already."),
            ),
            models.UniqueConstraint(
                fields=["category", "fact"],
                name="fact_once_per_category",
                violation_error_message=_("Two attributes want the same place in the row."),
            ),
            models.CheckConstraint(condition=Q(fact__range=(1, 6)), name="fact_one_to_six"),
        ]

    def __str__(self):
        return str(self.attribute)


class CatalogueVersion(models.Model):
    """The one row that a trigger changes with any change of the four tables above.

    A process that remembers the catalogue knows by it when to read it again.
    """

    number = models.UUIDField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="catalogue_version_is_one_row")
        ]

    def __str__(self):
        return str(self.number)
