"""What a copy of somebody's data consists of, derived from the data map: kind by kind, their own
rows, of these what is declared personal, and beside it what makes it readable.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from privacy.data_map import DATA_MAP, Described, Personal, SameAddress, addresses_of
from privacy.export.originals import ORIGINALS, WORDS
from privacy.export.values import as_json, in_words, meanings_of, words_of_row
from privacy.labels import label_of
from privacy.models import Subject, SubjectIdentifier
from privacy.purposes import PURPOSES

# So many are read within one transaction, which must be short; and so many at once from the server.
ROWS_A_BATCH = 20_000
ROWS_AT_ONCE = 200
MOST_KNOWN = 5000

TYPES = (
    (models.BooleanField, {"type": "boolean"}),
    ((models.IntegerField, models.AutoField), {"type": "integer"}),
    (models.FloatField, {"type": "number"}),
    (models.DateTimeField, {"type": "string", "format": "date-time"}),
    (models.DateField, {"type": "string", "format": "date"}),
    (models.UUIDField, {"type": "string", "format": "uuid"}),
    (ArrayField, {"type": "array"}),
)


@dataclass(frozen=True)
class Column:
    name: str
    field: models.Field
    # None: it only stands beside.
    declared: Personal | None
    # Whether the row may lack it.
    is_optional: bool
    # How values read that come again and again.
    known: dict = dataclass_field(default_factory=dict)

    @property
    def label(self) -> str:
        if label := label_of(self.name, self.field):
            return label
        # Of a library, or nobody has given it one yet.
        words = self.declared.category_words if self.declared else self.field.verbose_name
        return f"{words} ({self.field.name})"

    def value(self, raw):
        if self.declared and self.declared.decode:
            raw = self.declared.decode(raw)
        return as_json(raw, self.declared and self.declared.keys)

    def words(self, raw) -> str:
        if words := WORDS.get((self.field.model, self.field.name)):
            return words(raw)
        if self.declared and (self.declared.decode or self.declared.keys):
            raw = self.value(raw)
        if self.is_repeated:
            return self.known_words(raw)
        return in_words(raw, self.meanings)

    @cached_property
    def meanings(self):
        return meanings_of(self.field)

    @cached_property
    def is_repeated(self):
        """It pays to remember how its values read."""
        return self.field.is_relation or type(self.field) is models.DateField

    def known_words(self, raw):
        if raw not in self.known:
            if len(self.known) > MOST_KNOWN:
                self.known.clear()
            is_row = self.field.is_relation and raw is not None
            self.known[raw] = (
                words_of_row(self.field.related_model, raw)
                if is_row
                else in_words(raw, self.meanings)
            )
        return self.known[raw]

    @property
    def schema(self) -> dict:
        field = self.field.target_field if self.field.is_relation else self.field
        facts = {"title": self.label}
        if isinstance(field, models.JSONField) or (self.declared and self.declared.decode):
            pass  # anything that JSON can be
        else:
            kind = next((its for of, its in TYPES if isinstance(field, of)), {"type": "string"})
            facts |= kind
            if self.is_optional:
                facts["type"] = [kind["type"], "null"]
        if self.declared:
            facts |= {
                "category": self.declared.category,
                "purposes": self.declared.purposes,
                "bases": sorted({PURPOSES[key].basis.value for key in self.declared.purposes}),
                "kept": str(self.declared.kept.words),
                "source": self.declared.source.value,
                "shown_to": [recipient.value for recipient in self.declared.shown_to],
            }
        return facts


@dataclass(frozen=True)
class Row:
    number: int | None
    raw: list
    # Of the columns its files need.
    facts: dict


class Kind:
    def __init__(self, described: Described):
        self.described = described
        self.model = described.model
        self.name = self.model._meta.label_lower
        self.title = str(described.title)
        personal = {
            name: column_of(self.model, name, declared)
            for name, declared in described.personal_fields.items()
        }
        self.left_out = [each for each in personal.values() if each.declared.left_out]
        self.columns = [
            *(column_of(self.model, name, None) for name in described.beside),
            *(
                column
                for column in personal.values()
                if column not in self.left_out and not is_file(column.field)
            ),
        ]
        self.originals = ORIGINALS.get(self.model)

    @cached_property
    def has_number(self):
        return isinstance(self.model._meta.pk, models.AutoField)

    def rows_of(self, people: Iterable[Subject], addresses: list[str]) -> models.QuerySet:
        rows = self.described.rows_told(*people)
        if isinstance(self.described.subject, SameAddress):
            # Anybody can type an address into a form: what was sent to it is not theirs by that.
            rows = rows.filter(self.described.subject.among(addresses))
        return rows

    def batches(self, rows: models.QuerySet) -> Iterator["Batch"]:
        """In the order of their keys; between two batches no transaction is open."""
        batch = Batch(self, rows)
        yield batch
        while batch.is_full:
            batch = Batch(self, rows.filter(pk__gt=batch.reached))
            yield batch

    def as_json(self, row: Row) -> dict:
        said = {"number": row.number} if self.has_number else {}
        for column, raw in zip(self.columns, row.raw, strict=True):
            said[column.name] = column.value(raw)
        return said

    def in_words(self, row: Row) -> list[tuple[str, str]]:
        """Without what is empty."""
        said = (
            (label, column.words(raw))
            for label, column, raw in zip(self.labels, self.columns, row.raw, strict=True)
        )
        return [each for each in said if each[1]]

    @cached_property
    def labels(self):
        return [column.label[:1].upper() + column.label[1:] for column in self.columns]

    def schema(self) -> dict:
        properties = {"number": {"type": "integer"}} if self.has_number else {}
        properties |= {column.name: column.schema for column in self.columns}
        if self.originals:
            properties["files"] = {"type": "array", "items": {"type": "string"}}
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.title,
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
            "left_out": {each.name: str(each.declared.left_out) for each in self.left_out},
        }


class Batch:
    """Read by a cursor of the server, which lives as long as somebody goes through it."""

    def __init__(self, kind: Kind, rows: models.QuerySet):
        self.kind, self.read, self.reached = kind, 0, None
        self.file_columns = kind.originals.columns if kind.originals else ()
        names = ["pk", *(column.name for column in kind.columns), *self.file_columns]
        self.rows = rows.order_by("pk").values_list(*names)[:ROWS_A_BATCH]

    def __iter__(self) -> Iterator[Row]:
        end = len(self.kind.columns)
        with transaction.atomic():
            for reached, *raw in self.rows.iterator(ROWS_AT_ONCE):
                self.read, self.reached = self.read + 1, reached
                facts = dict(zip(self.file_columns, raw[end:], strict=True))
                yield Row(reached if self.kind.has_number else None, raw[:end], facts)

    @property
    def is_full(self):
        return self.read == ROWS_A_BATCH


def kinds() -> list[Kind]:
    """All that lead to a person, in the language that is active."""
    known = (each for each in DATA_MAP.values() if each.subject is not None)
    held = [each for each in known if each.is_personal or each.beside]
    return sorted(map(Kind, held), key=lambda kind: (kind.title.casefold(), kind.name))


def whose(subject: Subject, proved: str) -> tuple[list[Subject], list[str]]:
    """Everybody who is this person, and the addresses that are known to be theirs.

    `proved` is the one they have just been reached by.
    """
    family = list(Subject.objects.filter(pk__in=Subject.families([subject])))
    mine = SubjectIdentifier.objects.filter(subject__in=family)
    shown = {
        address
        for address in set(addresses_of(*family))
        if mine.filter(pk__in=SubjectIdentifier.objects.of("email", address)).exists()
    }
    return family, sorted(shown | {proved} - {""})


def column_of(model, lookup, declared):
    is_optional = False
    *path, last = lookup.split("__")
    for step in path:
        relation = model._meta.get_field(step)
        is_optional |= relation.null or not relation.concrete
        model = relation.related_model
    field = model._meta.get_field(last)
    return Column(lookup, field, declared, is_optional or field.null)


def is_file(field):
    """What stands in the copy as a file, not as a value."""
    return isinstance(field, (models.BinaryField, models.FileField)) and field.model in ORIGINALS
