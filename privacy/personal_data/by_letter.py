"""Requests of people without an account."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from privacy.data_map import (
    IN_PLACE,
    People,
    Personal,
    Recipient,
    Remove,
    SameAddress,
    Source,
    describe,
    not_personal,
)
from privacy.models import LetterKey, Request
from privacy.personal_data.rows import ROW_NUMBER
from privacy.registers import CachePrefix, kept_in, register_cache, register_form, register_task
from privacy.retention import Until
from privacy.tasks import forget_letter_keys, warn_of_deadlines
from privacy.wishes import AskForm, CorrectionForm, ObjectionForm

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
