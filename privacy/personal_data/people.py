"""The person behind the rows, and how they are recognised."""

from django.utils.translation import gettext_lazy as _

from privacy.data_map import People, Personal, Source, describe, not_personal
from privacy.models import Subject, SubjectIdentifier
from privacy.personal_data.rows import ROW_NUMBER, WHOSE
from privacy.retention import WhileAccountExists

describe(
    Subject,
    fields={
        **not_personal(
            _("a random number; it leads to nobody once the rows that point to it are gone"), "id"
        ),
        **not_personal(
            _("says nothing without the rows that point to it"),
            *("state", "epoch", "created_at", "erased_at", "joined_to"),
        ),
    },
)

TO_RECOGNISE = {
    "purposes": ["identify"],
    "kept": WhileAccountExists(),
    "source": Source.PORTAL,
}

describe(
    SubjectIdentifier,
    title=_("How you are found by an address or number you have proved to be yours"),
    people=People.EVERYBODY,
    subject="subject",
    fields={
        "kind": Personal("contact.digest", **TO_RECOGNISE),
        "digest": Personal("contact.digest", **TO_RECOGNISE),
        "created_at": Personal("trace.time", **TO_RECOGNISE),
        **WHOSE,
        **ROW_NUMBER,
    },
)
