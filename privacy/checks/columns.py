"""Every column of every model is declared, and what is declared can be carried out."""

from django.apps import apps
from django.core.checks import register
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from privacy.checks.errors import (
    DECLARE,
    EDIT,
    NO_SPECIAL,
    PURPOSE,
    REMOVE,
    RETENTION,
    STRATEGY,
    error,
)
from privacy.data_map import (
    CATEGORIES,
    DATA_MAP,
    IN_PLACE,
    SPECIAL_CATEGORIES,
    TABLES,
    FreeText,
    NotPersonal,
    Personal,
    Source,
    StaysNameless,
)
from privacy.purposes import PURPOSES
from privacy.strategies import DeleteRow, RemoveFile, SealUntil, erasure_refusal


@register("data_map")
def check_models(app_configs, **kwargs):
    """Every column of every model is declared, and each declaration can be carried out."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        described = DATA_MAP.get(model)
        if described is None:
            found.append(error(1, f"{model._meta.label} is not in the data map.", DECLARE))
            continue
        found += undeclared_fields(model, described)
        found += row_problems(model, described)
        for name, declared in described.personal_fields.items():
            found += column_problems(model, described, name, declared)
        for name, declared in described.columns.items():
            if isinstance(declared, Personal) and not goes_or_is_nameless(described, declared):
                place = f"{described.table}.{name}"
                found.append(error(11, f"{place} stays when its person is erased.", STRATEGY))
    return found


@register("data_map")
def check_declarations(app_configs, **kwargs):
    """Each declaration, also of a JSON key, uses the closed lists and nothing that is forbidden."""
    found = []
    for described in (*DATA_MAP.values(), *TABLES.values()):
        for place, declared in declarations(described):
            found += word_problems(place, declared)
    return found + [
        error(5, f"The table {table} knows people, but no model leads to them.", DECLARE)
        for table, described in TABLES.items()
        if described.is_personal
    ]


def undeclared_fields(model, described):
    names = {field.name for field in model._meta.local_concrete_fields}
    for name in sorted(names - described.fields.keys()):
        yield error(2, f"{model._meta.label}.{name} is not in the data map.", DECLARE)
    for name in sorted(described.fields.keys() - names):
        yield error(3, f"{model._meta.label} has no column for {name} of the data map.", DECLARE)
    for field in model._meta.local_concrete_fields:
        declared = described.fields.get(field.name)
        if isinstance(field, models.JSONField) and declared and declared.keys is None:
            yield error(
                4,
                f"{model._meta.label}.{field.name} holds JSON without declared keys.",
                "Give `keys` a declaration for each key that may stand in it.",
            )


def row_problems(model, described):
    if not described.is_personal:
        return
    if problem := described.path_problem():
        yield error(
            5,
            f"{model._meta.label} knows people, but its rows lead to no Subject: {problem}.",
            "Give `subject` the way from a row to privacy.Subject.",
        )
    if described.title is None or described.people is None:
        yield error(6, f"{model._meta.label} does not say what it holds about whom.", DECLARE)
    erase = described.erase
    if not (
        erase is None
        or type(erase) in (DeleteRow, StaysNameless)
        or (type(erase) is SealUntil and type(erase.then) is DeleteRow)
    ):
        yield error(7, f"{model._meta.label}: {erase!r} is nothing to do to a row.", DECLARE)


def column_problems(model, described, name, declared):
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return  # named already
    place = f"{model._meta.label}.{name}"
    is_given = declared.source == Source.PERSON
    if is_given and declared.edit == IN_PLACE and described.remove is None:
        yield error(18, f"{place} is edited in place, where nothing removes it.", REMOVE)
    if isinstance(field, models.FileField) and not removes_file(declared.erase):
        yield error(
            10,
            f"{place} names files that nothing removes.",
            "Give `erase` a RemoveFile that also knows the renditions.",
        )
    if declared.erase is not None:
        if problem := erasure_refusal(declared.erase, field):
            yield error(11, f"{place} cannot be erased by {declared.erase!r}: {problem}.", STRATEGY)
    elif not goes_or_is_nameless(described, declared):
        yield error(11, f"{place} stays with its row when its person is erased.", STRATEGY)
    shortened = getattr(declared.kept, "then", None)
    if shortened is not None and (problem := shortened.refusal(field)):
        yield error(12, f"{place} cannot be shortened by {shortened!r}: {problem}.", STRATEGY)
    try:
        declared.kept.over(model._base_manager.all(), timezone.now())
    except (FieldError, AttributeError) as problem:
        yield error(13, f"{place}: nothing can tell when it is over: {problem}.", RETENTION)


def goes_or_is_nameless(described, declared):
    if isinstance(described.erase, StaysNameless):
        kind = declared.category.partition(".")[0]
        return kind in StaysNameless.KINDS and not isinstance(declared, FreeText)
    return described.erase is not None


def removes_file(strategy):
    return type(strategy) is RemoveFile or (
        type(strategy) is SealUntil and removes_file(strategy.then)
    )


def declarations(described):
    """Every declaration of a table, those of JSON keys too, each with its place."""

    def below(place, declared):
        yield place, declared
        if isinstance(keys := getattr(declared, "keys", None), dict):
            for key, inner in keys.items():
                yield from below(f"{place}.{key}", inner)

    for name, declared in (described.fields | described.columns).items():
        yield from below(f"{described.table}.{name}", declared)


def word_problems(place, declared):
    if isinstance(declared, NotPersonal):
        if not str(declared.reason).strip():
            yield error(8, f"{place} does not say why it is not personal.", DECLARE)
        return
    if not isinstance(declared, Personal):
        yield error(8, f"{place} is declared as {declared!r}.", DECLARE)
        return
    kind = declared.category.partition(".")[0]
    if {kind, *declared.category.split(".")} & set(SPECIAL_CATEGORIES):
        yield error(9, f"{place} has the special category {declared.category}.", NO_SPECIAL)
    elif declared.category not in CATEGORIES:
        yield error(
            14,
            f"{place} has the unknown category {declared.category!r}.",
            "The categories stand in privacy/data_map.py.",
        )
    if not declared.purposes:
        yield error(22, f"{place} is kept for no purpose.", PURPOSE)
    for purpose in declared.purposes:
        if purpose not in PURPOSES:
            yield error(22, f"{place} has the unknown purpose {purpose!r}.", PURPOSE)
    if declared.edit:
        try:
            reverse(declared.edit)
        except NoReverseMatch:
            yield error(16, f"{place}: there is no page {declared.edit!r} to edit it.", EDIT)
    elif declared.source == Source.PERSON:
        yield error(16, f"{place} comes from the person, who cannot change it anywhere.", EDIT)
