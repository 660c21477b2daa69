"""What stands in a column, for programs and for people."""

import json
import re
from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from privacy.data_map import DATA_MAP
from privacy.labels import LANGUAGES
from privacy.record import MEANINGS

# What no text for people should hold, and HTML must not.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def as_json(raw, keys=None):
    """As JSON can hold it; of its keys without those that are left out."""
    match raw:
        case None | bool() | int() | float() | str():
            return raw
        case dict():
            known = keys if isinstance(keys, dict) else {}
            return {
                str(key): as_json(inner, getattr(known.get(key), "keys", None))
                for key, inner in raw.items()
                if not getattr(known.get(key), "left_out", None)
            }
        case list() | tuple() | set() | frozenset():
            return [as_json(item, keys) for item in raw]
        case datetime() | date() | time():
            return raw.isoformat()
        case bytes() | memoryview():
            return bytes(raw).decode(errors="replace")
    return str(raw)


def in_words(raw, meanings: dict) -> str:
    """In the language that is active; `meanings` has words for values that are keys."""
    match raw:
        case None | "" | []:
            return ""
        case bool():
            return _("yes") if raw else _("no")
        case str():
            return clean(meanings.get(raw, raw))
        case int():
            return meanings.get(raw) or str(raw)
        case float() | Decimal():
            return number_format(raw, force_grouping=False)
        case datetime():
            return date_format(timezone.localtime(raw), "DATETIME_FORMAT")
        case date():
            return date_format(raw, "DATE_FORMAT")
        case list() | tuple() if all(isinstance(item, (str, int)) for item in raw):
            return ", ".join(in_words(item, meanings) for item in raw)
        case list() | tuple() | dict():
            return clean(json.dumps(as_json(raw), ensure_ascii=False, indent=1))
    return clean(str(raw))


def meanings_of(field) -> dict:
    base = getattr(field, "base_field", field)
    if field.name == "language":
        return LANGUAGES
    meanings = MEANINGS.get(field.name) or MEANINGS.get(f"{field.name}s") or base.flatchoices
    return {key: str(words) for key, words in dict(meanings or ()).items()}


def words_of_row(model, pk):
    """Rows that are about people are only named by their number."""
    described = DATA_MAP.get(model)
    row = None
    if described and not described.is_personal:
        row = model._base_manager.filter(pk=pk).first()
    return clean(str(row)) if row else f"№ {pk}"


def clean(text):
    return CONTROLS.sub("\ufffd", text)
