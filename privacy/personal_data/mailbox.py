"""What people write to us."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.data_map import People, Personal, Recipient, SameDigest, Source, describe, not_personal
from privacy.mailbox.tasks import read_mailbox
from privacy.models import IncomingLetter, Mailbox
from privacy.personal_data.rows import ROW_NUMBER
from privacy.registers import register_task
from privacy.retention import After
from privacy.strategies import Empty

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
