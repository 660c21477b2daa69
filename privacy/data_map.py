"""What the portal holds about people, column by column.

Each app says so in its `personal_data.py`, also for the tables of libraries it brings. From these
declarations alone come the record of processing, the page "what we hold and why", and the checks
that fail when something is stored which nobody declared.
"""

import json
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from functools import reduce
from operator import or_
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from privacy.models import Subject, SubjectIdentifier
from privacy.models.identifiers import digest
from privacy.retention import Kept
from privacy.strategies import DeleteRow, Strategy

# Closed, and without the special categories of GDPR, Article 9: those are not processed.
CATEGORIES = {
    "identity.family": _("surname"),
    "identity.given": _("first name"),
    "identity.patronymic": _("patronymic"),
    "identity.full": _("full name"),
    "identity.organization": _("organization you act for"),
    "contact.email": _("e-mail address"),
    "contact.confirmed": _("whether you have confirmed an address"),
    "contact.phone": _("phone number"),
    "contact.address": _("postal address"),
    "contact.digest": _("a keyed digest of your address or number, by which alone you are found"),
    "contact.sealed": _("your address and numbers, encrypted"),
    "profile.activity": _("kind of activity"),
    "profile.language": _("language"),
    "seller.name": _("name and form under which somebody sells"),
    "seller.number": _("BIN or IIN of a seller"),
    "seller.terms": _("what a seller says of themselves and their terms"),
    "seller.person": _("authorised person of a seller, and their position"),
    "seller.check": _("what a moderator has checked of a seller, and when"),
    "content.ad": _("what a seller says in ads"),
    "content.photo": _("photos and documents of ads"),
    "content.interest": _("ads and searches you keep"),
    "content.count": _("how often your ads were looked at"),
    "moderation.decision": _("decisions of moderators, with their reasons"),
    "moderation.report": _("what you report, and your appeals"),
    "access.password": _("password, in a form that cannot be turned back"),
    "access.factor": _("keys of passkeys and other second factors"),
    "access.session": _("being signed in"),
    "access.rights": _("what you may do on the portal"),
    "device.network": _("network, from a shortened IP address"),
    "device.browser": _("browser family and system"),
    "trace.time": _("when something happened"),
    "trace.ban": _("by what a ban is recognised: a mark made with a key"),
    "trace.action": _("what you did on the portal"),
    "content.order": _("what you and the seller write about an order"),
    "content.letter": _("letters of the portal to you"),
    "consent.act": _("what you agreed to, refused or withdrew"),
    "trace.disclosure": _("to whom your data was given"),
    "request.state": _("your requests about your data"),
}
SPECIAL_CATEGORIES = (
    "special", "health", "biometric", "genetic", "religion", "belief", "ethnicity", "race",
    "nationality", "politics", "political", "union", "membership", "sex", "sexuality",
)  # fmt: skip


class Source(models.TextChoices):
    PERSON = "person", _("you")
    DEVICE = "device", _("your browser")
    PORTAL = "portal", _("the portal")
    OTHERS = "others", _("other people")


class People(models.TextChoices):
    HOLDERS = "holders", _("people with an account")
    STAFF = "staff", _("people who run the portal")
    RECEIVERS = "receivers", _("people to whom the portal writes")
    EVERYBODY = "everybody", _("everybody the portal knows, with or without an account")


class Recipient(models.TextChoices):
    """Who gets to see it beside the person."""

    STAFF = "staff", _("the portal's staff")
    COLLEAGUES = "colleagues", _("the owners of a seller you act for, and those who act for it")
    EVERYBODY = "everybody", _("everybody, on the pages of the seller and of ads")
    SELLER = "seller", _("the seller of the order")
    MAIL_SERVER = "mail server", _("the mail servers on the way to you")


THE_ROW_GOES = DeleteRow()
# The page on which everybody reads what is held of them, and may remove what has no other page.
IN_PLACE = "accounts:held"


