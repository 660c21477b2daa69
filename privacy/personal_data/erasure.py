"""Deletions."""

from django.utils.translation import gettext_lazy as _

from privacy.data_map import (
    OPAQUE,
    NotPersonal,
    People,
    Personal,
    Source,
    StaysNameless,
    describe,
    not_personal,
)
from privacy.erasure import looking_again
from privacy.models import Erasure, Hold
from privacy.personal_data.requests import ABOUT_REQUEST
from privacy.personal_data.rows import ROW_NUMBER, WHOSE
from privacy.registers import register_form, register_task
from privacy.retention import ByRule
from privacy.strategies import Empty
from privacy.tasks import erase_due, look_again, make_up_for_the_night


def over_but_for_the_secret(erasures, now):
    over = [Erasure.State.DONE, Erasure.State.CANCELLED]
    return erasures.filter(state__in=over).exclude(secret=b"")


def not_looked_for_in_time(erasures, now):
    return erasures.filter(finished_at__lt=now - looking_again.KEPT_FOR).exclude(sealed=b"")


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
