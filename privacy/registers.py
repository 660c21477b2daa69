"""What the portal keeps elsewhere than in tables: cookies, keys of the cache, tasks that wait; and
the forms through which it comes to know anything.

The app that makes one declares it in its `personal_data.py`. What is not declared is refused.
"""

import enum
import hashlib
import hmac
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from celery import Task
from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

log = logging.getLogger(__name__)

HOST_PREFIX = "__Host-"


class Undeclared(Exception):
    """Something is about to be kept that no register knows."""


@dataclass(frozen=True)
class Cookie:
    name: str
    what: Promise
    purpose: str
    # None: until the browser is closed.
    lifetime: timedelta | None
    is_needed: bool
    http_only: bool = True
    same_site: str = "Lax"

    @property
    def lifetime_words(self):
        if self.lifetime is None:
            return _("until you close the browser")
        if self.lifetime < timedelta(minutes=1):
            return _("less than a minute")
        days = self.lifetime.days
        return ngettext_lazy("at most %(days)d day", "at most %(days)d days", days) % {"days": days}

    def difference(self, morsel) -> str | None:
        """In what a cookie on its way to a browser is not as declared."""
        if morsel["max-age"] == 0:
            return None  # it is being deleted
        if bool(morsel["httponly"]) != self.http_only:
            return "HttpOnly"
        if morsel["samesite"] != self.same_site:
            return "SameSite"
        if bool(morsel["secure"]) != settings.SECURE_COOKIES:
            return "Secure"
        if morsel["domain"] or morsel["path"] != "/":
            return "Domain or Path"
        longest = self.lifetime.total_seconds() if self.lifetime else 0
        if (morsel["max-age"] or 0) > longest or (morsel["expires"] and not longest):
            return "lifetime"
        return None


@dataclass(frozen=True)
class CachePrefix:
    prefix: str
    what: Promise
    purpose: str
    longest: timedelta
    # The rest of the key says something about a person: only its keyed digest gets there.
    is_digested: bool = False
    # What its keys end with where that is one person: their "email", or the number of their
    # "account", of their "seller", or of a "reporter".
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class WaitingTask:
    task: Task
    # By name: the model whose key it is, or the enum it is one of.
    parameters: dict[str, type[models.Model] | type[enum.Enum]]


@dataclass(frozen=True)
class NotKept:
    """What a form asks and the portal forgets with the answer."""

    reason: Promise


@dataclass(frozen=True)
class Column:
    """Where the portal keeps what a form asks; a key of JSON follows its column after a dot."""

    model: type[models.Model]
    name: str


@dataclass(frozen=True)
class CollectionPoint:
    """A place where people are asked for something: a page's form, or a few that ask the same."""

    # By this the ledger of consents remembers it.
    name: str
    what: Promise
    purposes: list[str]
    forms: tuple[type[BaseForm], ...]
    fields: dict[str, Column | NotKept]
    # The documents to which it leads; shown is always the version in force.
    documents: tuple[str, ...]


COOKIES: dict[str, Cookie] = {}
CACHE_PREFIXES: dict[str, CachePrefix] = {}
TASKS: dict[str, WaitingTask] = {}
COLLECTION_POINTS: dict[str, CollectionPoint] = {}


def register_cookie(cookie: Cookie):
    COOKIES[cookie.name.removeprefix(HOST_PREFIX)] = cookie


def register_cache(cached: CachePrefix):
    CACHE_PREFIXES[cached.prefix] = cached


def register_task(task: Task, **parameters):
    TASKS[task.name] = WaitingTask(task, parameters)


def register_form(
    name: str,
    what: Promise,
    *forms: type[BaseForm],
    purposes: list[str],
    fields: dict[str, Column | NotKept],
    documents: tuple[str, ...] = ("privacy",),
):
    """Without `forms` it is a page whose buttons alone say something."""
    COLLECTION_POINTS[name] = CollectionPoint(name, what, purposes, forms, fields, documents)


def kept_in(model: type[models.Model], *names: str) -> dict[str, Column]:
    """For `fields` of a form that bear the names of their columns."""
    return {name: Column(model, name) for name in names}


def not_kept(reason: Promise, *names: str) -> dict[str, NotKept]:
    return dict.fromkeys(names, NotKept(reason))


def only_declared_cookies(get_response):
    """Middleware: no cookie leaves that is not in the register, as it stands there."""

    def middleware(request):
        response = get_response(request)
        for name, morsel in list(response.cookies.items()):
            cookie = COOKIES.get(name.removeprefix(HOST_PREFIX))
            problem = "it is not in the register" if cookie is None else cookie.difference(morsel)
            if problem:
                del response.cookies[name]
                refuse(f"The cookie {name} was not set: {problem}.")
        return response

    return middleware


def cache_key(key, key_prefix, version):
    """Django's KEY_FUNCTION: the key as the cache gets it."""
    cached = next((c for prefix, c in CACHE_PREFIXES.items() if key.startswith(prefix)), None)
    if cached is None:
        refuse("A key of the cache begins with none of the registered prefixes.")
        cached = CachePrefix("undeclared:", "", "", timedelta(0), is_digested=True)
    if cached.is_digested:
        digest = hmac.new(settings.PRIVACY_KEY.encode(), key.encode(), hashlib.sha256)
        key = f"{cached.prefix}{digest.hexdigest()}"
    return f"{key_prefix}:{version}:{key}"


def forget_counters(named: str, values: Iterable) -> None:
    """Of somebody who is erased; otherwise they would go by themselves, hours later."""
    keys = [
        f"{cached.prefix}{value}"
        for cached in CACHE_PREFIXES.values()
        if named in cached.names
        for value in values
    ]
    cache.delete_many(keys)


def refuse(message):
    """Loud where the portal is made; where it is used the page goes on without."""
    if settings.LOCAL:
        raise Undeclared(message)
    log.error("undeclared", extra={"reason": message})