@dataclass(frozen=True)
class StaysNameless:
    """What erasure leaves of a row that proves something: its facts, and a number that leads to
    nobody. Whatever says who must have a strategy of its own.
    """

    words: Promise
    # The kinds of data that may stay.
    KINDS = ("trace", "consent", "request")


# The keys below belong to a library that may change them; the whole is declared as one.
OPAQUE = object()


@dataclass(frozen=True)
class Personal:
    category: str
    _: KW_ONLY
    purposes: list[str]
    kept: Kept
    source: Source = Source.PERSON
    shown_to: tuple[Recipient, ...] = ()
    # None: it goes with its row.
    erase: Strategy | None = None
    # The name of the page where the person changes or removes it.
    edit: str = ""
    # Of a JSON column: what may stand in it.
    keys: "dict[str, Personal | NotPersonal] | object | None" = None
    # How a text column that holds JSON in disguise is read.
    decode: Callable | None = None
    # Why the copy of somebody's data only says that it is kept.
    left_out: Promise | None = None

    @property
    def category_words(self):
        return CATEGORIES[self.category]


@dataclass(frozen=True)
class FreeText(Personal):
    """Words of a person's own, in which anything may stand, also about others."""


@dataclass(frozen=True)
class NotPersonal:
    reason: Promise
    _: KW_ONLY
    keys: "dict[str, Personal | NotPersonal] | object | None" = None
    decode: Callable | None = None


@dataclass(frozen=True)
class Written(NotPersonal):
    """Words of people about something else, in which somebody may be named all the same: what an
    erased person goes by is taken out of them.
    """


@dataclass(frozen=True)
class SameValue:
    """Rows without a foreign key: they share a value with rows whose person is known."""

    column: str
    model: type[models.Model]
    their_column: str

    def condition(self, family):
        rows = DATA_MAP[self.model].rows_of_family(family)
        return Q(**{f"{self.column}__in": rows.values(self.their_column)})

    def problem(self, model):
        model._meta.get_field(self.column)
        self.model._meta.get_field(self.their_column)
        if self.model not in DATA_MAP or DATA_MAP[self.model].subject is None:
            return f"{self.model._meta.label} itself leads to no person"
        return None


@dataclass(frozen=True)
class SameAddress:
    """Rows that hold an e-mail address: the person's who has that address elsewhere in the map."""

    column: str

    def condition(self, family):
        return self.among(addresses_of_family(family))

    def among(self, addresses):
        return reduce(or_, (Q(**{f"{self.column}__iexact": a}) for a in addresses), Q(pk__in=[]))

    def problem(self, model):
        model._meta.get_field(self.column)


def addresses_of(*people) -> list[str]:
    """All that stand in their rows, also those that somebody only typed."""
    return addresses_of_family(Subject.families(people))


def addresses_of_family(family: set) -> list[str]:
    return [
        address
        for described in DATA_MAP.values()
        if isinstance(described.subject, str)
        for name, declared in described.personal_fields.items()
        if declared.category == "contact.email"
        for address in described.rows_of_family(family).values_list(name, flat=True)
    ]


@dataclass(frozen=True)
class SameDigest:
    """Rows that hold the keyed digest of an address: the person's who has that address elsewhere
    in the map, or has proved it.
    """

    column: str

    def condition(self, family):
        digests = {digest("email", address) for address in addresses_of_family(family)}
        proved = SubjectIdentifier.objects.filter(subject__in=family)
        digests.update(proved.values_list("digest", flat=True))
        return Q(**{f"{self.column}__in": digests})

    def problem(self, model):
        model._meta.get_field(self.column)


@dataclass(frozen=True)
class Remove:
    """What people may take out of rows that have no page of their own to edit them."""

    # Of these rows, those of which it may go now.
    may: Callable[[models.QuerySet], models.QuerySet]
    # Why of the others it may not.
    otherwise: Promise
    carry_out: Callable[[models.QuerySet], object]


