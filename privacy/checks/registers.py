"""Cookies, keys of the cache and arguments of tasks are as their registers say."""

import enum
import inspect
import uuid

from celery import current_app
from django.conf import settings
from django.core.checks import register
from django.db import models
from django.utils.module_loading import autodiscover_modules

from privacy.checks.errors import COOKIE, PURPOSE, TASK, error
from privacy.purposes import PURPOSES
from privacy.registers import CACHE_PREFIXES, COOKIES, HOST_PREFIX, TASKS


@register("data_map")
def check_cookies(app_configs, **kwargs):
    """Whatever a setting calls a cookie is in the register, with the attributes it is set with."""
    found = []
    for setting in sorted(set(dir(settings))):
        kind, is_name, rest = setting.partition("_COOKIE_NAME")
        if not is_name or rest or (kind == "CSRF" and settings.CSRF_USE_SESSIONS):
            continue
        name = getattr(settings, setting)
        cookie = COOKIES.get(name.removeprefix(HOST_PREFIX))
        if cookie is None:
            found.append(error(20, f"{setting}: the cookie {name} is not in the register.", COOKIE))
            continue
        for attribute, declared in (
            ("HTTPONLY", cookie.http_only),
            ("SAMESITE", cookie.same_site),
            ("SECURE", settings.SECURE_COOKIES),
        ):
            if getattr(settings, f"{kind}_COOKIE_{attribute}", None) != declared:
                found.append(
                    error(21, f"{kind}_COOKIE_{attribute} is not as the register says.", COOKIE)
                )
    return found + [
        error(22, f"{entry} has the unknown purpose {entry.purpose!r}.", PURPOSE)
        for entry in (*COOKIES.values(), *CACHE_PREFIXES.values())
        if entry.purpose not in PURPOSES
    ]


@register("data_map")
def check_cache(app_configs, **kwargs):
    """Keys pass the register, which knows the prefixes."""
    found = []
    for alias, cache in settings.CACHES.items():
        if cache.get("KEY_FUNCTION") != "privacy.registers.cache_key":
            found.append(
                error(
                    25,
                    f"The cache {alias} takes keys past the register of prefixes.",
                    "Give it KEY_FUNCTION = 'privacy.registers.cache_key'.",
                )
            )
    return found


@register("data_map")
def check_tasks(app_configs, **kwargs):
    """A task waits in the queue for anybody to read: ids and enums are all it may take."""
    autodiscover_modules("tasks")
    found = []
    for name, task in sorted(current_app.tasks.items()):
        if name.startswith("celery."):
            continue
        if name not in TASKS:
            found.append(error(30, f"The task {name} is not in the register.", TASK))
            continue
        found += parameter_problems(name, task, TASKS[name].parameters)
    return found + [
        error(34, f"The task {name} of the register does not exist.", TASK)
        for name in TASKS.keys() - current_app.tasks.keys()
    ]


def parameter_problems(name, task, declared):
    taken = inspect.signature(task.run).parameters
    for parameter in taken.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            yield error(31, f"The task {name} takes anything: *{parameter.name}.", TASK)
        elif parameter.name not in declared:
            yield error(32, f"The task {name} takes {parameter.name}, which is undeclared.", TASK)
    for parameter, kind in declared.items():
        if parameter not in taken:
            yield error(32, f"The task {name} does not take {parameter}.", TASK)
            continue
        is_key = is_kind(kind, models.Model) and parameter.endswith(("_pk", "_id"))
        is_choice = is_kind(kind, enum.Enum)
        annotation = taken[parameter].annotation
        if not (is_key or is_choice) or annotation not in (
            inspect.Parameter.empty, int, uuid.UUID, *([kind] if is_choice else []),
        ):  # fmt: skip
            yield error(33, f"The task {name} takes {parameter}, which is no id and no enum.", TASK)


def is_kind(kind, wanted):
    return isinstance(kind, type) and issubclass(kind, wanted)
