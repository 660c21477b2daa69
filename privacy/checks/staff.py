"""What staff see: in the admin's pages, and in its log, which keeps `str()` of everything."""

import uuid
from datetime import UTC, date, datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.admin.sites import all_sites
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.core.checks import register
from django.db import models

from privacy.checks.errors import NO_NAMES, error
from privacy.data_map import DATA_MAP, Recipient
from privacy.masking import shown_unmasked


@register("data_map")
def check_words(app_configs, **kwargs):
    """The admin's log stores what `str()` says, for ever and out of everybody's sight."""
    return [
        problem
        for model, described in DATA_MAP.items()
        if described.personal_fields and (is_ours(model) or model in models_in_admin())
        for problem in shown_by_str(model)
    ]


@register("data_map")
def check_admin(app_configs, **kwargs):
    """Staff see what the map shows to staff; a new column stays hidden until somebody says so."""
    found = []
    for site in all_sites:
        for model, options in site._registry.items():
            for name in guessable(options):
                found.append(
                    error(
                        19,
                        f"An address of the admin finds out {model._meta.label}.{name} by guesses.",
                        "Derive the ModelAdmin from ui.filters.OnlyItsFilters.",
                    )
                )
            for shown in (options, *(inline(model, site) for inline in options.inlines)):
                found += shown_beyond_the_map(shown)
    return found


def guessable(options):
    described = DATA_MAP.get(options.model)
    return [
        name
        for name, declared in (described.personal_fields.items() if described else ())
        if Recipient.EVERYBODY not in declared.shown_to
        and name not in filters_of(options)
        and options.lookup_allowed(f"{name}__startswith", "a", None)
    ]


def filters_of(options):
    return {
        options.date_hierarchy,
        *(each[0] if isinstance(each, tuple) else each for each in options.list_filter),
    }


def shown_beyond_the_map(options):
    for name in shown_unmasked(options):
        yield error(
            18,
            f"The admin shows {options.model._meta.label}.{name} to whoever opens the page.",
            "Derive it from privacy.masking.MaskedAdmin, or an inline from MaskedColumns.",
        )
    described = DATA_MAP.get(options.model)
    if described is None:
        return
    names = {field.name for field in options.model._meta.local_concrete_fields if field.editable}
    if options.fields is not None:
        names = set(flatten(options.fields))
    elif options.fieldsets is not None:
        names = set(flatten_fieldsets(options.fieldsets))
    names -= set(options.exclude or ())
    names |= {*options.readonly_fields, *getattr(options, "list_display", ())}
    for name in sorted(names & described.personal_fields.keys(), key=str):
        if Recipient.STAFF not in described.fields[name].shown_to:
            yield error(
                17,
                f"The admin shows {options.model._meta.label}.{name}, which staff need not see.",
                "Leave it out of the ModelAdmin, or add Recipient.STAFF to `shown_to`.",
            )


def shown_by_str(model):
    row, canaries = canary_row(model)
    try:
        words = str(row)
    except Exception as trouble:  # noqa: BLE001 whatever somebody's __str__ raises
        yield error(
            15, f"str() of {model._meta.label} needs more than its row: {trouble!r}.", NO_NAMES
        )
        return
    for place, canary in canaries.items():
        if canary in words:
            yield error(15, f"str() of {model._meta.label} shows {place}.", NO_NAMES)


def canary_row(model, depth=2):
    """An instance with something recognisable in every personal field, and what that is."""
    row, canaries = model(), {}
    described = DATA_MAP.get(model)
    for field in model._meta.local_concrete_fields:
        if field.is_relation:
            if depth and not field.primary_key:
                related, theirs = canary_row(field.related_model, depth - 1)
                field.set_cached_value(row, related)
                canaries |= theirs
        elif described and field.name in described.personal_fields and not field.primary_key:
            value = canary(field, len(canaries))
            setattr(row, field.name, value)
            place = f"{model._meta.label}.{field.name}"
            if field.choices:
                canaries[f"{place} in words"] = str(dict(field.flatchoices)[value])
            elif value is not None:
                canaries[place] = str(value)
    return row, canaries


def canary(field, number):
    if field.choices:
        return field.flatchoices[-1][0]
    return {
        "EmailField": f"canary{number}@example.com",
        "PhoneNumberField": f"+7701555{number:04}",
        "GenericIPAddressField": f"2001:db8::c{number:x}",
        "UUIDField": uuid.UUID(int=number + 0xCA11A),
        "BinaryField": f"canary{number}".encode(),
        "JSONField": {"canary": f"canary{number}"},
        "IntegerField": 770_000_000 + number,
        "BigIntegerField": 770_000_000 + number,
        "DecimalField": 770_000_000 + number,
        "DateField": date(1871, 5, 17),
        "DateTimeField": datetime(1871, 5, 17, 12, tzinfo=UTC),
    }.get(type(field).__name__, f"cnry{number}" if is_text(field) else None)


def is_text(field):
    return isinstance(field, models.CharField | models.TextField)


def is_ours(model):
    app = apps.get_app_config(model._meta.app_label)
    return Path(app.path).parent == settings.BASE_DIR


def models_in_admin():
    return {
        model
        for site in all_sites
        for registered, options in site._registry.items()
        for model in (registered, *(inline.model for inline in options.inlines))
    }
