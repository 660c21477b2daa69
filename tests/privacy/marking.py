"""People of whom every kind of data holds something, with a mark in every column that can hold one.

Made from the data map alone: whatever an app declares tomorrow is marked, too. Wherever a row
points to a row of some person but not by its way to its own, it points to somebody else's.
"""

import itertools
from datetime import date, time
from decimal import Decimal
from email.message import EmailMessage
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import connection, models
from django.utils import timezone
from phonenumber_field.modelfields import PhoneNumberField

from letters.models import Letter
from listings.models import Document, Listing, Photo
from listings.models.photo import files_of
from privacy.data_map import DATA_MAP, SameAddress, SameValue
from privacy.models import IncomingLetter, Subject, SubjectIdentifier

EVERY_KIND = [
    model for model in apps.get_models(include_auto_created=True) if DATA_MAP[model].is_personal
]


class Person:
    """Rows of one person, one of each kind."""

    numbers = itertools.count(1)

    def __init__(self, letter):
        self.letter = letter
        self.stranger = self
        self.subject = Subject.objects.create()
        self.rows = {Subject: self.subject}
        # By what stands somewhere: in which column of which model.
        self.marks = {}

    def row(self, model):
        if model not in self.rows:
            self.rows[model] = self.make(model)
        return self.rows[model]

    def make(self, model, **given):
        row = model()
        given |= self.special(model)
        for field in model._meta.concrete_fields:
            if field.name in given:
                setattr(row, field.attname, given[field.name])
            elif not (isinstance(field, models.AutoField) and field.primary_key):
                setattr(row, field.attname, self.value(field))
        # Past what an app makes of it when it saves.
        model._base_manager.bulk_create([row])
        return row

    def value(self, field):
        described = DATA_MAP.get(field.model)
        subject = described and described.subject
        if isinstance(subject, SameValue) and field.name == subject.column:
            return getattr(self.row(subject.model), subject.their_column)
        if isinstance(subject, SameAddress) and field.name == subject.column:
            return self.row(apps.get_model("accounts.User")).email
        if isinstance(subject, str):
            step, _, way = subject.partition("__")
            if field.name == step:
                return getattr(
                    self.on_the_way(field.related_model, way), field.target_field.attname
                )
        if field.is_relation:
            return self.beside(field)
        value, mark = self.marked(field)
        if mark and described and field.name in described.personal_fields:
            self.marks[mark] = (field.model, field.name)
        return value

    def on_the_way(self, model, way):
        """The row by which another leads to the person; its own person may be a different one."""
        if not way or model is Subject or DATA_MAP[model].subject == way:
            return self.row(model)
        step, _, rest = way.partition("__")
        mine = self.on_the_way(model._meta.get_field(step).related_model, rest)
        return self.stranger.make(model, **{step: mine.pk})

    def beside(self, field):
        model = field.related_model
        if field.null:
            there = self.stranger.rows.get(model)
            return there.pk if there and not field.unique else None
        if model is Subject or DATA_MAP[model].is_personal:
            return self.make(model).pk if field.unique else self.stranger.row(model).pk
        return NOBODY.row(model).pk

    def mark(self, model, column):
        return next(mark for mark, of in self.marks.items() if of == (model, column))

    def marked(self, field):
        """What to put there, and by what it is found again."""
        number = next(self.numbers)
        mark = f"q{self.letter}{number:04}z"
        if field.flatchoices:
            return field.flatchoices[0][0], None
        match field:
            case PhoneNumberField():
                phone = f"+7701{number:07}"
                return phone, phone
            case models.EmailField():
                return f"{mark}@example.com", mark
            case models.URLField():
                return f"https://{mark}.example.com/", mark
            case models.GenericIPAddressField():
                address = f"198.51.{number // 250}.{number % 250 + 1}"
                return address, address
            case models.BinaryField():
                return mark.encode(), mark
            case models.UUIDField():
                return uuid4(), None
            case models.FileField():
                return "", None
            case models.CharField() | models.TextField() | SearchVectorField():
                fits = field.max_length is None or field.max_length >= len(mark)
                return (mark, mark) if fits else (mark[: field.max_length], None)
            case ArrayField():
                if isinstance(field.base_field, (models.CharField, models.TextField)):
                    return [mark], mark
                return [], None
            case models.JSONField():
                return field.get_default(), None
            case models.BooleanField():
                return False, None
            case models.DateTimeField():
                return timezone.now() if not field.null else None, None
            case models.DateField():
                return date(2026, 11, 1), None
            case models.TimeField():
                return time(9), None
            case models.DecimalField():
                return Decimal(number % 100), None
            case models.FloatField():
                return 1.0, None
        return number % 30000, None

    def special(self, model):
        """What a rule of the table wants otherwise, and files."""
        number = next(self.numbers)
        mark = f"q{self.letter}{number:04}z"
        if model is Authenticator:
            self.marks[mark] = (model, "data")
            return {"data": {"name": mark, "secret": f"secret-{mark}"}}
        if model is Letter:
            message = EmailMessage()
            message.set_content(f"Сәлем {mark}")
            self.marks[mark] = (model, "content")
            return {"content": bytes(message), "state": "waiting", "sent_at": None}
        if model is IncomingLetter:
            return {"sender": self.row(SubjectIdentifier).digest}
        if model is Listing:
            self.marks[mark] = (model, "answers")
            return {"answers": [{"attribute": 1, "value": mark}]}
        if model is Document:
            self.marks[mark] = (model, "file")
            return {"file": storages["private"].save(f"documents/{mark}.pdf", content(mark))}
        if model is Photo:
            stem = f"{number:032x}"
            default_storage.save(f"{files_of(stem)}-640.jpg", content(mark))
            self.marks[mark] = (model, "stem")
            upload = storages["private"].save(f"uploads/{mark}-u", content(f"{mark}-u"))
            self.marks[f"{mark}-u"] = (model, "upload")
            facts = {"stem": stem, "widths": [640], "width": 640, "height": 480, "state": "ready"}
            return facts | {"upload": upload}
        return {}


def content(mark):
    return ContentFile(f"file {mark}".encode())


NOBODY = None


def without_rules():
    """Until the test ends: rules that know which values belong together would ask for real ones."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' "
            "AND connamespace = current_schema()::regnamespace AND conrelid <> 0"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = indrelid "
            "WHERE indisunique AND indpred IS NOT NULL "
            "AND relnamespace = current_schema()::regnamespace"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")


def two_people():
    """Aigul and Marat; what is hers points to what is his where it may, and his to hers."""
    global NOBODY
    without_rules()
    NOBODY = Person("n")
    aigul, marat = Person("a"), Person("m")
    aigul.stranger, marat.stranger = marat, aigul
    for person in (aigul, marat):
        for model in EVERY_KIND:
            person.row(model)
    return aigul, marat
