"""What privacy itself holds, and the letters below it, which may not know of the data map."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from letters.models import Letter
from letters.tasks import forget_old, send, send_waiting
from privacy.admin import ClauseForm, PublishForm
from privacy.data_map import (
    OPAQUE,
    FreeText,
    NotPersonal,
    People,
    Personal,
    Recipient,
    SameAddress,
    Source,
    StaysNameless,
    describe,
    not_personal,
)
from privacy.ledger_admin import NextStepForm
from privacy.models import (
    Clause,
    Consent,
    ConsentChain,
    ConsentEntry,
    ConsentEvidence,
    ControllerIdentity,
    Disclosure,
    Document,
    Erasure,
    GroupSite,
    Hold,
    LedgerRun,
    Request,
    RequestStep,
    StaffAccess,
    Subject,
    SubjectIdentifier,
    Version,
)
from privacy.registers import Column, kept_in, not_kept, register_form, register_task
from privacy.retention import After, AsProof, ByRule, WhileAccountExists
from privacy.strategies import Empty
from privacy.tasks import erase_due, verify_ledger


def over_but_for_the_secret(erasures, now):
    over = [Erasure.State.DONE, Erasure.State.CANCELLED]
    return erasures.filter(state__in=over).exclude(secret=b"")


ROW_NUMBER = not_personal(_("the number of the row"), "id")
WHOSE = not_personal(_("points to the person it is about"), "subject")

# Letters

AFTER_WRITTEN = After(
    "created_at",
    days=Letter.KEPT_FOR.days,
    sentence=ngettext_lazy(
        "%(days)d day after the letter was written",
        "%(days)d days after the letter was written",
        "days",
    ),
)
TO_WRITE = {"purposes": ["service"], "kept": AFTER_WRITTEN, "source": Source.PORTAL}

describe(
    Letter,
    title=_("Letters of the portal to you"),
    people=People.RECEIVERS,
    subject=SameAddress("recipient"),
    fields={
        "recipient": Personal(
            "contact.email", **TO_WRITE, shown_to=(Recipient.STAFF, Recipient.MAIL_SERVER)
        ),
        "subject_line": Personal(
            "content.letter", **TO_WRITE, shown_to=(Recipient.STAFF, Recipient.MAIL_SERVER)
        ),
        # Empty as soon as the mail server has it.
        "content": FreeText("content.letter", **TO_WRITE, shown_to=(Recipient.MAIL_SERVER,)),
        "created_at": Personal("trace.time", **TO_WRITE, shown_to=(Recipient.STAFF,)),
        "sent_at": Personal("trace.time", **TO_WRITE, shown_to=(Recipient.STAFF,)),
        **not_personal(_("the portal's own address"), "sender"),
        **not_personal(_("a random number, by which mail servers know a letter"), "message_id"),
        **not_personal(
            _("how far the delivery is, without what it says or to whom"),
            *("state", "due_at", "attempts", "error"),
        ),
        **ROW_NUMBER,
    },
)

register_task(send, letter_pk=Letter)
register_task(send_waiting)
register_task(forget_old)

# The person

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

# The ledger of consents

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

describe(
    Disclosure,
    title=_("To whom your data was given"),
    people=People.EVERYBODY,
    subject="subject",
    erase=StaysNameless(
        _("It proves who received data. Nothing in it says whose, once the person is erased.")
    ),
    fields={
        **{
            name: Personal("trace.disclosure", **TO_PROVE)
            for name in ("kind", "recipient_number", "recipient_name", "fields", "purpose", "basis")
        },
        "about": Personal("trace.disclosure", **TO_PROVE),
        "at": Personal("trace.time", **TO_PROVE),
        **WHOSE,
        **ROW_NUMBER,
    },
)

describe(
    StaffAccess,
    title=_("When staff of the portal had your masked data shown, and why"),
    people=People.EVERYBODY,
    subject="subject",
    erase=StaysNameless(
        _("It proves who looked. Nothing in it says at whose data, once the person is erased.")
    ),
    fields={
        **{
            name: Personal("trace.disclosure", **TO_PROVE) for name in ("reason", "fields", "about")
        },
        "at": Personal("trace.time", **TO_PROVE),
        **not_personal(_("points to the member of staff who acted"), "by"),
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

# Requests

ABOUT_REQUEST = {**TO_PROVE, "purposes": ["compliance", "claims"]}
REQUEST_STAYS = StaysNameless(
    _("It proves that a request was answered in time. Nothing in it says who.")
)

describe(
    Request,
    title=_("What you asked us to do with your data"),
    people=People.EVERYBODY,
    subject="subject",
    erase=REQUEST_STAYS,
    fields={
        "kind": Personal("request.state", **ABOUT_REQUEST),
        "state": Personal("request.state", **ABOUT_REQUEST),
        "received_at": Personal("trace.time", **ABOUT_REQUEST),
        "due_at": Personal("trace.time", **ABOUT_REQUEST),
        "closed_at": Personal("trace.time", **ABOUT_REQUEST),
        **WHOSE,
        **ROW_NUMBER,
    },
)

describe(
    RequestStep,
    title=_("How your request went on"),
    people=People.EVERYBODY,
    subject="request__subject",
    erase=REQUEST_STAYS,
    fields={
        "state": Personal("request.state", **ABOUT_REQUEST),
        "at": Personal("trace.time", **ABOUT_REQUEST),
        "reason": FreeText("request.state", **ABOUT_REQUEST, erase=Empty()),
        **not_personal(_("points to the request"), "request"),
        **not_personal(_("points to the member of staff who acted"), "by"),
        **ROW_NUMBER,
    },
)

register_form(
    "next-step",
    _("How your request went on"),
    NextStepForm,
    purposes=["compliance", "claims"],
    fields={"next_state": Column(RequestStep, "state"), **kept_in(RequestStep, "reason")},
)

# Erasure

describe(
    Erasure,
    title=_("The deletion of your data, and its certificate"),
    people=People.EVERYBODY,
    subject="subject",
    erase=StaysNameless(_("It is the proof that you were deleted, and names nobody.")),
    fields={
        "secret": Personal(
            "contact.email",
            purposes=["compliance"],
            kept=ByRule(
                _("encrypted, until it is certain that nothing else is left of you"),
                over_but_for_the_secret,
            ),
            source=Source.PORTAL,
            erase=Empty(),
        ),
        **dict.fromkeys(("state", "step"), Personal("request.state", **ABOUT_REQUEST)),
        **dict.fromkeys(
            ("created_at", "starts_at", "began_at", "finished_at"),
            Personal("trace.time", **ABOUT_REQUEST),
        ),
        "found": NotPersonal(_("how many rows there were in which table"), keys=OPAQUE),
        "certificate": NotPersonal(
            _("what was deleted and what is kept, in numbers and without a name"), keys=OPAQUE
        ),
        **not_personal(
            _("how far the portal is with it"), "lease", "lease_until", "attempts", "trouble"
        ),
        **not_personal(_("the number of a letter that is gone"), "letter"),
        **not_personal(_("points to the request"), "request"),
        **WHOSE,
        **ROW_NUMBER,
    },
)
describe(
    Hold,
    fields={
        **not_personal(
            _("which columns of which row are kept for a while, and why, without what they say"),
            *("rule", "row", "fields", "began_at", "ends_at", "ended_at"),
        ),
        **not_personal(_("points to the deletion"), "erasure"),
        **ROW_NUMBER,
    },
)
register_task(erase_due)
register_form(
    "deletion",
    _("page of a deletion"),
    purposes=["compliance"],
    fields={},
)

# What is published

PUBLISHED = _("published for everybody to read")

describe(Document, fields=not_personal(PUBLISHED, "slug"))

describe(
    Version,
    fields=not_personal(
        PUBLISHED,
        *("id", "document", "number", "is_material", "effective_at", "published_at"),
        *("title_kk", "title_ru", "title_en", "summary_kk", "summary_ru", "summary_en"),
        *("record", "digest", "shipped_digest"),
    ),
)

describe(
    Clause,
    fields=not_personal(
        PUBLISHED,
        *("id", "version", "number", "heading_kk", "heading_ru", "heading_en"),
        *("text_kk", "text_ru", "text_en", "covers", "purposes", "is_suspended", "is_generated"),
    ),
)

describe(
    ControllerIdentity,
    fields=not_personal(
        _("how the operator is reached, which the law wants published"),
        *("id", "name", "bin", "address_kk", "address_ru", "address_en", "email", "phone"),
        *("website", "data_protection_contact", "eu_representative"),
        *("supervisory_authority_kk", "supervisory_authority_ru", "supervisory_authority_en"),
    ),
)

describe(GroupSite, fields=not_personal(PUBLISHED, "id", "domain"))

register_form(
    "publish",
    _("Publish"),
    PublishForm,
    purposes=["compliance"],
    fields={
        **kept_in(Version, "is_material", "effective_at"),
        **not_kept(_("It says which words were shown, and is compared with them."), "as_seen"),
    },
)

register_form(
    "clause",
    _("Clauses"),
    ClauseForm,
    purposes=["compliance"],
    fields=kept_in(Clause, "purposes"),
)
