"""What people ask us to do with their data."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from letters.write import write_letter
from privacy.acknowledgements import release_if_free
from privacy.consents import withdraw_all
from privacy.export.beginning import begin as begin_export
from privacy.ledger import Occasion
from privacy.models import Notice, Request, RequestStep, Subject
from privacy.operator import current_operator
from privacy.recipients import tell_recipients


def file_request(
    subject: Subject, kind: Request.Kind, *, language: str, email: str = ""
) -> Request:
    """Take a request of somebody who has just proved who they are, and start the law's clock.

    The same wish twice is one request. The operator is told by letter, and so is the person
    at `email`. Who asks for deletion is left in peace at once.
    """
    with transaction.atomic():
        subject = Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
        if standing := subject.requests.open().filter(kind=kind).first():
            return standing
        request = Request.objects.create(subject=subject, kind=kind)
        RequestStep.objects.create(request=request, state=request.state)
        request.step(Request.State.ACKNOWLEDGED)
        request.step(Request.State.CHECKED)
        if kind == Request.Kind.ERASURE:
            subject.restrict()
        if kind == Request.Kind.EXPORT:
            begin_export(request, language=language, email=email)
        write_letter(
            "privacy/email/request_filed",
            to=current_operator().email,
            language=settings.LANGUAGE_CODE,
            request=request,
            url=address("admin:privacy_request_change", request.pk),
        )
        if email:
            with override(language):
                url = address("accounts:privacy")
            write_letter(
                "privacy/email/request_received",
                to=email,
                language=language,
                request=request,
                url=url,
            )
    return request


def receive_request(subject: Subject, kind: Request.Kind) -> tuple[Request, bool]:
    """Take a request of somebody who has not proved yet who they are; whether it is new.

    The law's clock starts. Nothing is done but what is harmless: whoever asks us to stop is left
    in peace. `file_request` takes it on when the person has shown that the address is theirs.
    """
    with transaction.atomic():
        subject = Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
        if standing := subject.requests.open().filter(kind=kind).first():
            return standing, False
        request = Request.objects.create(subject=subject, kind=kind)
        RequestStep.objects.create(request=request, state=request.state)
        request.step(Request.State.ACKNOWLEDGED)
        if kind in (*Request.STOPPING, *Request.PAUSING):
            subject.restrict()
    return request, True


def take_back(request: Request) -> None:
    """The person does not wish it any more; raises Request.WrongOrder when it is closed."""
    take_step(request, Request.State.TAKEN_BACK, by=request.subject)


def take_step(request: Request, state: Request.State, *, by: Subject, reason: str = "") -> None:
    """Go on to the next state; whom the request no longer stops is released."""
    with transaction.atomic():
        request.step(state, by=by, reason=reason)
        if request.kind == Request.Kind.RECTIFICATION and state == Request.State.ANSWERED:
            tell_recipients(request.subject, Notice.Act.CORRECTED, occasion=f"request {request.pk}")
        if request.kind == Request.Kind.WITHDRAWAL and state == Request.State.ANSWERED:
            words = _("Your consents are withdrawn, as you asked.")
            withdraw_all(request.subject, Occasion("request", ""), sentence=words)
        if request.kind in (*Request.STOPPING, *Request.PAUSING) and not request.is_open:
            release_if_free(request.subject)


def address(name, *args):
    return settings.SITE_URL + reverse(name, args=args)
