"""What a person holds in hand of what the ledger holds on them."""

from django.utils.translation import gettext as _

from privacy.models import ConsentEntry, Subject
from privacy.operator import current_operator


def entries_of(*people: Subject):
    """All that a receipt tells, the newest first."""
    return (
        ConsentEntry.objects.filter(subject__in=people)
        .select_related("version__document", "evidence")
        .defer("version__record")
        .order_by("subject", "-sequence")
    )


def receipt(entries) -> dict:
    """As data, with what it takes to check the hashes without us."""
    return head() | {"entries": list(map(facts, entries))}


def head() -> dict:
    operator = current_operator()
    return {
        "operator": {"name": operator.name, "bin": operator.bin, "email": operator.email},
        "how_to_check": _(
            "Each hash is the SHA-256 of the “content” beside it, written as JSON with sorted "
            "keys, without spaces between them and in UTF-8. Each “previous_hash” is the hash of "
            "the entry before."
        ),
    }


def facts(entry) -> dict:
    return {
        "content": entry.content,
        "hash": entry.hash,
        "document": document(entry.version),
        "evidence": evidence(entry),
    }


def document(version):
    if version is None:
        return None
    return {"slug": version.document_id, "number": version.number, "digest": version.digest}


def evidence(entry):
    if not hasattr(entry, "evidence"):
        return None
    return {"network": entry.evidence.network, "browser": entry.evidence.browser}
