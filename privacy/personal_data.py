"""What privacy itself holds, and the letters below it, which may not know of the data map."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from letters.models import Letter
from letters.tasks import forget_old, send, send_waiting
from privacy.admin import ClauseForm, PublishForm
from privacy.authority_admin import AuthorityRequestForm, RefusalForm
from privacy.data_map import (
    IN_PLACE,
    OPAQUE,
    FreeText,
    NotPersonal,
    People,
    Personal,
    Recipient,
    Remove,
    SameAddress,
    SameDigest,
    Source,
    StaysNameless,
    describe,
    not_personal,
    written,
)
from privacy.erasure import looking_again
from privacy.export.originals import register_words
from privacy.export.tasks import build_export, build_waiting_exports, forget_exports
from privacy.mailbox.tasks import read_mailbox
from privacy.masking import RevealForm
from privacy.models import (
    AuthorityRequest,
    Clause,
    ComparedDatabase,
    Consent,
    ConsentChain,
    ConsentEntry,
    ConsentEvidence,
    ControllerIdentity,
    Disclosure,
    Document,
    Erasure,
    Export,
    Grant,
    GroupSite,
    Hold,
    IncomingLetter,
    LedgerRun,
    LetterKey,
    Mailbox,
    Notice,
    Request,
    RequestStep,
    RetentionRun,
    SelfCheckRun,
    StaffAccess,
    StoredAct,
    Subject,
    SubjectIdentifier,
    Version,
)
from privacy.models.authority import (
    AuthorityRequestQuerySet,
    name_of_recipient,
    words_of_occasion,
)
from privacy.models.consents import place_of
from privacy.models.disclosures import DisclosureQuerySet
from privacy.registers import (
    CachePrefix,
    Column,
    kept_in,
    not_kept,
    register_cache,
    register_form,
    register_task,
)
from privacy.request_admin import NextStepForm
from privacy.restoring.tasks import forget_digests, store_acts
from privacy.retention import After, AsProof, ByRule, Until, WhileAccountExists
from privacy.strategies import Empty, RemoveFile
from privacy.tasks import (
    erase_due,
    forget_letter_keys,
    look_again,
    look_at_ourselves,
    make_up_for_the_night,
    sweep_what_is_over,
    tell_of_authorities,
    verify_ledger,
    warn_of_deadlines,
)
from privacy.wishes import AskForm, CorrectionForm, ObjectionForm


def over_but_for_the_secret(erasures, now):
    over = [Erasure.State.DONE, Erasure.State.CANCELLED]
    return erasures.filter(state__in=over).exclude(secret=b"")


def not_looked_for_in_time(erasures, now):
    return erasures.filter(finished_at__lt=now - looking_again.KEPT_FOR).exclude(sealed=b"")


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


def text_of(content):
    """What a person reads of a message."""
    message = message_from_bytes(bytes(content), policy=default)
    body = message.get_body(("plain", "html"))
    return body.get_content() if body else ""


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
        "content": FreeText(
            "content.letter", **TO_WRITE, shown_to=(Recipient.MAIL_SERVER,), decode=text_of
        ),
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

describe(
    Disclosure,
    title=_("To whom your data was given"),
    may_know=DisclosureQuerySet.visible,
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
        **not_personal(_("a day before which nobody is told"), "hidden_until"),
        **WHOSE,
        **ROW_NUMBER,
    },
)

register_words(Disclosure, "recipient_name", lambda name: name or str(_("Deleted seller")))

describe(
    StaffAccess,
    title=_("When staff of the portal had your masked data shown, and why"),
    people=People.EVERYBODY,
    subject="subject",
    erase=StaysNameless(
        _("It proves who looked. Nothing in it says at whose data, once the person is erased.")
    ),
    fields={
        "reason": FreeText("trace.disclosure", **TO_PROVE, erase=Empty()),
        **dict.fromkeys(("fields", "about"), Personal("trace.disclosure", **TO_PROVE)),
        "at": Personal("trace.time", **TO_PROVE),
        **not_personal(_("points to the member of staff who acted"), "by"),
        **WHOSE,
        **ROW_NUMBER,
    },
)

describe(
    AuthorityRequest,
    title=_("When an authority asked for your data"),
    may_know=AuthorityRequestQuerySet.visible,
    people=People.EVERYBODY,
    subject="subject",
    erase=StaysNameless(
        _("It proves what an authority was given. Nothing in it says of whom, after erasure.")
    ),
    fields={
        **{
            name: Personal("trace.disclosure", **TO_PROVE)
            for name in ("body", "document", "document_on", "ground", "interest", "citation")
        },
        "scope": Personal("trace.disclosure", **TO_PROVE),
        "asked": FreeText("trace.disclosure", **TO_PROVE, erase=Empty()),
        "state": Personal("trace.disclosure", **TO_PROVE),
        "given_at": Personal("trace.time", **TO_PROVE),
        **written(
            _("how the portal has examined the request; it names nobody"),
            *("review", "silent_because", "refusal"),
        ),
        **not_personal(
            _("how the portal has examined the request; it names nobody"),
            *("case", "ends_on", "silent_until", "created_at", "decided_at", "told_at"),
        ),
        **not_personal(_("points to the member of staff who acted"), "handler", "approver"),
        **WHOSE,
        **ROW_NUMBER,
    },
)

describe(
    Notice,
    title=_("When recipients of your data were told that it has changed or gone"),
    people=People.EVERYBODY,
    subject="subject",
    erase=StaysNameless(
        _("It proves who was told. Nothing in it says of whom, once the person is erased.")
    ),
    fields={
        **{
            name: Personal("trace.disclosure", **TO_PROVE)
            for name in ("act", "occasion", "kind", "recipient_number", "about")
        },
        "at": Personal("trace.time", **TO_PROVE),
        **WHOSE,
        **ROW_NUMBER,
    },
)

register_words(Notice, "occasion", words_of_occasion)
register_words(Notice, "recipient_number", name_of_recipient)

register_form(
    "authority",
    _("When an authority asked for your data"),
    AuthorityRequestForm,
    purposes=["compliance"],
    fields={
        **kept_in(AuthorityRequest, *AuthorityRequestForm.Meta.fields),
        **not_kept(_("The person is found by it; it is not kept."), "email", "person"),
    },
)
register_form(
    "authority-refusal",
    _("When an authority asked for your data"),
    RefusalForm,
    purposes=["compliance"],
    fields={"reason": Column(AuthorityRequest, "refusal")},
)
register_task(tell_of_authorities)

register_form(
    "reveal",
    _("When staff of the portal had your masked data shown, and why"),
    RevealForm,
    purposes=["compliance"],
    fields=kept_in(StaffAccess, "reason"),
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

# Watching over ourselves

describe(
    RetentionRun,
    fields={
        **not_personal(_("when a sweep ran"), "started_at", "finished_at"),
        "swept": NotPersonal(_("how many rows of which table, nobody's"), keys=OPAQUE),
        "late": NotPersonal(_("how many rows of which table, nobody's"), keys=OPAQUE),
        **ROW_NUMBER,
    },
)

describe(
    SelfCheckRun,
    fields={
        **not_personal(_("when a self-check ran"), "started_at", "finished_at"),
        "findings": NotPersonal(
            _("what was found wrong, by the numbers of rows and of people"), keys=OPAQUE
        ),
        **not_personal(_("whether the operator was written to"), "raised_alarm"),
        **not_personal(_("proves that the note was not changed"), "seal_before", "seal"),
        **ROW_NUMBER,
    },
)

register_task(sweep_what_is_over)
register_task(look_at_ourselves)

register_cache(
    CachePrefix(
        "watch-stopped",
        what=_("A mark that the operator was told of a stopped watch."),
        purpose="security",
        longest=timedelta(hours=6),
    )
)

# What a restored backup must not undo

describe(
    StoredAct,
    title=_("What a restored backup must not bring back: deletions and withdrawals"),
    people=People.EVERYBODY,
    subject="subject",
    erase=STAYS_AS_PROOF,
    fields={
        "kind": Personal("consent.act", **TO_PROVE),
        "at": Personal("trace.time", **TO_PROVE),
        "content": Personal(
            "consent.act",
            **TO_PROVE,
            keys={
                **{
                    name: Personal("consent.act", **TO_PROVE)
                    for name in (
                        *("act", "purpose", "channel", "basis", "sentence", "version_digest"),
                        *("language", "form", "button", "sequence"),
                    )
                },
                **not_personal(_("a number that proves the entry of the ledger"), "hash"),
                **not_personal(
                    _(
                        "keyed digests by which somebody who was erased is recognised in a "
                        "restored backup; they go when no such backup is left"
                    ),
                    "digests",
                ),
            },
        ),
        **not_personal(
            _("how far it is written into the store, or done again"), "number", "is_due"
        ),
        **not_personal(_("a random number"), "id"),
        **WHOSE,
    },
)

describe(
    ComparedDatabase,
    fields=not_personal(_("tells this database from one that was restored"), "id", "name"),
)

register_task(store_acts)
register_task(forget_digests)

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
    remove=Remove(
        may=lambda requests: requests.exclude(closed_at=None).exclude(words=""),
        otherwise=_("While a request is open its words are needed to answer it."),
        carry_out=lambda requests: requests.update(words=""),
    ),
    fields={
        "kind": Personal("request.state", **ABOUT_REQUEST),
        "state": Personal("request.state", **ABOUT_REQUEST),
        "received_at": Personal("trace.time", **ABOUT_REQUEST),
        "due_at": Personal("trace.time", **ABOUT_REQUEST),
        "closed_at": Personal("trace.time", **ABOUT_REQUEST),
        "purpose": Personal("request.state", **ABOUT_REQUEST),
        "words": FreeText(
            "request.state",
            **ABOUT_REQUEST | {"source": Source.PERSON},
            erase=Empty(),
            edit=IN_PLACE,
        ),
        **not_personal(_("the language of our answers"), "language"),
        **not_personal(_("when staff were last told that time runs out"), "warned_at_days"),
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
        "extended_to": Personal("trace.time", **ABOUT_REQUEST),
        **not_personal(_("points to the request"), "request"),
        **not_personal(_("points to the member of staff who acted"), "by"),
        **ROW_NUMBER,
    },
    beside=("request",),
)

COPY = {
    "purposes": ["compliance"],
    "kept": After(
        "created_at",
        days=Export.KEPT_FOR.days,
        sentence=ngettext_lazy(
            "%(days)d day after you asked for the copy",
            "%(days)d days after you asked for the copy",
            "days",
        ),
    ),
    "source": Source.PORTAL,
}
WITH_THE_COPY = After("export__created_at", days=COPY["kept"].days, sentence=COPY["kept"].sentence)


def told(copies, now):
    return copies.exclude(email="").exclude(state__in=["waiting", "building", "failed"])


describe(
    Export,
    title=_("Copies of your data that you asked for"),
    people=People.EVERYBODY,
    subject="subject",
    fields={
        "email": Personal(
            "contact.email",
            **COPY | {"kept": ByRule(_("until the letter to you is written"), told)},
            shown_to=(Recipient.MAIL_SERVER,),
        ),
        "language": Personal("profile.language", **COPY),
        "state": Personal("request.state", **COPY, shown_to=(Recipient.STAFF,)),
        # All of it is the person's, so it cannot be among the files in itself.
        "file": Personal(
            "request.state",
            **COPY | {"kept": Until("expires_at", _("three days after the copy is ready"))},
            erase=RemoveFile(),
            left_out=_("it is this very copy"),
        ),
        "created_at": Personal("trace.time", **COPY, shown_to=(Recipient.STAFF,)),
        "ready_at": Personal("trace.time", **COPY, shown_to=(Recipient.STAFF,)),
        "expires_at": Personal("trace.time", **COPY, shown_to=(Recipient.STAFF,)),
        **not_personal(
            _("how far the copy is, without what is in it"),
            *("rows_done", "rows_total", "size", "digest", "attempts", "due_at", "error"),
        ),
        **not_personal(_("points to the request"), "request"),
        **WHOSE,
        **ROW_NUMBER,
    },
)
describe(
    Grant,
    title=_("When you were let fetch a copy of your data"),
    people=People.EVERYBODY,
    subject="export__subject",
    fields={
        "given_at": Personal("trace.time", **COPY | {"kept": WITH_THE_COPY}),
        "used_at": Personal("trace.time", **COPY | {"kept": WITH_THE_COPY}),
        **not_personal(_("of a random number that leads to nobody"), "digest"),
        **not_personal(_("points to the copy"), "export"),
        **ROW_NUMBER,
    },
)
register_task(build_export, export_pk=Export)
register_task(build_waiting_exports)
register_task(forget_exports)

register_form(
    "next-step",
    _("How your request went on"),
    NextStepForm,
    purposes=["compliance", "claims"],
    fields={"next_state": Column(RequestStep, "state"), **kept_in(RequestStep, "reason")},
)

# What people write to us

TO_ANSWER = {"purposes": ["compliance", "contact"], "source": Source.PORTAL}
AFTER_READ = After(
    "read_at",
    days=IncomingLetter.KEPT_FOR.days,
    sentence=ngettext_lazy(
        "%(days)d day after the message was dealt with",
        "%(days)d days after the message was dealt with",
        "days",
    ),
)
TO_ANSWER_ONCE = After(
    "read_at",
    days=IncomingLetter.ANSWERED_ONCE_IN.days,
    sentence=ngettext_lazy(
        "%(days)d day after the message was read",
        "%(days)d days after the message was read",
        "days",
    ),
    then=Empty(),
)

describe(
    IncomingLetter,
    title=_("When you wrote to us and what it seemed to ask; the message stays in our mail"),
    people=People.EVERYBODY,
    subject=SameDigest("sender"),
    fields={
        "sender": Personal("contact.digest", **TO_ANSWER, kept=TO_ANSWER_ONCE),
        "kinds": Personal(
            "request.state", **TO_ANSWER, kept=AFTER_READ, shown_to=(Recipient.STAFF,)
        ),
        "received_at": Personal(
            "trace.time", **TO_ANSWER, kept=AFTER_READ, shown_to=(Recipient.STAFF,)
        ),
        "read_at": Personal(
            "trace.time", **TO_ANSWER, kept=AFTER_READ, shown_to=(Recipient.STAFF,)
        ),
        "answered_at": Personal("trace.time", **TO_ANSWER, kept=AFTER_READ),
        **not_personal(
            _("where the message lies at the mail server, and how long it is"),
            *("generation", "uid", "size", "is_put_away"),
        ),
        **not_personal(
            _("a keyed digest of the message's number, by which a double is found"), "digest"
        ),
        **not_personal(
            _("how far the message is read, without a word of it"),
            *("state", "due_at", "attempts", "is_decided", "is_authentic"),
        ),
        **ROW_NUMBER,
    },
)

describe(
    IncomingLetter.requests.through,
    fields=not_personal(
        _("which message asked for which request, or replied to it"),
        *("id", "incomingletter", "request"),
    ),
)

describe(
    Mailbox,
    fields=not_personal(
        _("how far the mailbox is read, without a word of its messages"),
        *("id", "generation", "uid", "read_at", "error"),
    ),
)

register_task(read_mailbox)

register_task(forget_letter_keys)
register_task(warn_of_deadlines)
register_form(
    "request-by-letter",
    _("Ask about your data without an account"),
    AskForm,
    purposes=["identify", "compliance"],
    fields=kept_in(LetterKey, "email", "kind"),
)
for counted, what in (
    ("privacy:letters:", _("How many letters with a link an address got today.")),
    ("privacy:asked:", _("How many requests were made from one place of the net.")),
):
    register_cache(
        CachePrefix(
            counted,
            what=what,
            purpose="security",
            longest=timedelta(days=1),
            is_digested=True,
            names=("email",),
        )
    )

register_form(
    "correction",
    _("Correction"),
    CorrectionForm,
    purposes=["compliance", "claims"],
    fields=kept_in(Request, "words"),
)
register_form(
    "objection",
    _("Objection"),
    ObjectionForm,
    purposes=["compliance", "claims"],
    fields=kept_in(Request, "purpose", "words"),
)

BY_LETTER = {
    "purposes": ["identify", "compliance"],
    "kept": Until(
        "expires_at",
        _("for 72 hours; once it has been used, until your request is to be answered"),
    ),
    "edit": IN_PLACE,
}
describe(
    LetterKey,
    title=_("Links in letters, by which you show that an address is yours"),
    people=People.EVERYBODY,
    subject=SameAddress("email"),
    remove=Remove(
        may=lambda keys: keys,
        otherwise="",
        carry_out=lambda keys: keys.delete(),
    ),
    fields={
        "email": Personal("contact.email", **BY_LETTER, shown_to=(Recipient.MAIL_SERVER,)),
        "kind": Personal("request.state", **BY_LETTER),
        "created_at": Personal("trace.time", **BY_LETTER | {"source": Source.PORTAL}),
        "used_at": Personal("trace.time", **BY_LETTER | {"source": Source.PORTAL}),
        "expires_at": Personal("trace.time", **BY_LETTER | {"source": Source.PORTAL}),
        "digest": Personal("access.session", **BY_LETTER | {"source": Source.PORTAL}),
        **not_personal(_("the language of the letter"), "language"),
        **not_personal(_("points to the person who showed that the address is theirs"), "subject"),
        **ROW_NUMBER,
    },
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
            "contact.sealed",
            purposes=["compliance"],
            kept=ByRule(
                _("encrypted, until it is certain that nothing else is left of you"),
                over_but_for_the_secret,
            ),
            source=Source.PORTAL,
            erase=Empty(),
        ),
        "sealed": Personal(
            "contact.sealed",
            purposes=["compliance"],
            kept=ByRule(
                _(
                    "encrypted, until the night after the deletion has looked once more whether "
                    "anything is left of you, and for 36 hours at most"
                ),
                not_looked_for_in_time,
            ),
            source=Source.PORTAL,
            erase=Empty(),
        ),
        **dict.fromkeys(("state", "step"), Personal("request.state", **ABOUT_REQUEST)),
        **dict.fromkeys(
            ("created_at", "starts_at", "began_at", "finished_at", "looked_again_at"),
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
register_task(look_again)
register_task(make_up_for_the_night)
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
