"""What people ask us to do with their data."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from letters.write import write_letter
from privacy.acknowledgements import release_if_free
from privacy.erasure.beginning import begin, cancel
from privacy.models import Erasure, Request, RequestStep, Subject
from privacy.operator import current_operator


def file_request(
    subject: Subject,
    kind: Request.Kind,
    *,
    language: str,
    email: str = "",
    at_once: bool = False,
) -> Request:
    """Take a request of somebody who has just proved who they are, and start the law's clock.

    The same wish twice is one request. The operator is told by letter, and so is the person
    at `email`. Who asks for deletion is left in peace at once; with `at_once` they want no time
    to think it over.
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
        write_letter(
            "privacy/email/request_filed",
            to=current_operator().email,
            language=settings.LANGUAGE_CODE,
            request=request,
            url=address("admin:privacy_request_change", request.pk),
        )
        if kind == Request.Kind.ERASURE:
            begin(request, language=language, email=email, at_once=at_once)
        elif email:
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


def take_back(request: Request) -> None:
    """The person does not wish it any more; raises Request.WrongOrder when it is closed."""
    take_step(request, Request.State.TAKEN_BACK, by=request.subject)


def take_step(request: Request, state: Request.State, *, by: Subject, reason: str = "") -> None:
    """Go on to the next state; whom the request no longer stops is released."""
    with transaction.atomic():
        if Erasure.objects.filter(request=request).exists():
            if state not in (Request.State.REFUSED, Request.State.TAKEN_BACK):
                raise Request.WrongOrder  # the erasure takes these steps by itself
            cancel(request)
        request.step(state, by=by, reason=reason)
        if request.kind in Request.STOPPING and not request.is_open:
            release_if_free(request.subject)


def address(name, *args):
    return settings.SITE_URL + reverse(name, args=args)
