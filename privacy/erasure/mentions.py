"""What others wrote of people who are erased: their exact addresses and numbers, however spelled.

One pass over all free texts for everybody of a round, some thousand rows at a time.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy

from django.db import IntegrityError, models, transaction
from django.db.models import TextField
from django.db.models.functions import Cast, Lower

from letters.models import Letter
from privacy.data_map import DATA_MAP, FreeText
from privacy.erasure.among import Keys
from privacy.erasure.plan import open_fence
from privacy.erasure.registry import MENTIONED, REWRITTEN
from privacy.erasure.secrets import TELLING, spellings
from privacy.models import Erasure
from privacy.models.identifiers import normal_email

MARK = "[•••]"
ROWS_A_LOOK = 5000
# Of columns that hold a single address or number.
ROWS_A_GLANCE = 20_000

EMAIL = re.compile(r"[^\s<>()\[\]\"',;:|]+@[^\s<>()\[\]\"',;:|/?]+")
# Seven digits and more, with what people write between them.
NUMBER = re.compile(r"\+?\d(?:[\s().\-–—\u00a0\u202f/]{0,3}\d){6,24}")  # noqa: RUF001
GROUP = re.compile(r"\d+")
# PostgreSQL leaves out most texts, which hold neither.
WORTH_A_LOOK = r"@|([0-9][^0-9a-zA-Z]{0,3}){7}"


def remove(needles: dict[str, set[str]]) -> None:
    """Put a mark in the place of each; then the letters to these people, and about them, go."""
    alone = of_nobody_else(needles)
    emails, digits = spellings(alone)
    if emails or digits:
        for model, column in free_texts():
            clean(model, column, emails, digits)
        remove_letters(alone.get("contact.email", set()), emails, digits)
    for hook in MENTIONED:
        hook(lambda text: marked_text(text, emails, digits) != text)


def of_nobody_else(needles: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without what somebody else goes by, too: a phone that colleagues share.

    Also without what a hold still keeps; it is looked for when that has ended.
    """
    alone = {kind: set(values) for kind, values in needles.items()}
    lowered = {kind: by_lowered(values) for kind, values in alone.items()}
    for model, name, kind in telling_columns():
        if not alone.get(kind):
            continue
        for rows in windows(model, ROWS_A_GLANCE):
            used = rows.annotate(looked_at=Lower(Cast(name, TextField())))
            used = used.filter(looked_at__among=lowered[kind])
            for value in used.values_list("looked_at", flat=True):
                alone[kind] -= lowered[kind][value]
    return alone


def by_lowered(values):
    found = Keys()
    for value in values:
        found.setdefault(value.lower(), set()).add(value)
    return found


def telling_columns():
    for model, described in DATA_MAP.items():
        if model in (Letter, Erasure):
            continue
        for name, declared in described.personal_fields.items():
            if declared.category in TELLING and is_text(model._meta.get_field(name)):
                yield model, name, declared.category


def free_texts() -> Iterator[tuple[type[models.Model], models.Field]]:
    for model, described in DATA_MAP.items():
        if model is Letter:
            continue
        for name, declared in described.personal_fields.items():
            column = model._meta.get_field(name)
            if holds_free_text(declared) and (
                is_text(column) or isinstance(column, models.JSONField)
            ):
                yield model, column


def is_text(column):
    return isinstance(column, models.CharField | models.TextField)


def holds_free_text(declared):
    keys = getattr(declared, "keys", None)
    inner = keys.values() if isinstance(keys, dict) else ()
    return isinstance(declared, FreeText) or any(holds_free_text(each) for each in inner)


def windows(model, size=ROWS_A_LOOK) -> Iterator[models.QuerySet]:
    """All rows, so many keys at a time; a short look each, however big the table."""
    rows = model._base_manager.order_by()
    if not isinstance(model._meta.pk, models.AutoField | models.ForeignKey):
        yield rows
        return
    start = None
    while True:
        later = rows if start is None else rows.filter(pk__gt=start)
        end = later.order_by("pk").values_list("pk", flat=True)[size - 1 : size].first()
        if end is None:
            yield later
            return
        yield later.filter(pk__lte=end)
        start = end


def clean(model, column, emails, digits):
    name, is_json = column.name, isinstance(column, models.JSONField)
    worth_it = {"looked_at__regex": WORTH_A_LOOK}
    for rows in windows(model):
        rows = rows.annotate(looked_at=Cast(name, TextField())).filter(**worth_it)
        changed = []
        for pk, value in list(rows.values_list("pk", name)):
            marked = (in_json if is_json else marked_text)(value, emails, digits)
            if marked != value and replace(model, name, pk, value, marked):
                changed.append(pk)
        if changed and model in REWRITTEN:
            REWRITTEN[model](changed)


def replace(model, name, pk, value, marked):
    row = model._base_manager.filter(pk=pk, **{name: value})
    try:
        with transaction.atomic():
            open_fence()
            return row.update(**{name: marked})
    except IntegrityError:
        # Of what is kept as proof the database lets a text only be emptied.
        with transaction.atomic():
            return row.update(**{name: ""})


def in_json(value, emails, digits):
    if isinstance(value, str):
        return marked_text(value, emails, digits)
    if isinstance(value, list):
        return [in_json(each, emails, digits) for each in value]
    if isinstance(value, dict):
        return {key: in_json(each, emails, digits) for key, each in value.items()}
    return value


def marked_text(text: str, emails: set[str], digits: set[str]) -> str:
    def mark_email(match):
        word = match[0]
        # What stands before or behind may belong to the sentence.
        bare = word.strip(".!?*_«»“”…–-")
        return word.replace(bare, MARK) if normal_email(bare) in emails else word

    def mark_number(match):
        return without_numbers(match[0], digits)

    return NUMBER.sub(mark_number, EMAIL.sub(mark_email, text)) if text else text


def without_numbers(run, digits):
    """A run may hold several numbers, and begin with one that is no phone."""
    groups = list(GROUP.finditer(run))
    for first in range(len(groups)):
        joined = ""
        for last in range(first, len(groups)):
            joined += groups[last][0]
            if joined in digits:
                start, end = groups[first].start(), groups[last].end()
                if run[start - 1 : start] in ("+", "("):
                    start -= 1
                if run[start - 1 : start] == "+":
                    start -= 1
                return run[:start] + MARK + without_numbers(run[end:], digits)
    return run


def remove_letters(addresses, emails, digits):
    """Those to the people themselves, and what is still to be sent to others and names them."""
    addressed = Letter.objects.annotate(to=Lower("recipient"))
    addressed.filter(to__among=by_lowered(addresses)).delete()
    for letter in Letter.objects.exclude(content=b"").iterator(chunk_size=100):
        words = "\n".join([letter.subject_line, *words_of(bytes(letter.content))])
        if marked_text(words, emails, digits) != words:
            letter.delete()


def words_of(content):
    for part in message_from_bytes(content, policy=policy.default).walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()
