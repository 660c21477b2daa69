"""To whom data was given and shown."""

from django.utils.translation import gettext_lazy as _

from privacy.authority_admin import AuthorityRequestForm, RefusalForm
from privacy.data_map import (
    FreeText,
    People,
    Personal,
    StaysNameless,
    describe,
    not_personal,
    written,
)
from privacy.export.originals import register_words
from privacy.masking import RevealForm
from privacy.models import AuthorityRequest, Disclosure, Notice, StaffAccess
from privacy.models.authority import AuthorityRequestQuerySet, name_of_recipient, words_of_occasion
from privacy.models.disclosures import DisclosureQuerySet
from privacy.personal_data.consents import TO_PROVE
from privacy.personal_data.rows import ROW_NUMBER, WHOSE
from privacy.registers import Column, kept_in, not_kept, register_form, register_task
from privacy.strategies import Empty
from privacy.tasks import tell_of_authorities

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
