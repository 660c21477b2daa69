"""The record of processing (GDPR, Article 30), made from the data map and the registers."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from privacy.data_map import (
    CATEGORIES,
    DATA_MAP,
    TABLES,
    Described,
    NotPersonal,
    People,
    Personal,
    Recipient,
    Source,
)
from privacy.operator import current_operator
from privacy.purposes import PURPOSES, Basis
from privacy.registers import CACHE_PREFIXES, COLLECTION_POINTS, COOKIES, TASKS, NotKept

COLUMNS = (
    "table", "column", "people", "category", "purposes", "bases", "kept", "source", "shown_to",
    "erasure", "not_personal",
)  # fmt: skip

# What the keys of the record mean, for those of its facts that are keys.
MEANINGS = {
    "basis": dict(Basis.choices),
    "people": dict(People.choices),
    "categories": CATEGORIES,
    "category": CATEGORIES,
    "purposes": {key: purpose.name for key, purpose in PURPOSES.items()},
    "recipients": dict(Recipient.choices),
    "shown_to": dict(Recipient.choices),
    "source": dict(Source.choices),
}


def record_of_processing() -> dict:
    """All of it but the operator: what changes only when the software does."""
    tables = {table.table: table for table in (*DATA_MAP.values(), *TABLES.values())}
    return {
        "purposes": {key: purpose_facts(key) for key in PURPOSES},
        "tables": {name: table_facts(tables[name]) for name in sorted(tables)},
        "forms": {name: form_facts(COLLECTION_POINTS[name]) for name in sorted(COLLECTION_POINTS)},
        "cookies": {name: cookie_facts(COOKIES[name]) for name in sorted(COOKIES)},
        "cache": {
            prefix: {
                "what": str(CACHE_PREFIXES[prefix].what),
                "purpose": CACHE_PREFIXES[prefix].purpose,
                "seconds": int(CACHE_PREFIXES[prefix].longest.total_seconds()),
                "digested": CACHE_PREFIXES[prefix].is_digested,
            }
            for prefix in sorted(CACHE_PREFIXES)
        },
        "tasks": {
            name: {parameter: kind.__name__ for parameter, kind in TASKS[name].parameters.items()}
            for name in sorted(TASKS)
        },
        "transfers": _(
            "The databases are kept in the Republic of Kazakhstan. Letters go to the mail servers "
            "of their receivers, wherever those are."
        ),
        "measures": [
            _("Every connection is encrypted."),
            _("Passwords are stored as Argon2id hashes; secrets of second factors are encrypted."),
            _("Staff need a second factor, and what they change is recorded."),
            _("The ledger of consents cannot be changed, and is verified every hour."),
            _("IP addresses are shortened before they are stored."),
            _("Logs hold numbers of rows, never names, addresses or texts."),
            _("Whatever nobody declared here fails the tests and is not released."),
        ],
    }


def controller() -> dict:
    operator = current_operator()
    return {
        "name": operator.name,
        "bin": operator.bin,
        "address": operator.address,
        "email": operator.email,
        "phone": str(operator.phone),
        "data_protection_contact": operator.data_protection_contact,
        "eu_representative": operator.eu_representative,
        "supervisory_authority": operator.supervisory_authority,
    }


def columns_of_record() -> Iterator[dict]:
    """The same as a table: a line for each column, and for each key in one."""

    def lines(place, its):
        purposes = its.get("purposes", [])
        yield {
            "column": place,
            "category": its.get("category", ""),
            "purposes": ", ".join(purposes),
            "bases": ", ".join(dict.fromkeys(PURPOSES[key].basis.value for key in purposes)),
            "kept": its.get("kept", ""),
            "source": its.get("source", ""),
            "shown_to": ", ".join(its.get("shown_to", [])),
            "erasure": its.get("erasure", ""),
            "not_personal": its.get("not_personal", ""),
        }
        for key, inner in its.get("keys", {}).items():
            yield from lines(f"{place}.{key}", inner)

    for table, facts in record_of_processing()["tables"].items():
        for column, its in facts["columns"].items():
            for line in lines(column, its):
                line |= {"table": table, "people": ""}
                if line["category"]:
                    line["people"] = facts["people"]
                    line["erasure"] = line["erasure"] or facts["erasure"]
                yield line


def in_words(facts: dict) -> dict:
    """The facts of a purpose or a column with words for people in place of keys."""

    def said(name, keys):
        if name not in MEANINGS:
            return keys
        if isinstance(keys, str):
            keys = filter(None, keys.split(", "))
        return "; ".join(str(MEANINGS[name][key]) for key in keys)

    return {name: said(name, keys) for name, keys in facts.items()}


def held_about_people() -> list[dict]:
    """What a person may want to know: the tables that know people, in their words."""
    order = list(People)
    groups = {}
    for table in sorted(
        (table for table in DATA_MAP.values() if table.is_personal),
        key=lambda table: order.index(table.people),
    ):
        # Tables that are the same thing to people have the same title.
        groups.setdefault(str(table.title), []).append(table)
    return [
        {
            "title": title,
            "people": tables[0].people.label,
            "erasure": tables[0].erase and tables[0].erase.words,
            "kinds": kinds_of_data(tables),
        }
        for title, tables in groups.items()
    ]


def purposes_in_use():
    used = {
        purpose
        for table in record_of_processing()["tables"].values()
        for column in table["columns"].values()
        for purpose in column.get("purposes", [])
    }
    return [purpose for key, purpose in PURPOSES.items() if key in used]


def kinds_of_data(tables: list[Described]) -> list[dict]:
    """Columns that are treated alike are one line."""
    kinds = {}
    for declared in (declared for table in tables for declared in all_personal(table)):
        alike = (*declared.purposes, declared.kept.words, declared.source, *declared.shown_to)
        kind = kinds.setdefault(
            (tuple(map(str, alike)), declared.edit),
            {
                "what": [],
                "purposes": [PURPOSES[key].name for key in declared.purposes],
                "reasons": [PURPOSES[key] for key in declared.purposes],
                "kept": declared.kept.words,
                "source": declared.source.label,
                "shown_to": [recipient.label for recipient in declared.shown_to],
                "edit": declared.edit,
            },
        )
        if declared.category_words not in kind["what"]:
            kind["what"].append(declared.category_words)
    return list(kinds.values())


def all_personal(table) -> Iterator[Personal]:
    def below(declarations):
        for declared in declarations.values():
            if isinstance(declared, Personal):
                yield declared
            if isinstance(declared.keys, dict):
                yield from below(declared.keys)

    yield from below(table.fields | table.columns)


def purpose_facts(key):
    purpose = PURPOSES[key]
    used = [
        (table, declared)
        for table in DATA_MAP.values()
        for declared in all_personal(table)
        if key in declared.purposes
    ]
    return {
        "name": str(purpose.name),
        "why": str(purpose.sentence),
        "basis": purpose.basis.value,
        "people": sorted({table.people.value for table, _declared in used}),
        "categories": sorted({declared.category for _table, declared in used}),
        "recipients": sorted({r.value for _table, declared in used for r in declared.shown_to}),
        "kept": sorted({str(declared.kept.words) for _table, declared in used}),
    }


def table_facts(table):
    facts = {}
    if table.is_personal:
        facts = {
            "what": str(table.title),
            "people": table.people.value,
            "erasure": str(table.erase.words) if table.erase else "",
        }
    declared = table.fields | table.columns
    return facts | {"columns": {name: column_facts(declared[name]) for name in sorted(declared)}}


def column_facts(declared):
    if isinstance(declared, NotPersonal):
        facts = {"not_personal": str(declared.reason)}
    else:
        facts = {
            "category": declared.category,
            "purposes": declared.purposes,
            "kept": str(declared.kept.words),
            "source": declared.source.value,
            "shown_to": [recipient.value for recipient in declared.shown_to],
        }
        if declared.erase:
            facts["erasure"] = str(declared.erase.words)
    if isinstance(declared.keys, dict) and declared.keys:
        facts["keys"] = {key: column_facts(declared.keys[key]) for key in sorted(declared.keys)}
    return facts


def form_facts(point):
    return {
        "what": str(point.what),
        "bases": {key: PURPOSES[key].basis.value for key in point.purposes},
        "documents": list(point.documents),
        "fields": {name: field_facts(point.fields[name]) for name in sorted(point.fields)},
    }


def field_facts(declared):
    if isinstance(declared, NotKept):
        return {"not_kept": str(declared.reason)}
    return {"kept_in": f"{declared.model._meta.db_table}.{declared.name}"}


def cookie_facts(cookie):
    return {
        "what": str(cookie.what),
        "purpose": cookie.purpose,
        "seconds": int(cookie.lifetime.total_seconds()) if cookie.lifetime else None,
        "strictly_needed": cookie.is_needed,
        "http_only": cookie.http_only,
        "same_site": cookie.same_site,
    }
