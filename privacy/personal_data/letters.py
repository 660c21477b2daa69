"""The letters, which stand below and may not know of the data map."""

from email import message_from_bytes
from email.policy import default

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from letters.models import Letter
from letters.tasks import forget_old, send, send_waiting
from privacy.data_map import (
    FreeText,
    People,
    Personal,
    Recipient,
    SameAddress,
    Source,
    describe,
    not_personal,
)
from privacy.personal_data.rows import ROW_NUMBER
from privacy.registers import register_task
from privacy.retention import After

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
