"""What people asked us to do."""

from django.utils.translation import gettext_lazy as _

from privacy.data_map import (
    IN_PLACE,
    FreeText,
    People,
    Personal,
    Remove,
    Source,
    StaysNameless,
    describe,
    not_personal,
)
from privacy.models import Request, RequestStep
from privacy.personal_data.consents import TO_PROVE
from privacy.personal_data.rows import ROW_NUMBER, WHOSE
from privacy.registers import Column, kept_in, register_form
from privacy.request_admin import NextStepForm
from privacy.strategies import Empty

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

register_form(
    "next-step",
    _("How your request went on"),
    NextStepForm,
    purposes=["compliance", "claims"],
    fields={"next_state": Column(RequestStep, "state"), **kept_in(RequestStep, "reason")},
)