@dataclass(frozen=True)
class Described:
    """A table and what it holds."""

    table: str
    model: type[models.Model] | None
    title: Promise
    people: People | None
    # From a row to its Subject: a lookup, or one of the ways above.
    subject: str | SameValue | SameAddress | SameDigest | None
    # What erasure does to the row; None: it stays, and each personal field says what becomes of it.
    erase: Strategy | StaysNameless | None
    fields: dict[str, Personal | NotPersonal]
    # Which of the rows the person may know of; None: all.
    may_know: Callable[[models.QuerySet], models.QuerySet] | None = None
    # Columns that no field of the model stands for: generated ones, of raw SQL, left for a release.
    columns: dict[str, Personal | NotPersonal] = field(default_factory=dict)
    # Columns, also of rows it points to, that are about nobody but without which a row says little:
    # who gets a copy of their data has them beside it.
    beside: tuple[str, ...] = ()
    remove: Remove | None = None

    @property
    def is_ours(self):
        return (
            Path(apps.get_app_config(self.model._meta.app_label).path).parent == settings.BASE_DIR
        )

    @property
    def personal_fields(self):
        return {name: d for name, d in self.fields.items() if isinstance(d, Personal)}

    @property
    def is_personal(self):
        return any(isinstance(d, Personal) for d in (*self.fields.values(), *self.columns.values()))

    def rows_of(self, *people: Subject) -> models.QuerySet:
        """Theirs, and what was joined to them."""
        return self.rows_of_family(Subject.families(people))

    def rows_of_family(self, family: set) -> models.QuerySet:
        """For whoever asks of many tables, and has the keys already."""
        rows = self.model._base_manager.all()
        if isinstance(self.subject, str):
            return rows.filter(**{f"{self.subject}__in": family})
        return rows.filter(self.subject.condition(family))

    def rows_told(self, *people: Subject) -> models.QuerySet:
        """Of theirs those that they may know of: a law can forbid to tell for a while."""
        return self.told(self.rows_of(*people))

    def told(self, rows: models.QuerySet) -> models.QuerySet:
        return self.may_know(rows) if self.may_know else rows

    def path_problem(self) -> str | None:
        """Why a row does not lead to its person, if so."""
        if self.subject is None:
            return "no path is declared"
        try:
            if not isinstance(self.subject, str):
                return self.subject.problem(self.model)
            model = self.model
            for step in self.subject.split("__"):
                if step == "pk" and model is Subject:
                    break
                model = model._meta.get_field(step).related_model
                if model is None:
                    return f"{step} in {self.subject} points to nothing"
        except FieldDoesNotExist as error:
            return str(error)
        return None if model is Subject else f"{self.subject} ends at {model._meta.label}"


DATA_MAP: dict[type[models.Model], Described] = {}
# Tables that no model stands for.
TABLES: dict[str, Described] = {}


def describe(
    model,
    *,
    fields,
    title=None,
    people=None,
    subject=None,
    erase=THE_ROW_GOES,
    columns=None,
    may_know=None,
    beside=(),
    remove=None,
):
    """Declare a model. `title` tells people what a row is; personal rows need one."""
    DATA_MAP[model] = Described(
        model._meta.db_table,
        model,
        title,
        people,
        subject,
        erase,
        fields,
        may_know,
        columns or {},
        beside,
        remove,
    )


def describe_table(table, *, columns):
    """Declare a table without a model. It knows nobody: none of its rows leads to a person."""
    TABLES[table] = Described(table, None, None, None, None, None, {}, None, columns)


def describe_keys(model, column: str, keys: dict[str, Personal | NotPersonal]):
    """Declare more keys of a JSON column that a lower app has described."""
    DATA_MAP[model].fields[column].keys.update(keys)


def not_personal(reason: Promise, *names: str) -> dict[str, NotPersonal]:
    return dict.fromkeys(names, NotPersonal(reason))


def written(reason: Promise, *names: str) -> dict[str, Written]:
    return dict.fromkeys(names, Written(reason))


def json_or_text(value: str):
    """For `decode`: columns that hold JSON or, from older days, plain words."""
    try:
        return json.loads(value)
    except ValueError:
        return value
