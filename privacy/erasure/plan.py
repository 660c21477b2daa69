"""What an erasure does to which table, in the order of the foreign keys; from the data map alone.

Each piece of work finds what is left of it by itself, a few hundred rows at a time, and so goes on
from wherever it was interrupted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, reduce
from graphlib import TopologicalSorter
from operator import or_
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models import Q

from privacy.data_map import DATA_MAP, Described, SameValue, StaysNameless
from privacy.erasure import among  # noqa: F401 registers the lookup
from privacy.erasure.holding import not_held
from privacy.models import Erasure
from privacy.strategies import DeleteRow, RemoveFile, SealUntil, Strategy

CHUNK = 400


class FileStays(Exception):
    """A file could not be deleted."""


@dataclass(frozen=True, eq=False)
class Work:
    """Rows of one table that lead to people by one path, and what becomes of them."""

    model: type[models.Model]
    path: str
    # Declared as the person's own; else a row of others that hangs on one of theirs.
    described: Described | None = None

    def rows(self, people: Iterable[UUID]) -> models.QuerySet:
        return self.model._base_manager.filter(**{f"{self.path}__pk__among": people})

    def left(self, people) -> models.QuerySet:
        """Which are still to be done."""
        raise NotImplementedError

    def do(self, people) -> int:
        """The next few hundred; how many there were. In a transaction that opens the fence."""
        raise NotImplementedError

    def with_keys(self, keys: list) -> models.QuerySet:
        # A key that points to another table is asked for there.
        path = "pk__pk" if self.model._meta.pk.is_relation else "pk"
        return self.model._base_manager.filter(**{f"{path}__among": keys})


@dataclass(frozen=True, eq=False)
class Delete(Work):
    # None: all of them.
    sealed: SealUntil | None = None

    def left(self, people):
        rows = not_held(self.rows(people))
        return rows.filter(self.sealed.left(None)) if self.sealed else rows

    def do(self, people):
        left = self.left(people).values("pk")[:CHUNK]
        if not (self.files or is_in_admin(self.model)):
            return self.model._base_manager.filter(pk__in=left)._raw_delete(connection.alias)
        keys = [row["pk"] for row in left]
        rows = self.with_keys(keys)
        # A row that names a lost file harms nobody; a file that no row names would stay.
        for name in self.files:
            delete_files(rows, name, self.described.fields[name].erase)
        forget_reasons(self.model, keys)
        rows._raw_delete(connection.alias)
        return len(keys)

    @property
    def files(self):
        return files_of(self.described) if self.described else []


@dataclass(frozen=True, eq=False)
class Unlink(Work):
    """The row stays and points to the person's row no more."""

    link: str = ""

    def left(self, people):
        return self.rows(people)

    def do(self, people):
        left = self.left(people).values("pk")[:CHUNK]
        return self.model._base_manager.filter(pk__in=left).update(**{self.link: None})


@dataclass(frozen=True, eq=False)
class Change(Work):
    """The row stays, and its personal columns are erased."""

    erase: dict[str, Strategy] = field(default_factory=dict)

    def left(self, people):
        return not_held(self.rows(people)).filter(self.unfinished)

    @property
    def unfinished(self) -> Q:
        get_field = self.model._meta.get_field
        return reduce(or_, (each.left(get_field(name)) for name, each in self.erase.items()))

    def do(self, people):
        keys = list(self.left(people).values_list("pk", flat=True)[:CHUNK])
        self.do_rows(keys)
        return len(keys)

    def do_rows(self, keys: list) -> None:
        rows = self.with_keys(keys)
        for name in files_of(self.described):
            delete_files(rows, name, self.erase[name])
        together = {
            name: each.value_of(self.model._meta.get_field(name))
            for name, each in self.erase.items()
            if each.is_flat
        }
        if together:
            rows.update(**together)
        for name, each in self.erase.items():
            if not each.is_flat:
                each.apply(rows, name)
        forget_reasons(self.model, keys)


@cache
def plan() -> tuple[Work, ...]:
    """All there is to do, whoever it concerns: children before those they point to."""
    works = list(own_works())
    known = {(work.model, work.path) for work in works}
    for work in list(works):
        if isinstance(work, Delete):
            works += hanging_on(work, known)
    order = TopologicalSorter({work.model: set() for work in works})
    for work in works:
        for fk in foreign_keys(work.model):
            if fk.related_model is not work.model and any(
                each.model is fk.related_model for each in works
            ):
                order.add(fk.related_model, work.model)
    place = {model: number for number, model in enumerate(order.static_order())}
    # Of one table what changes comes before what deletes, and what unlinks last: others find
    # their person through it.
    kinds = (Change, Delete, Unlink)
    return tuple(sorted(works, key=lambda work: (place[work.model], kinds.index(type(work)))))


def own_works():
    for model, described in DATA_MAP.items():
        if not described.is_personal or not isinstance(described.subject, str):
            continue
        if model is Erasure:
            continue  # it is needed to the end, and empties itself
        if type(described.erase) in (DeleteRow, SealUntil):
            sealed = described.erase if type(described.erase) is SealUntil else None
            yield Delete(model, described.subject, described, sealed)
        elif erase := {
            name: declared.erase
            for name, declared in described.personal_fields.items()
            if declared.erase is not None
        }:
            yield Change(model, described.subject, described, erase)


def hanging_on(work, known):
    """Rows that must go, or let go, before the rows of this work can."""
    for relation in work.model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        child, fk = relation.related_model, relation.field
        path = f"{fk.name}__{work.path}"
        if child is work.model or (child, path) in known:
            continue
        if relation.on_delete is models.CASCADE:
            found = Delete(child, path)
            known.add((child, path))
            yield found
            yield from hanging_on(found, known)
        elif fk.null and relation.on_delete in (models.SET_NULL, models.PROTECT):
            # What is protected from a person's own click still lets go of somebody erased.
            known.add((child, path))
            yield Unlink(child, path, link=fk.name)


def foreign_keys(model):
    return [fk for fk in model._meta.local_concrete_fields if fk.is_relation]


@cache
def nameless() -> tuple[Work, ...]:
    """Rows that stay because they prove something, and say who no more."""
    return tuple(
        Work(model, described.subject, described)
        for model, described in DATA_MAP.items()
        if described.is_personal and isinstance(described.erase, StaysNameless)
    )


def same_values() -> list[tuple[type[models.Model], SameValue]]:
    """Tables without a foreign key, found by a value they share with rows that have one."""
    return [
        (model, described.subject)
        for model, described in DATA_MAP.items()
        if isinstance(described.subject, SameValue)
    ]


def open_fence() -> None:
    """Until the end of the transaction the fence lets us write: see privacy/erasure/fence.py."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('privacy.erasing', 'on', true)")


def files_of(described):
    return [
        name
        for name, declared in described.personal_fields.items()
        if isinstance(declared.erase, RemoveFile)
    ]


def delete_files(rows, name, strategy):
    storage = rows.model._meta.get_field(name).storage
    for row in rows.filter(~Q(**{name: ""})):
        for file in [
            getattr(row, name).name,
            *(strategy.renditions(row) if strategy.renditions else ()),
        ]:
            storage.delete(file)
            if storage.exists(file):
                raise FileStays


def is_in_admin(model):
    return model in admin.site._registry


def forget_reasons(model, keys):
    """What staff wrote when they touched such a row: in words of their own."""
    if is_in_admin(model) and keys:
        about = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(model),
            object_id__among=keys,
        )
        about.exclude(change_message="").update(change_message="")
