"""The catalogue as every process remembers it, for menus, the home page, forms and searches."""

import time
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db import Error
from django.db.models import Prefetch
from django.utils.translation import get_language, override

from listings.models import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
    DealType,
)
from listings.units import UNITS_OF_TIME, PriceUnit
from places.atlas import forget_atlas
from places.models import Region, Settlement
from ui import alphabet
from ui.replicas import from_primary

# Seconds: how long a change may go unnoticed, and how long a database that is away is left alone.
LOOKS_EVERY = 1
RESTS_FOR = 60


@dataclass(frozen=True)
class Question:
    """An attribute as a category asks for it."""

    attribute: Attribute
    choices: tuple[Choice, ...]
    is_required: bool

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        return self.attribute.limits


class Catalogue:
    """The whole tree as it was at one moment. Its rows are shared by all requests: only to read.

    Archived categories are not in the tree; by address or number they are still found.
    """

    def __init__(self, version=None, categories=(), attributes=(), regions=()):
        """Categories with their `own_attributes`, attributes with their `choices`, all in order."""
        self.version = version
        self.categories = {category.pk: category for category in categories}
        self.attributes = {attribute.pk: attribute for attribute in attributes}
        self.regions = list(regions)
        self.below = {}
        for category in self.categories.values():
            if self.is_open(category):
                self.below.setdefault(category.parent_id, []).append(category)
        self.questions = {}

    @classmethod
    def read(cls):
        # The version first: what changes after it is read again at the next look.
        version = current_version()
        ordered = ("position", "pk")
        uses = CategoryAttribute.objects.order_by(*ordered).defer("shipped")
        choices = Choice.objects.order_by(*ordered).defer("shipped")
        categories = Category.objects.order_by("place", "pk").defer("shipped")
        return cls(
            version,
            categories.prefetch_related(Prefetch("own_attributes", uses)),
            Attribute.objects.prefetch_related(Prefetch("choices", choices)).defer("shipped"),
            Region.objects.shown(),
        )

    # The tree

    @property
    def sections(self) -> list[Category]:
        return self.children_of(None)

    @cached_property
    def by_slug(self) -> dict[str, Category]:
        return {category.slug: category for category in self.categories.values()}

    @cached_property
    def choices(self) -> dict[int, Choice]:
        """Every choice, also those archived that older ads still show."""
        return {
            choice.pk: choice
            for attribute in self.attributes.values()
            for choice in attribute.choices.all()
        }

    def is_open(self, category: Category) -> bool:
        """Neither it nor anything above it is archived."""
        return not any(one.is_archived for one in (category, *self.above(category)))

    def above(self, category: Category) -> list[Category]:
        """From the section down to its parent."""
        return [self.categories[pk] for pk in category.ancestors]

    def children_of(self, category: Category | None) -> list[Category]:
        return self.below.get(category and category.pk, [])

    def all_below(self, category: Category) -> list[Category]:
        """Everything under it, from top to bottom."""
        found = []
        for child in self.children_of(category):
            found += [child, *self.all_below(child)]
        return found

    def featured_in(self, section: Category) -> list[Category]:
        return [category for category in self.all_below(section) if category.is_featured]

    # Where ads stand

    def regions_in_order(self) -> list[Region]:
        """As readers of the current language expect."""
        return sorted(self.regions, key=lambda one: getattr(one, f"order_{get_language()}"))

    @cached_property
    def towns(self) -> list[Settlement]:
        """The largest first."""
        towns = Settlement.objects.shown().select_related("region", "district", "country")
        with from_primary():
            return list(towns.order_by("-population", "pk"))

    @cached_property
    def towns_by_name(self) -> dict[str, Settlement]:
        """By their folded names, with the region and without; of two with one name the larger."""
        found = {}
        for town in self.towns:
            for language, _name in settings.LANGUAGES:
                with override(language):
                    for name in (str(town), town.name):
                        found.setdefault(alphabet.folded(name), town)
        return found

    # What an ad of a category tells

    @cached_property
    def filters(self) -> dict[str, Attribute]:
        """By their codes, what ads can be searched by."""
        return {
            attribute.code: attribute
            for attribute in self.attributes.values()
            if attribute.is_filterable and not attribute.is_archived
        }

    def attributes_of(self, category: Category) -> list[Question]:
        """Its own first, then those it inherits, from its parent upwards.

        A category that names an inherited attribute again says anew whether it is asked.
        """
        if category.pk not in self.questions:
            uses = {}
            for one in (category, *reversed(self.above(category))):
                for use in one.own_attributes.all():
                    uses.setdefault(use.attribute_id, use)
            self.questions[category.pk] = [
                question
                for use in uses.values()
                if not use.is_hidden and (question := self.question(use))
            ]
        return self.questions[category.pk]

    def question(self, use: CategoryAttribute) -> Question | None:
        attribute = self.attributes[use.attribute_id]
        choices = tuple(one for one in attribute.choices.all() if not one.is_archived)
        if attribute.is_archived or attribute.has_choices and not choices:
            return None
        return Question(attribute, choices, use.is_required)

    def facts_of(self, category: Category) -> list[Question]:
        """The six of a row in a list: as named here or nearest above, else the first filters."""
        questions = self.attributes_of(category)
        for one in (category, *reversed(self.above(category))):
            named = {use.attribute_id: use.fact for use in one.own_attributes.all() if use.fact}
            if named:
                facts = [question for question in questions if question.attribute.pk in named]
                return sorted(facts, key=lambda question: named[question.attribute.pk])
        filters = [question for question in questions if question.attribute.is_filterable]
        return filters[: Category.FACTS]

    def units_of(self, category: Category, deal_type: DealType) -> list[PriceUnit]:
        """What a price may be set for, the usual one first: by time only what is not sold."""
        units = [PriceUnit(unit) for unit in category.units]
        units.sort(key=lambda unit: unit != category.price_unit)
        of_time = [unit for unit in units if unit in UNITS_OF_TIME]
        if deal_type == DealType.RENT:
            return of_time or units
        if deal_type == DealType.SALE:
            return [unit for unit in units if unit not in of_time] or units
        return units


NOTHING = Catalogue()
remembered = {"catalogue": NOTHING, "until": 0.0}


def current_catalogue() -> Catalogue:
    """As it is, or as last known when the database does not answer; its error if never known."""
    if remembered_catalogue() is NOTHING:
        with from_primary():
            remembered["catalogue"] = Catalogue.read()
    return remembered["catalogue"]


def remembered_catalogue() -> Catalogue:
    """For the frame of pages, which must appear without a database: perhaps without any section."""
    if time.monotonic() >= remembered["until"]:
        # First, so that a database that is away keeps one request a minute waiting.
        remembered["until"] = time.monotonic() + RESTS_FOR
        with suppress(Error), from_primary():
            known = remembered["catalogue"]
            if known is NOTHING or known.version != current_version():
                remembered["catalogue"] = Catalogue.read()
            remembered["until"] = time.monotonic() + LOOKS_EVERY
    return remembered["catalogue"]


def current_version():
    return CatalogueVersion.objects.values_list("number", flat=True).first()


def forget_catalogue():
    """The next page of this process reads it again, and the map."""
    remembered.update(catalogue=NOTHING, until=0.0)
    forget_atlas()
