"""What is searched for: the one form of a search, from the address of a page and back to it.

Whatever makes no sense in an address is left out. Two addresses that mean the same give the same
`canonical`, which keeps neither the page of results nor how they are shown apart.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.db import models
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from listings.catalogue import Catalogue, current_catalogue
from listings.models import Attribute, Category, Choice, DealType
from places.models import Settlement
from ui import alphabet

Type = Attribute.Type
LONGEST = 80
MOST_KM = 2000
MOST_FILTERS = 30
NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?", re.ASCII)
# Also what XML cannot say, for the feed of a search.
CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]+")


class Sort(models.TextChoices):
    NEW = "new", _("newest first")
    PRICE = "price", _("cheapest first")
    DEAREST = "-price", _("dearest first")
    NEAREST = "nearest", _("nearest first")
    RELEVANCE = "relevance", _("best match first")


class View(models.TextChoices):
    LIST = "list", _("List")
    TABLE = "table", _("Table")
    CARDS = "cards", _("Cards")


@dataclass(frozen=True)
class Range:
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class Query:
    category: Category | None = None
    q: str = ""
    deal: str = ""
    # Codes.
    regions: tuple[str, ...] = ()
    near: Settlement | None = None
    km: int | None = None
    price: Range | None = None
    no_price: bool = False
    # Of each attribute the choices asked for, yes or no, or a range.
    answers: dict[Attribute, tuple[Choice, ...] | bool | Range] = field(default_factory=dict)
    sort: str = ""
    view: str = ""
    after: str = ""

    @classmethod
    def from_request(cls, data: QueryDict, category: Category | None = None) -> "Query":
        catalogue = current_catalogue()
        near = town(catalogue, last(data, "near"))
        asked_sort, view = last(data, "sort"), last(data, "view")
        q = CONTROL.sub(" ", last(data, "q")).strip()[:LONGEST].strip()
        known = {region.code: region for region in catalogue.regions}
        deal = last(data, "deal")
        km = last(data, "km")
        query = cls(
            category=category,
            q=" ".join(q.split()),
            deal=deal if deal in DealType else "",
            regions=tuple(sorted(set(data.getlist("region")) & known.keys())),
            near=near,
            km=int(km) if near and re.fullmatch(r"[1-9]\d{0,3}", km, re.ASCII) else None,
            price=range_of(data, "price", Decimal(0)),
            no_price=last(data, "no_price") == "1",
            answers=answers_of(data, catalogue),
            sort=asked_sort if asked_sort in Sort else "",
            view=view if view in View and view != View.LIST else "",
            after=last(data, "after")[:100],
        )
        return query.in_order()

    def in_order(self) -> "Query":
        """Without what has no effect here."""
        km = min(self.km, MOST_KM) if self.km else None
        sort = self.sort
        if sort == Sort.NEAREST and not self.near or sort == Sort.RELEVANCE and not self.q:
            sort = ""
        if sort == self.usual_sort:
            sort = ""
        by_price = self.price or sort in (Sort.PRICE, Sort.DEAREST)
        return replace(self, km=km, sort=sort, no_price=self.no_price and bool(by_price))

    @property
    def usual_sort(self):
        return Sort.RELEVANCE if self.q else Sort.NEW

    @property
    def order(self) -> Sort:
        return Sort(self.sort or self.usual_sort)

    @property
    def is_by_price(self):
        return self.order in (Sort.PRICE, Sort.DEAREST)

    @property
    def shown_as(self) -> View:
        return View(self.view or View.LIST)

    @cached_property
    def parameters(self) -> list[tuple[str, str]]:
        """In the order of their names, without empty ones, page and view."""
        found = [
            ("q", self.q),
            ("deal", self.deal),
            *(("region", code) for code in self.regions),
            ("near", str(self.near.pk) if self.near else ""),
            ("km", str(self.km or "")),
            *written("price", self.price),
            ("no_price", "1" if self.no_price else ""),
            ("sort", self.sort),
        ]
        for attribute, value in self.answers.items():
            name = f"a.{attribute.code}"
            match value:
                case Range():
                    found += written(name, value)
                case bool():
                    found.append((name, "yes" if value else "no"))
                case _:
                    found += [(name, choice.code) for choice in value]
        return sorted((name, value) for name, value in found if value)

    @property
    def canonical(self) -> str:
        return urlencode(self.parameters)

    @property
    def path(self) -> str:
        return self.category.get_absolute_url() if self.category else reverse("listings:index")

    @property
    def url(self) -> str:
        """Of the first page of it."""
        shown = urlencode([*self.parameters, *([("view", self.view)] if self.view else [])])
        return f"{self.path}?{shown}" if shown else self.path

    def at(self, after: str) -> str:
        """The address of the page that begins behind this place."""
        return f"{self.url}{'&' if '?' in self.url else '?'}{urlencode({'after': after})}"

    def seen_as(self, view: View) -> "Query":
        return replace(self, view="" if view == View.LIST else view, after="")

    def newest_first(self) -> "Query":
        usual = Sort.NEW if self.q else ""
        return replace(self, sort=usual, view="", after="").in_order()

    @property
    def elsewhere(self) -> set[str]:
        """Parameters that the form of this category has no field for."""
        told = current_catalogue().attributes_of(self.category) if self.category else []
        told = {question.attribute for question in told}
        names = {f"a.{attribute.code}" for attribute in self.answers if attribute not in told}
        return {f"{name}{end}" for name in names for end in ("", "_from", "_to")}

    @property
    def filters(self) -> list[str]:
        """What narrows it, beside its category."""
        found = [name for name in ("q", "deal", "near", "price") if getattr(self, name)]
        found += [f"region:{code}" for code in self.regions]
        for attribute, value in self.answers.items():
            if isinstance(value, tuple):
                found += [f"a.{attribute.code}:{choice.code}" for choice in value]
            else:
                found.append(f"a.{attribute.code}")
        return found

    def within(self, category: Category | None) -> "Query":
        """The same elsewhere in the catalogue, where its ads tell of what is asked."""
        told = set()
        if category:
            questions = current_catalogue().attributes_of(category)
            told = {question.attribute for question in questions}
        answers = {one: value for one, value in self.answers.items() if one in told}
        return replace(self, category=category, answers=answers, after="").in_order()

    def without(self, *names: str) -> "Query":
        """Without these filters, as `filters` names them; `region` is all regions."""
        query = replace(self, after="")
        for name in names:
            query = query.without_one(name)
        return query.in_order()

    def without_one(self, name):
        kind, _colon, value = name.partition(":")
        if kind == "near":
            return replace(self, near=None, km=None)
        if kind == "region":
            left = tuple(code for code in self.regions if value and code != value)
            return replace(self, regions=left)
        if not kind.startswith("a."):
            return replace(self, **{kind: None if kind == "price" else ""})
        answers = dict(self.answers)
        attribute = next(one for one in answers if f"a.{one.code}" == kind)
        left = value and tuple(choice for choice in answers[attribute] if choice.code != value)
        if left:
            answers[attribute] = left
        else:
            del answers[attribute]
        return replace(self, answers=answers)


def last(data, name):
    return data.get(name, "").replace("\x00", "").strip()


def number(text):
    """As people write numbers: 1 250 000,50."""
    text = re.sub(r"[\s\u00a0\u202f']", "", text).replace(",", ".")
    return Decimal(text) if NUMBER.fullmatch(text) else None


def range_of(data, name, smallest=None):
    low, high = number(last(data, f"{name}_from")), number(last(data, f"{name}_to"))
    if smallest is not None:
        low, high = (one if one is None or one >= smallest else None for one in (low, high))
    if low is not None and high is not None and high < low:
        low, high = high, low
    return None if low is None and high is None else Range(low, high)


def written(name, asked):
    if asked is None:
        return []
    return [
        (f"{name}_{end}", f"{value.normalize():f}")
        for end, value in (("from", asked.low), ("to", asked.high))
        if value is not None
    ]


def town(catalogue: Catalogue, text: str) -> Settlement | None:
    """By its key, or by its name as it is written on the portal or by people."""
    if text.isascii() and text.isdecimal():
        return next((one for one in catalogue.towns if str(one.pk) == text), None)
    name = alphabet.folded(text[:LONGEST])
    return catalogue.towns_by_name.get(name) if name else None


def answers_of(data, catalogue):
    found = {}
    for name in sorted(data.keys()):
        if not name.startswith("a.") or len(found) == MOST_FILTERS:
            continue
        attribute = catalogue.filters.get(name[2:])
        if attribute is None:
            attribute = catalogue.filters.get(re.sub(r"_(?:from|to)\Z", "", name[2:]))
            if attribute and attribute.type in (Type.NUMBER, Type.YEAR):
                asked = range_of(data, f"a.{attribute.code}")
            else:
                continue
        elif attribute.has_choices:
            codes = set(data.getlist(name))
            asked = tuple(one for one in attribute.choices.all() if one.code in codes)
        elif attribute.type == Type.YES_NO:
            asked = {"yes": True, "no": False}.get(last(data, name))
        else:
            continue
        if asked is not None and asked != ():
            found[attribute] = asked
    return found
