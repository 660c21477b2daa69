"""How staff answer a request, and how the person hears of it."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from letters.write import write_letter
from privacy.models import Request, Subject
from privacy.purposes import PURPOSES
from privacy.reaching import address_of, has_account
from privacy.requests import address, take_step

Kind, State = Request.Kind, Request.State
# Not a state: the clock gets two months more.
EXTEND = "extend"


@dataclass(frozen=True)
class StandardAnswer:
    outcome: str
    # Empty: of any kind.
    kinds: tuple[Kind, ...]
    words: Promise


STANDARD = {
    "corrected": StandardAnswer(
        State.ANSWERED,
        (Kind.RECTIFICATION,),
        _("We have corrected it."),
    ),
    "already_right": StandardAnswer(
        State.REFUSED,
        (Kind.RECTIFICATION,),
        _(
            "We have looked and cannot find that it is wrong. Send us something that shows it, and "
            "we look again."
        ),
    ),
    "objection_granted": StandardAnswer(
        State.ANSWERED,
        (Kind.OBJECTION,),
        _("We follow your objection: your data is not used for this purpose any more."),
    ),
    "objection_outweighed": StandardAnswer(
        State.REFUSED,
        (Kind.OBJECTION,),
        _(
            "We have weighed both sides. Without this use neither your account nor those of others "
            "could be protected against strangers and fraud, so we have to go on with it."
        ),
    ),
    "copy_sent": StandardAnswer(
        State.ANSWERED, (Kind.EXPORT,), _("The copy of your data is ready for you.")
    ),
    "erased": StandardAnswer(
        State.ANSWERED,
        (Kind.ERASURE,),
        _("What we held on you is deleted, but for what a law makes us keep."),
    ),
    "claims": StandardAnswer(
        State.REFUSED,
        (Kind.ERASURE, Kind.RESTRICTION),
        _(
            "We still need this data to establish or defend a claim. When that is over, it is "
            "deleted without your asking again."
        ),
    ),
    "unfounded": StandardAnswer(
        State.REFUSED,
        (),
        _(
            "The same request has been made again and again without anything new in it, so we do "
            "not carry it out this time."
        ),
    ),
    "many": StandardAnswer(
        EXTEND,
        (),
        _("Your request takes more than a month, because much has to be looked through for it."),
    ),
    "others": StandardAnswer(
        EXTEND,
        (),
        _("Your request concerns other people, too, whose side we have to hear first."),
    ),
}


def standard_answers(request: Request) -> dict[str, StandardAnswer]:
    """Those that fit the request as it stands."""
    if not request.is_open:
        return {}
    may_wait = not (request.is_overdue or request.is_extended)
    return {
        key: answer
        for key, answer in STANDARD.items()
        if (not answer.kinds or request.kind in answer.kinds)
        and (answer.outcome != State.ANSWERED or can_be_granted(request))
        and (may_wait or answer.outcome != EXTEND)
    }


def can_be_granted(request: Request) -> bool:
    """To say that something stops which goes on for everybody would be untrue."""
    if request.kind != Kind.OBJECTION:
        return True
    return request.purpose in PURPOSES and PURPOSES[request.purpose].ends_with_objection


def answer_by_standard(request: Request, key: str, *, by: Subject) -> None:
    """In the language in which the person asked. Raises KeyError if it does not fit."""
    chosen = standard_answers(request)[key]
    with override(language_of(request)):
        answer(request, chosen.outcome, by=by, reason=str(chosen.words))


def answer(request: Request, outcome: str, *, by: Subject, reason: str) -> None:
    """Answer, refuse or extend, and tell the person. Raises WrongOrder or NotExtendable."""
    with transaction.atomic():
        if outcome == EXTEND:
            request.extend(by=by, reason=reason)
        else:
            if outcome == State.ANSWERED and request.state == State.CHECKED:
                request.step(State.IN_WORK, by=by)
            take_step(request, outcome, by=by, reason=reason)
        if outcome in (EXTEND, State.ANSWERED, State.REFUSED):
            tell(request)


def tell(request):
    if to := address_of(request.subject):
        language = language_of(request)
        with override(language):
            # Of a guest's link only the digest is kept; it stands in the letter before.
            url = address("accounts:privacy") if has_account(request.subject) else ""
        write_letter(
            "privacy/email/request_answered",
            to=to,
            language=language,
            request=request,
            answer=request.steps.last(),
            url=url,
        )


def language_of(request):
    return request.language or settings.LANGUAGE_CODE
