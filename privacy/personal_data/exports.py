"""Copies of somebody's data."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.data_map import People, Personal, Recipient, Source, describe, not_personal
from privacy.export.tasks import build_export, build_waiting_exports, forget_exports
from privacy.models import Export, Grant
from privacy.personal_data.rows import ROW_NUMBER, WHOSE
from privacy.registers import register_task
from privacy.retention import After, ByRule, Until
from privacy.strategies import RemoveFile

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
