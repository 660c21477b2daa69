"""What becomes of personal data when its person is erased: a closed list.

None of them can be undone, and but for Truncate none depends on the value it replaces.
Each works on a whole QuerySet and does nothing more the second time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Now, Trunc
from django.utils.crypto import get_random_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXT = (models.CharField, models.TextField)
DIGITS = "0123456789ABCDEF"
RANDOM_DIGITS = 16


class Strategy:
    words: Promise
    keeps_part = False
    # It puts the same value everywhere, so that several columns can be done at once.
    is_flat = False

    def refusal(self, field) -> str | None:
        """Why this column cannot take it."""

    def left(self, field) -> Q:
        """The rows that have something to erase there."""
        raise NotImplementedError

    def apply(self, rows, name: str):
        raise NotImplementedError


@dataclass(frozen=True)
class DeleteRow(Strategy):
    """The row goes, and its values with it."""

    words = _("it is deleted")

    def refusal(self, field):
        return "a row is deleted by the model's `erase`, not by a field's"

    def left(self, field):
        return Q()

    def apply(self, rows, name=None):
        rows.delete()


@dataclass(frozen=True)
class Empty(Strategy):
    words = _("it is emptied")
    is_flat = True

    def refusal(self, field):
        if self.nothing(field) is None:
            return "only texts, bytes, lists and JSON can be empty"
        return shared_value_refusal(field)

    def left(self, field):
        return ~Q(**{field.name: self.nothing(field)})

    def value_of(self, field):
        return self.nothing(field)

    def apply(self, rows, name):
        rows.update(**{name: self.nothing(rows.model._meta.get_field(name))})

    @staticmethod
    def nothing(field):
        if isinstance(field, models.FileField):
            return None
        for kinds, value in ((TEXT, ""), (models.BinaryField, b""), (ArrayField, [])):
            if isinstance(field, kinds):
                return value
        return {} if isinstance(field, models.JSONField) else None


@dataclass(frozen=True)
class Null(Strategy):
    words = _("it is emptied")
    is_flat = True

    def refusal(self, field):
        if not field.null:
            return "the column is NOT NULL"
        if isinstance(field, models.FileField):
            return "the file would stay"
        return None

    def left(self, field):
        return Q(**{f"{field.name}__isnull": False})

    def value_of(self, field):
        return None

    def apply(self, rows, name):
        rows.update(**{name: None})


@dataclass(frozen=True)
class Constant(Strategy):
    """The same words for everybody."""

    value: str | int | bool

    words = _("the same words for everybody take its place")
    is_flat = True

    def refusal(self, field):
        if type(self.value) not in (str, int, bool):
            return "a constant is written out; it is not computed from the row"
        if field.is_relation or isinstance(field, models.FileField):
            return "a constant neither points to a row nor removes a file"
        return unfit(self.value, field) or shared_value_refusal(field)

    def left(self, field):
        return ~Q(**{field.name: self.value})

    def value_of(self, field):
        return self.value

    def apply(self, rows, name):
        rows.update(**{name: self.value})


@dataclass(frozen=True)
class RandomLabel(Strategy):
    """Words and random digits: one label for each viewer, or for each row if nobody compares.

    A viewer still sees which rows belong together; two viewers cannot find out that they
    mean the same person.
    """

    label: str
    viewer: str = ""

    words = _("a random label takes its place")

    def refusal(self, field):
        if not isinstance(field, TEXT):
            return "only texts can hold a label"
        if self.viewer:
            try:
                field.model._meta.get_field(self.viewer)
            except FieldDoesNotExist:
                return f"the model has no field {self.viewer} for the viewer"
            if shared := shared_value_refusal(field):
                return shared
        return unfit(f"{self.label} {'0' * RANDOM_DIGITS}", field)

    def left(self, field):
        return ~Q(**self.labelled(field.name))

    def labelled(self, name):
        return {f"{name}__regex": rf"\A{self.label} [{DIGITS}]{{{RANDOM_DIGITS}}}\Z"}

    def apply(self, rows, name):
        labelled = self.labelled(name)
        if not self.viewer:
            random = Func(
                Value("-"),
                function="gen_random_uuid",
                template="upper(substr(replace(%(function)s()::text, %(expressions)s, ''), 1, 16))",
                output_field=models.TextField(),
            )
            rows.exclude(**labelled).update(**{name: Concat(Value(f"{self.label} "), random)})
            return
        for viewer in rows.order_by().values_list(self.viewer, flat=True).distinct():
            seen = rows.filter(**{self.viewer: viewer})
            earlier = seen.filter(**labelled).values_list(name, flat=True).first()
            label = earlier or f"{self.label} {get_random_string(RANDOM_DIGITS, DIGITS)}"
            seen.update(**{name: label})


@dataclass(frozen=True)
class Truncate(Strategy):
    """Only the coarse part stays: of an address its network (/24, /48), of a day its month or year.

    A step of retention. It is no erasure, because something of the value remains.
    """

    to: str

    words = _("only its coarse part stays")
    keeps_part = True

    def refusal(self, field):
        if self.to == "network":
            kind, wanted = models.GenericIPAddressField, "a network is cut out of IP addresses"
        elif self.to in ("month", "year"):
            kind, wanted = models.DateField, f"a {self.to} is cut out of dates"
        else:
            return f"there is no {self.to!r} to truncate to: network, month or year"
        return None if isinstance(field, kind) else f"{wanted} only"

    def apply(self, rows, name):
        if self.to == "network":
            coarse = Func(
                F(name),
                template="host(network(set_masklen(%(expressions)s, "
                "CASE family(%(expressions)s) WHEN 4 THEN 24 ELSE 48 END)))::inet",
            )
        else:
            is_moment = isinstance(rows.model._meta.get_field(name), models.DateTimeField)
            coarse = Trunc(name, self.to, tzinfo=UTC if is_moment else None)
        rows.exclude(**{name: None}).update(**{name: coarse})


@dataclass(frozen=True)
class Recompute(Strategy):
    """A derived value is made anew from what remains: `by(rows)` does it for all of them."""

    by: Callable

    words = _("it is computed anew from what remains")

    def refusal(self, field):
        if not callable(self.by) or getattr(self.by, "__name__", "<lambda>") == "<lambda>":
            return "what recomputes is a function with a name"
        return None

    def left(self, field):
        # It follows from columns that are erased: see who calls this.
        return Q(pk__in=[])

    def apply(self, rows, name):
        self.by(rows)


@dataclass(frozen=True)
class RemoveFile(Strategy):
    """The file goes, and what was made from it: `renditions(row)` names those files."""

    renditions: Callable[[models.Model], Iterable[str]] | None = None

    words = _("the file is deleted, with everything made from it")

    def refusal(self, field):
        if not isinstance(field, models.FileField):
            return "the column names no file"
        return shared_value_refusal(field)

    def left(self, field):
        return ~Q(**{field.name: ""})

    def apply(self, rows, name):
        storage = rows.model._meta.get_field(name).storage
        doomed = set()
        for row in rows.exclude(**{name: ""}).iterator(chunk_size=500):
            doomed.add(getattr(row, name).name)
            doomed.update(self.renditions(row) if self.renditions else ())
        rows.update(**{name: ""})
        # A file cannot be rolled back: it goes once the rows have forgotten it for good.
        transaction.on_commit(lambda: [storage.delete(file) for file in doomed])


@dataclass(frozen=True)
class SealUntil(Strategy):
    """A law keeps it until the moment in `ends`; then it goes, too."""

    ends: str
    ground: Promise
    then: Strategy

    @property
    def words(self):
        return self.ground

    def refusal(self, field):
        try:
            ends = field.model._meta.get_field(self.ends)
        except FieldDoesNotExist:
            return f"the model has no field {self.ends} that says until when"
        if not isinstance(ends, models.DateField):
            return f"{self.ends} is no date"
        return erasure_refusal(self.then, field)

    def left(self, field):
        return Q(**{f"{self.ends}__lte": Now()}) & self.then.left(field)

    def apply(self, rows, name=None):
        self.then.apply(rows.filter(**{f"{self.ends}__lte": Now()}), name)


STRATEGIES = (
    DeleteRow, Empty, Null, Constant, RandomLabel, Truncate, Recompute, RemoveFile, SealUntil,
)  # fmt: skip


def erasure_refusal(strategy, field) -> str | None:
    """Why this strategy must not erase this column, if so."""
    if type(strategy) not in STRATEGIES:
        # Home-made ones hash, encode or number what they should forget.
        return f"{strategy!r} is not among the strategies of privacy/strategies.py"
    if strategy.keeps_part:
        return "a part of the value would stay"
    return strategy.refusal(field)


def shared_value_refusal(field):
    """Why several rows cannot have the same value there."""
    meta = field.model._meta
    if field.unique:
        return "the column is UNIQUE"
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            names = {getattr(part, "name", "") for part in Func(*constraint.expressions).flatten()}
            if field.name in names.union(constraint.fields):
                return f"the column is part of the unique constraint {constraint.name}"
    if any(field.name in together for together in meta.unique_together):
        return "the column is part of unique_together"
    return None


def unfit(value, field):
    try:
        field.clean(value, None)
    except ValidationError as error:
        return f"{value!r} is no value of it: {error.messages[0]}"
    return None
