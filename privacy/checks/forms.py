"""Whatever a form asks has its place: every form of ours, and every one a library shows for us."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.checks import register
from django.forms import BaseForm
from django.urls import URLPattern, get_resolver
from django.utils.module_loading import import_string

from privacy.checks.errors import DOCUMENT, FORM, PURPOSE, error
from privacy.data_map import DATA_MAP, NotPersonal
from privacy.models import Document
from privacy.purposes import PURPOSES
from privacy.registers import COLLECTION_POINTS, Column, NotKept


@register("data_map")
def check_forms(app_configs, **kwargs):
    """Nobody is asked for anything before it is said what for and where it goes."""
    registered = {form for point in COLLECTION_POINTS.values() for form in point.forms}
    found = [
        error(50, f"The form {label(form)} is not in the register.", FORM)
        for form in sorted(forms_in_use(registered) - registered, key=label)
    ]
    for point in COLLECTION_POINTS.values():
        found += point_problems(point)
    return found


def forms_in_use(registered):
    import_module(settings.ROOT_URLCONF)  # and with it every module that has a form
    ours = {
        app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR
    }
    return {
        *(form for form in subclasses(BaseForm) if form.__module__.partition(".")[0] in ours),
        *configured_forms(),
        *(
            form
            for form in forms_of_views(get_resolver().url_patterns)
            # A library's view names its own form also where a setting has put ours in its place.
            if form.base_fields and not any(issubclass(known, form) for known in registered)
        ),
    }


def subclasses(of) -> Iterator[type[BaseForm]]:
    for form in of.__subclasses__():
        yield form
        yield from subclasses(form)


def configured_forms():
    for setting in dir(settings):
        chosen = getattr(settings, setting) if setting.endswith("_FORMS") else None
        if isinstance(chosen, dict):
            yield from map(import_string, chosen.values())


def forms_of_views(patterns):
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            yield from forms_of_views(pattern.url_patterns)
        elif view := getattr(pattern.callback, "view_class", None):
            chosen = pattern.callback.view_initkwargs.get("form_class")
            if form := chosen or getattr(view, "form_class", None):
                yield form


def point_problems(point):
    for form in point.forms:
        for name in form.base_fields:
            if name not in point.fields:
                yield error(51, f"{label(form)} asks for {name}, which is undeclared.", FORM)
    for name, declared in point.fields.items():
        yield from field_problems(point, name, declared)
    for purpose in point.purposes:
        if purpose not in PURPOSES:
            yield error(22, f"The form {point.name} has the unknown purpose {purpose!r}.", PURPOSE)
    if not point.purposes:
        yield error(22, f"The form {point.name} has no purpose.", PURPOSE)
    for slug in point.documents:
        if slug not in Document.Slug.values:
            yield error(
                54, f"The form {point.name} shows {slug!r}, which is no document.", DOCUMENT
            )
    if not point.documents:
        yield error(54, f"The form {point.name} shows no document.", DOCUMENT)


def field_problems(point, name, declared):
    place = f"{name} of the form {point.name}"
    if isinstance(declared, NotKept):
        if not str(declared.reason).strip():
            yield error(52, f"{place} does not say why it is not kept.", FORM)
        return
    if not isinstance(declared, Column):
        yield error(52, f"{place} is declared as {declared!r}.", FORM)
        return
    kept = kept_as(declared)
    if kept is None:
        where = f"{declared.model._meta.label}.{declared.name}"
        yield error(52, f"{place} goes to {where}, which is not in the data map.", FORM)
    elif not isinstance(kept, NotPersonal) and not set(kept.purposes) & set(point.purposes):
        yield error(53, f"{place} is asked for another purpose than it is kept for.", PURPOSE)


def kept_as(column):
    """What the data map says of it."""
    described = DATA_MAP.get(column.model)
    name, *keys = column.name.split(".")
    kept = described and described.fields.get(name)
    for key in keys:
        kept = kept.keys.get(key) if kept and isinstance(kept.keys, dict) else None
    return kept


def label(form):
    return f"{form.__module__}.{form.__qualname__}"
