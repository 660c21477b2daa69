from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from privacy.data_map import (
    FreeText,
    People,
    Personal,
    Recipient,
    Source,
    describe,
    describe_table,
    json_or_text,
    not_personal,
)
from privacy.retention import After

AFTER_TWO_YEARS = After(
    "action_time",
    days=730,
    sentence=ngettext_lazy(
        "%(days)d day after the entry was made", "%(days)d days after the entry was made", "days"
    ),
)
FOR_THE_RECORD = {
    "purposes": ["security", "compliance"],
    "kept": AFTER_TWO_YEARS,
    "source": Source.PORTAL,
    "shown_to": (Recipient.STAFF,),
}

describe(
    LogEntry,
    title=_("What staff did in the administration"),
    people=People.STAFF,
    subject="user__subject",
    fields={
        "action_time": Personal("trace.time", **FOR_THE_RECORD),
        "action_flag": Personal("trace.action", **FOR_THE_RECORD),
        "object_repr": Personal("trace.action", **FOR_THE_RECORD),
        "change_message": FreeText(
            "trace.action",
            **FOR_THE_RECORD,
            decode=json_or_text,
            left_out=_("it may speak of others"),
            keys={
                act: Personal(
                    "trace.action",
                    **FOR_THE_RECORD,
                    keys=not_personal(
                        _("which fields of which kind of row were touched"),
                        *("name", "object", "fields"),
                    ),
                )
                for act in ("added", "changed", "deleted")
            },
        ),
        **not_personal(_("the number of the row"), "id"),
        **not_personal(_("points to the person who acted"), "user"),
        **not_personal(_("points to the row that was touched"), "content_type", "object_id"),
    },
)

describe(
    ContentType,
    fields=not_personal(_("a list of the portal's own tables"), "id", "app_label", "model"),
)

describe_table(
    "django_migrations",
    columns=not_personal(
        _("which changes of its tables the portal has made"), "id", "app", "name", "applied"
    ),
)
