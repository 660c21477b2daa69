"""Who runs the portal, as every page, letter and consent names them."""

import threading
import time
from contextlib import suppress

from django.core import checks
from django.db import DatabaseError

from privacy.models import ControllerIdentity, Version
from ui.replicas import from_primary

LIFETIME = 60
# Until the record is filled in, and for the pages that must appear without a database.
FALLBACK = ControllerIdentity(
    name="VECTOR'KZ", website="https://kazvek.com", email="support@kazvek.com"
)
remembered = {"operator": FALLBACK, "until": 0.0}
reading = threading.Lock()


def current_operator() -> ControllerIdentity:
    """The record, read once a minute in each process; what was last known when it cannot be."""
    if time.monotonic() >= remembered["until"]:
        with reading:
            if time.monotonic() >= remembered["until"]:
                with suppress(DatabaseError), from_primary():
                    remembered["operator"] = ControllerIdentity.objects.first() or FALLBACK
                # Also when the database did not answer: it is asked by one request a minute.
                remembered["until"] = time.monotonic() + LIFETIME
    return remembered["operator"]


def forget_operator():
    """The next page of this process reads the record again."""
    remembered.update(operator=FALLBACK, until=0.0)


@checks.register(checks.Tags.database)
def published_policy_names_its_operator(app_configs, databases, **options):
    if not databases:
        return []
    try:
        is_nameless = (
            Version.objects.published().exists() and not ControllerIdentity.objects.exists()
        )
    except DatabaseError:  # not migrated yet, or away: other checks say so
        return []
    if not is_nameless:
        return []
    return [
        checks.Error(
            "Documents are published, but the record of the operator is empty.",
            hint="Fill in name, BIN and contacts under “Operator of the portal” in the admin.",
            id="privacy.E001",
        )
    ]
