"""What others wrote of people who are erased: their exact addresses and numbers, however spelled.

One pass over all free texts for everybody of a round, some thousand rows at a time.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from functools import reduce
from operator import or_

from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Lower

from letters.models import Letter
from privacy.data_map import (
    DATA_MAP,
    FreeText,
    Personal,
    SameAddress,
    SameDigest,
    Source,
    Written,
)
from privacy.erasure.among import Keys
from privacy.erasure.plan import open_fence
from privacy.erasure.registry import MENTIONED, REWRITTEN
from privacy.erasure.secrets import TELLING, spellings
from privacy.models import Erasure, SubjectIdentifier
from privacy.models.identifiers import digest, normal_email
from privacy.operator import current_operator

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

# What people say of themselves in lines of their own, where others may be named, too. Of the name
# of a seller more is made than one column: staff has to look.
LINES = ("identity.", "contact.address", "seller.person", "seller.terms")
# What an index samples is of its table.
REMEMBERED = """
SELECT coalesce(sampled.relname, tablename),
    concat_ws(' ', most_common_vals, most_common_elems, histogram_bounds)
FROM pg_stats
JOIN pg_class ON relname = tablename AND relnamespace = current_schema()::regnamespace
LEFT JOIN pg_index ON indexrelid = pg_class.oid
LEFT JOIN pg_class sampled ON sampled.oid = indrelid
WHERE schemaname = current_schema()
"""


def remove(needles: dict[str, set[str]]) -> None:
    """Put a mark in the place of each; then the letters to these people, and about them, go."""
    alone = of_nobody_else(needles)
    emails, digits = spellings(alone)
    if emails or digits:
        for model, columns in texts():
            clean(model, columns, emails, digits)
        remove_letters(emails, digits)
    remove_by_address(alone.get("contact.email", set()))
    for hook in MENTIONED:
        hook(lambda text: marked_text(text, emails, digits) != text)


def of_nobody_else(needles: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without what somebody else goes by, too: a phone that colleagues share, or the portal's own.

    Also without what a hold still keeps; it is looked for when that has ended.
    """
    us = current_operator()
    ours = {us.email.lower(), us.data_protection_contact.lower(), str(us.phone), us.bin}
    alone = {
        kind: {value for value in values if value.lower() not in ours}
        for kind, values in needles.items()
    }
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
        if model is Erasure or isinstance(described.subject, SameAddress):
            continue  # these know no person of their own
        for name, declared in described.personal_fields.items():
            if declared.category in TELLING and is_text(model._meta.get_field(name)):
                yield model, name, declared.category


def texts() -> Iterator[tuple[type[models.Model], list[models.Field]]]:
    """Tables with columns in which somebody may be named."""
    for model, described in DATA_MAP.items():
        if model is Letter:
            continue
        columns = [
            column
            for name, declared in described.fields.items()
            if holds_words(column := model._meta.get_field(name), declared)
        ]
        if columns:
            yield model, columns


def holds_words(column, declared):
    if not isinstance(column, models.CharField | models.TextField | models.JSONField):
        return False
    return is_free(declared) or (
        isinstance(declared, Personal)
        and declared.category.startswith(LINES)
        and declared.source == Source.PERSON
        and not (column.unique or column.choices)
    )


def is_text(column):
    return isinstance(column, models.CharField | models.TextField)


def is_free(declared):
    keys = getattr(declared, "keys", None)
    inner = keys.values() if isinstance(keys, dict) else ()
    return isinstance(declared, FreeText | Written) or any(is_free(each) for each in inner)


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


def clean(model, columns, emails, digits):
    names = [column.name for column in columns]
    looked_at = {f"looked_at_{name}": Cast(name, TextField()) for name in names}
    worth_it = reduce(or_, (Q(**{f"{each}__regex": WORTH_A_LOOK}) for each in looked_at))
    for rows in windows(model):
        found = rows.annotate(**looked_at).filter(worth_it).values_list("pk", *names)
        changed = set()
        for pk, *values in list(found):
            for column, value in zip(columns, values, strict=True):
                is_json = isinstance(column, models.JSONField)
                marked = (in_json if is_json else marked_text)(value, emails, digits)
                if marked != value and replace(model, column.name, pk, value, marked):
                    changed.add(pk)
        if changed and model in REWRITTEN:
            REWRITTEN[model](sorted(changed))


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


def remove_letters(emails, digits):
    """What is still to be sent to others and names them."""
    for letter in Letter.objects.exclude(content=b"").iterator(chunk_size=100):
        words = "\n".join([letter.subject_line, *words_of(bytes(letter.content))])
        if marked_text(words, emails, digits) != words:
            letter.delete()


def words_of(content):
    for part in message_from_bytes(content, policy=policy.default).walk():
        if part.get_content_maintype() == "text":
            yield part.get_content()


def remove_by_address(addresses):
    """Rows that are theirs by an address alone: letters to them, links they were sent."""
    lowered = by_lowered(addresses)
    digests = [digest(SubjectIdentifier.Kind.EMAIL, address) for address in addresses]
    for model, described in DATA_MAP.items():
        rows, subject = model._base_manager.all(), described.subject
        if isinstance(subject, SameAddress):
            rows.annotate(to=Lower(subject.column)).filter(to__among=lowered).delete()
        elif isinstance(subject, SameDigest):
            rows.filter(**{f"{subject.column}__among": digests}).delete()


def remembering(needles: dict[str, set[str]]) -> set[str]:
    """Tables of which the planner keeps a sample that names one of these people, and those whose
    rows are found by an address or a key alone.
    """
    emails, digits = spellings(needles)
    with connection.cursor() as cursor:
        cursor.execute(REMEMBERED)
        found = {table for table, words in cursor if marked_text(words, emails, digits) != words}
    return found | {
        described.table
        for described in DATA_MAP.values()
        if described.subject is not None and not isinstance(described.subject, str)
    }
