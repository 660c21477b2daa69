"""What people ask us to do with their data."""

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from letters.write import write_letter
from privacy.acknowledgements import release_if_free
from privacy.consents import lift_objection, withdraw_all
from privacy.erasure.beginning import begin as begin_erasure
from privacy.erasure.beginning import cancel
from privacy.export.beginning import begin as begin_export
from privacy.ledger import Occasion
from privacy.models import Erasure, Notice, Request, RequestStep, Subject
from privacy.operator import current_operator
from privacy.recipients import tell_of_restriction, tell_recipients

# What needs nobody's work is answered as it is asked.
AT_ONCE = {
    Request.Kind.ACCESS: gettext_lazy(
        "Everything we hold on you stands on the page “What we hold on you”: what for, for how "
        "long, from where, and who has seen it."
    ),
    Request.Kind.RESTRICTION: gettext_lazy(
        "The use of your data is restricted from now on, until you end it. What that means stands "
        "on the page “Privacy” of your account, and where you asked for it."
    ),
    Request.Kind.WITHDRAWAL: gettext_lazy("All your consents are withdrawn."),
}


def file_request(
    subject: Subject,
    kind: Request.Kind,
    *,
    language: str,
    email: str = "",
    url: str = "",
    at_once: bool = False,
    purpose: str = "",
    words: str = "",
) -> Request:
    """Take a request of somebody who has just proved who they are, and start the law's clock.

    The same wish twice is one request. The operator is told by letter if there is work to do, and
    so is the person at `email`; `url` is where who has no account sees the request. Who asks for
    deletion or restriction is left in peace at once; with `at_once` who asks for deletion wants no
    time to think it over. Raises Request.TooMany.
    """
    with transaction.atomic():
        subject = Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
        request = standing_request(subject, kind, purpose, words) or unproved(subject, kind).first()
        # Who has asked by e-mail has not proved anything until now.
        if request and request.state != Request.State.ACKNOWLEDGED:
            return request
        if request is None:
            request = open_request(subject, kind)
        request.purpose, request.words, request.language = purpose, words, language
        request.save(update_fields=["purpose", "words", "language"])
        request.step(Request.State.CHECKED)
        if kind in Request.STOPPING:
            subject.restrict()
        elif kind in Request.PAUSING and purpose:
            # By e-mail it could not be said to what, and so all has stopped.
            release_if_free(subject)
        close_doubles(request)
        # Of a deletion without waiting they hear in minutes.
        if kind in Request.STOPPING and not at_once:
            tell_of_restriction(subject, occasion=f"request {request.pk}")
        if kind == Request.Kind.EXPORT:
            begin_export(request, language=language, email=email)
        if kind in AT_ONCE:
            answer_at_once(request)
        else:
            write_letter(
                "privacy/email/request_filed",
                to=current_operator().email,
                language=settings.LANGUAGE_CODE,
                request=request,
                url=address("admin:privacy_request_change", request.pk),
            )
        if kind == Request.Kind.ERASURE:
            begin_erasure(request, language=language, email=email, at_once=at_once)
        # Who has no account has a page by the link in this letter alone.
        if email and (url or kind != Request.Kind.ERASURE):
            with override(language):
                page = url or address("accounts:privacy")
            write_letter(
                f"privacy/email/request_{'received' if request.is_open else 'answered'}",
                to=email,
                language=language,
                request=request,
                answer=request.steps.last(),
                has_account=not url,
                url=page,
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
        request = open_request(subject, kind)
        if kind in (*Request.STOPPING, *Request.PAUSING):
            subject.restrict()
    return request, True


def open_request(subject, kind):
    request = Request.objects.create(subject=subject, kind=kind)
    RequestStep.objects.create(request=request, state=request.state)
    request.step(Request.State.ACKNOWLEDGED)
    return request


def standing_request(subject, kind, purpose, words):
    if kind == Request.Kind.RESTRICTION:
        # Granted, it stands until the person ends it.
        return subject.requests.that_stop().filter(kind=kind).first()
    alike = subject.requests.open().filter(kind=kind, purpose=purpose)
    if kind == Request.Kind.RECTIFICATION:
        standing = alike.filter(words=words).first()
        if standing is None and alike.count() >= Request.MOST_CORRECTIONS:
            raise Request.TooMany
        return standing
    return alike.first()


def unproved(person, kind):
    """Asked by e-mail, where nobody says against what they object or what is wrong."""
    asked = Request.objects.filter(kind=kind, state=Request.State.ACKNOWLEDGED)
    return asked.filter(subject=person)


def close_doubles(request):
    """A message from an address asks for everybody under it, who now turned out to be one."""
    for part in request.subject.parts.all():
        for double in unproved(part, request.kind):
            with override(request.language):
                reason = _("It goes on as № %(number)d.") % {"number": request.pk}
            take_step(double, Request.State.TAKEN_BACK, by=request.subject, reason=reason)


def answer_at_once(request):
    with override(request.language):
        reason = str(AT_ONCE[request.kind])
    request.step(Request.State.IN_WORK)
    request.step(Request.State.ANSWERED, reason=reason)
    if request.kind in Request.PAUSING:
        release_if_free(request.subject)


def requests_of(person: Subject) -> QuerySet[Request]:
    """Theirs, and what they asked before they had an account."""
    return Request.objects.filter(subject__in=Subject.families([person]))


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
        if request.kind == Request.Kind.RECTIFICATION and state == Request.State.ANSWERED:
            tell_recipients(request.subject, Notice.Act.CORRECTED, occasion=f"request {request.pk}")
        if request.kind == Request.Kind.WITHDRAWAL and state == Request.State.ANSWERED:
            words = _("Your consents are withdrawn, as you asked.")
            withdraw_all(request.subject, Occasion("request", ""), sentence=words)
        if request.kind in (*Request.STOPPING, *Request.PAUSING) and not request.is_open:
            release_if_free(request.subject)
        if request.kind == Request.Kind.OBJECTION and state in (
            Request.State.REFUSED,
            Request.State.TAKEN_BACK,
        ):
            lift_objection(
                request.subject,
                request.purpose,
                Occasion("objection", ""),
                sentence=_("The objection does not stand any more."),
            )


def address(name, *args):
    return settings.SITE_URL + reverse(name, args=args)
