"""The ledger of consents, and how they stand."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.data_map import (
    NotPersonal,
    People,
    Personal,
    Recipient,
    Source,
    StaysNameless,
    describe,
    not_personal,
)
from privacy.export.originals import register_words
from privacy.models import Consent, ConsentChain, ConsentEntry, ConsentEvidence, LedgerRun
from privacy.models.consents import place_of
from privacy.personal_data.rows import ROW_NUMBER, WHOSE
from privacy.registers import register_task
from privacy.retention import After, AsProof, WhileAccountExists
from privacy.tasks import verify_ledger

STAYS_AS_PROOF = StaysNameless(
    _("It proves what was agreed to. Nothing in it says who, once the person is erased.")
)
TO_PROVE = {
    "purposes": ["compliance"],
    "kept": AsProof(
        _("for as long as somebody may ask for proof; without your name after erasure")
    ),
    "source": Source.PORTAL,
    "shown_to": (Recipient.STAFF,),
}

register_words(ConsentEntry, "form", place_of)

describe(
    ConsentEntry,
    title=_("What you agreed to, refused, withdrew or were shown, and in which words"),
    people=People.EVERYBODY,
    subject="subject",
    erase=STAYS_AS_PROOF,
    fields={
        **{
            name: Personal("consent.act", **TO_PROVE)
            for name in (
                "sequence",
                "act",
                "processing",
                "purpose",
                "channel",
                "basis",
                "version",
                "version_digest",
                "sentence",
                "sentence_hash",
                "language",
                "form",
                "button",
            )
        },
        "scope": Personal("consent.act", **TO_PROVE, keys={}),
        "at": Personal("trace.time", **TO_PROVE),
        **not_personal(
            _("a random-looking number that proves the row and says nothing of the person"),
            *("previous_hash", "hash"),
        ),
        **WHOSE,
        **ROW_NUMBER,
    },
)

TO_BACK_IT = {
    "purposes": ["compliance", "security"],
    "kept": After(
        "entry__at",
        days=365,
        sentence=ngettext_lazy("%(days)d day after the act", "%(days)d days after the act", "days"),
    ),
    "source": Source.DEVICE,
    "shown_to": (Recipient.STAFF,),
}

describe(
    ConsentEvidence,
    title=_("From where a consent was given or withdrawn"),
    people=People.EVERYBODY,
    subject="entry__subject",
    fields={
        "network": Personal("device.network", **TO_BACK_IT),
        "browser": Personal("device.browser", **TO_BACK_IT),
        **not_personal(_("points to the entry of the ledger"), "entry"),
    },
    beside=("entry",),
)

describe(
    ConsentChain,
    fields={
        **not_personal(
            _("proves that no entry of the ledger was changed, and says nothing of the person"),
            *("length", "head", "seal"),
        ),
        **WHOSE,
    },
)

TO_OBEY = {
    "purposes": ["compliance"],
    "kept": WhileAccountExists(),
    "edit": "accounts:privacy",
}

describe(
    Consent,
    title=_("How your consents stand now"),
    people=People.EVERYBODY,
    subject="subject",
    fields={
        "purpose": Personal("consent.act", **TO_OBEY),
        "channel": Personal("consent.act", **TO_OBEY),
        "act": Personal("consent.act", **TO_OBEY),
        **not_personal(_("points to the entry of the ledger"), "entry"),
        **WHOSE,
        **ROW_NUMBER,
    },
)

describe(
    LedgerRun,
    fields={
        **not_personal(
            _("how the verification of the ledger went, with numbers of rows only"),
            *("started_at", "finished_at", "reached", "entries", "last_entry", "seal"),
        ),
        "faults": NotPersonal(
            _("which rows of the ledger were changed, by their numbers"), keys={}
        ),
        **ROW_NUMBER,
    },
)

register_task(verify_ledger)
