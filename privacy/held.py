"""What is held about one person, kind by kind and row by row, as the data map declares it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db import models, transaction
from django.db.models import Count, Value
from django.utils.formats import date_format, localize
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from phonenumber_field.phonenumber import PhoneNumber

from privacy.data_map import DATA_MAP, OPAQUE, Described, People, Personal
from privacy.labels import LANGUAGES, label_of
from privacy.models import Disclosure, StaffAccess, Subject

ON_A_PAGE = 20
LATEST = 10
# Whoever sat down at somebody's open account must not carry the keys away.
SECRET = {"access.password", "access.factor", "access.session", "contact.digest"}
# By what people call a row to which another one points.
NAMES = ["title", "name", "number"]


@dataclass(frozen=True)
class Kind:
    """One table, and how many of its rows are about the person."""

    described: Described
    count: int

    @property
    def name(self):
        return self.described.table

    @property
    def title(self):
        return self.described.title


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    # None: it is stored, and never shown.
    value: str | None
    declared: Personal
    ends_at: datetime | None
    # Who got to see it, and when.
    given_to: list[Disclosure]
    looked_at: list[StaffAccess]


@dataclass(frozen=True)
class Row:
    pk: object
    title: str
    fields: list[Field]
    is_removable: bool

    @property
    def ends_at(self):
        """If it is the same day for all of it; of a field alone otherwise."""
        return self.of_all("ends_at")

    @property
    def given_to(self):
        return self.of_all("given_to")

    @property
    def looked_at(self):
        return self.of_all("looked_at")

    def of_all(self, name):
        found = [getattr(field, name) for field in self.fields]
        return found[0] if found and all(one == found[0] for one in found) else None


def overview_of(person: Subject) -> dict:
    """What a page says first: how much of what, and who was the last to see any of it."""
    family = Subject.families([person])
    kinds = kinds_of(family)
    return {
        "kinds": [kind for kind in kinds if kind.count],
        "empty": sorted({str(kind.title) for kind in kinds if not kind.count}),
        "given": [
            (one, words_of_columns(one.fields))
            for one in Disclosure.objects.visible().filter(subject__in=family)[:LATEST]
        ],
        "looks": [
            (one, words_of_columns(one.fields))
            for one in StaffAccess.objects.filter(subject__in=family)[:LATEST]
        ],
    }


def kinds_of(family: set) -> list[Kind]:
    """Every kind there is, in the order of the map; each table is counted, none is read."""
    tables = [described for described in DATA_MAP.values() if described.is_personal]
    counts = [
        described.told(described.rows_of_family(family))
        .order_by()
        .values(held_kind=Value(place))
        .annotate(held_rows=Count("*"))
        for place, described in enumerate(tables)
    ]
    found = {one["held_kind"]: one["held_rows"] for one in counts[0].union(*counts[1:], all=True)}
    return [Kind(described, found.get(place, 0)) for place, described in enumerate(tables)]


def kind_named(table: str) -> Described | None:
    for described in DATA_MAP.values():
        if described.table == table and described.is_personal:
            return described
    return None


def page_of_rows(person: Subject, described: Described, number) -> Page:
    """A page of rows as people read them: what is empty is left out."""
    points = [
        name
        for name in described.personal_fields
        if described.model._meta.get_field(name).is_relation
    ]
    ends = {name for declared in described.personal_fields.values() for name in path_of(declared)}
    family = Subject.families([person])
    rows = described.told(described.rows_of_family(family))
    rows = rows.order_by("-pk").select_related(*points, *ends)
    page = Paginator(rows, ON_A_PAGE).get_page(number)
    page.object_list = list(in_words(family, described, list(page.object_list)))
    return page


def path_of(declared):
    """The rows to which the rule of retention looks."""
    before, _sign, _last = declared.kept.moment_in_row.rpartition("__")
    return [before] if before else []


def in_words(family, described, rows) -> Iterator[Row]:
    names = [str(row) for row in rows] if described.is_ours else []
    given = Disclosure.objects.visible().filter(subject__in=family, about__in=names)
    looks = StaffAccess.objects.filter(subject__in=family, about__in=names)
    given, looks = (list(seen) if names else [] for seen in (given, looks))
    removable = removable_among(described, rows)
    for row in rows:
        title = str(row) if described.is_ours else ""
        fields = [
            Field(
                name,
                words_of_column(described, name),
                words,
                declared,
                declared.kept.ends(row),
                [one for one in given if one.about == title and name in one.fields],
                [one for one in looks if one.about == title and name in one.fields],
            )
            for name, declared in described.personal_fields.items()
            if (words := value_of(row, name, declared)) != ""
        ]
        yield Row(row.pk, title, fields, row.pk in removable)


def remove(person: Subject, described: Described, pk) -> bool:
    """Take out of this row what the person gave; False if it cannot go now."""
    with transaction.atomic():
        own = described.rows_of(person).filter(pk=pk).values("pk")
        rows = described.model._default_manager.filter(pk__in=own)
        keys = list(described.remove.may(rows).select_for_update().values_list("pk", flat=True))
        if keys:
            described.remove.carry_out(described.model._default_manager.filter(pk__in=keys))
    return bool(keys)


def removable_among(described, rows):
    if described.remove is None or not rows:
        return set()
    these = described.model._default_manager.filter(pk__in=[row.pk for row in rows])
    return set(described.remove.may(these).values_list("pk", flat=True))


def words_of_column(described: Described, name: str) -> str:
    declared = described.personal_fields[name]
    label = label_of(name, described.model._meta.get_field(name))
    return capfirst(label or str(declared.category_words))


def value_of(row, name, declared) -> str | None:
    """In words; empty for nothing, None for what must not be shown."""
    field = row._meta.get_field(name)
    value = getattr(row, name)
    if value in (None, "", b"", [], {}):
        return row.recipient if name == "recipient_name" else ""
    if isinstance(field, models.BinaryField):
        return ngettext("%(size)d byte", "%(size)d bytes", len(value)) % {"size": len(value)}
    told = isinstance(field, models.DateField | models.BooleanField) or field.choices
    if declared.category in SECRET and not told:
        return None
    if isinstance(row, Disclosure | StaffAccess) and name == "fields":
        return words_of_columns(value)
    for words in (f"{name}_words", f"get_{name}_display"):
        if hasattr(row, words):
            said = getattr(row, words)
            return str(said() if callable(said) else said)
    if name == "language":
        return LANGUAGES.get(value, value)
    if declared.decode:
        value = declared.decode(value)
    return said_of(value, declared)


def said_of(value, declared) -> str:
    """JSON is declared key by key; what says nothing of the person is left out."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple | set):
        return "; ".join(filter(None, (said_of(each, declared) for each in value)))
    if isinstance(value, dict):
        if declared.keys is OPAQUE or not declared.keys:
            return json.dumps(value, ensure_ascii=False)
        return "; ".join(
            filter(
                None,
                (
                    said_of(value[key], inner)
                    for key, inner in declared.keys.items()
                    if key in value and isinstance(inner, Personal)
                ),
            )
        )
    if isinstance(value, datetime):
        return date_format(localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return localize(value.normalize())
    if isinstance(value, PhoneNumber):
        return value.as_international
    if isinstance(value, models.Model):
        return name_of(value)
    return "" if value is None else str(value)


def words_of_columns(names) -> str:
    """A disclosure knows columns by their names, of a table it does not know; or by both."""
    words = {
        f"{described.model._meta.label_lower}.{name}": words_of_column(described, name).lower()
        for described in DATA_MAP.values()
        if described.model and any("." in each for each in names)
        for name in described.personal_fields
    } | {
        name: field.verbose_name
        for described in DATA_MAP.values()
        if described.people == People.EVERYBODY
        for name in described.personal_fields
        if (field := described.model._meta.get_field(name))._verbose_name
    }
    return ", ".join(str(words.get(name, name)) for name in names)


def name_of(row):
    """Most of ours are a number by themselves."""
    said = str(row)
    if said.startswith("№"):
        said = str(next((n for name in NAMES if (n := getattr(row, name, ""))), said))
    return said
