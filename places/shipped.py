"""Data shipped with the software meets rows that an administrator may have edited.

Each row remembers, in its column `shipped`, what the data said when it was last loaded. A field
that still says the same follows the data; one that somebody has changed stays as it is.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models


class Unreadable(Exception):
    """The shipped data is no such data; the reason is a sentence for an operator."""


@dataclass
class Changes:
    new: int = 0
    changed: int = 0
    archived: int = 0
    # Fields edited by hand that say something else than the data, as "wheat: name_ru".
    kept: list[str] = field(default_factory=list)


def told(changes: dict[str, Changes]):
    """What a command says of a load, line by line; nothing if nothing has changed."""
    for name, kind in changes.items():
        if kind.new or kind.changed or kind.archived:
            yield f"{name}: {kind.new} new, {kind.changed} changed, {kind.archived} archived."
    for kind in changes.values():
        for fact in kind.kept:
            yield f"{fact} stays as it was edited here."


def take_over(model: type[models.Model], key: tuple, shipped: dict[tuple, dict], changes: Changes):
    """Make or change the rows named by the values of `key`, each with its facts.

    Facts are values as JSON has them. The caller's transaction holds what it needs to lock.
    """
    rows = rows_by_key(model, key)
    new, changed = [], []
    for name, facts in shipped.items():
        row = rows.get(name)
        try:
            if row is None:
                row = model(**dict(zip(key, name, strict=True)), shipped=facts)
                for fact, value in facts.items():
                    set_fact(row, fact, value)
                clean(row)
                new.append(row)
            elif merge(row, facts, changes.kept):
                clean(row)
                changed.append(row)
        except ValidationError as error:
            where = " ".join(str(part) for part in name)
            reasons = " ".join(error.messages)
            raise Unreadable(f"{model._meta.verbose_name} {where}: {reasons}") from error
    model.objects.bulk_create(new, batch_size=500)
    store(model, changed)
    changes.new += len(new)
    changes.changed += len(changed)


def archive_vanished(model: type[models.Model], key: tuple, shipped, changes: Changes):
    """What an earlier load brought and this one does not is archived, not deleted."""
    vanished = [
        row
        for name, row in rows_by_key(model, key).items()
        if name not in shipped and row.shipped and not row.shipped["is_archived"]
    ]
    archived = [
        row for row in vanished if merge(row, row.shipped | {"is_archived": True}, changes.kept)
    ]
    store(model, archived)
    changes.archived += len(archived)


def rows_by_key(model, key):
    rows = model.objects.select_for_update().order_by("pk")
    return {tuple(getattr(row, name) for name in key): row for row in rows}


def merge(row, facts, kept):
    """Whether there is something to store."""
    before, row.shipped = row.shipped, facts
    for name, value in facts.items():
        column = row._meta.get_field(name)
        current = getattr(row, column.attname)
        if current == column.to_python(value):
            continue
        # A row made by hand was never loaded: all of it is kept.
        is_edited = before is None or current != column.to_python(
            before.get(name, column.get_default())
        )
        if is_edited:
            kept.append(f"{label(row)}: {name}")
        else:
            set_fact(row, name, value)
    return before != facts


def label(row):
    """As the data calls it; `str` would speak the language of whoever runs the command."""
    names = ("slug", "code", "geonames_id", "pk")
    return next(str(getattr(row, name)) for name in names if hasattr(row, name))


def set_fact(row, name, value):
    column = row._meta.get_field(name)
    setattr(row, column.attname, column.to_python(value))


def clean(row):
    row.clean_fields(exclude=[c.name for c in row._meta.concrete_fields if c.is_relation])


def store(model, rows):
    columns = [column for column in model._meta.concrete_fields if not column.primary_key]
    for row in rows:
        for column in columns:
            column.pre_save(row, add=False)  # names may have moved: their sort keys follow
    model.objects.bulk_update(rows, [column.name for column in columns], batch_size=200)
