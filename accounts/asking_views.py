"""Asking something of us about one's own data, from the account."""

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import dangerous_always, private_always
from accounts.occasions import occasion
from privacy.consequences import of_stopping
from privacy.models import Request
from privacy.people import join
from privacy.wishes import FORMS, SENTENCES, file_wish, too_many

Kind = Request.Kind
# Consents have their switches.
NOT_HERE = {Kind.WITHDRAWAL}


@private_always
@require_safe
def kinds(request):
    standing = {wish.kind: wish for wish in request.user.subject.requests.open()}
    offered = [
        {"kind": kind, "sentence": sentence, "standing": standing.get(kind)}
        for kind, sentence in SENTENCES.items()
        if kind not in NOT_HERE
    ]
    return render(request, "accounts/privacy/ask_for.html", {"offered": offered})


@private_always
def ask_for(request, kind):
    match kind:
        case Kind.EXPORT | Kind.ERASURE:
            return redirect("accounts:ask", kind)
        case Kind.ACCESS | Kind.RESTRICTION:
            return pressed(request, Kind(kind))
        case Kind.RECTIFICATION | Kind.OBJECTION:
            # What was typed would not survive the question who is there; staff decide anyway.
            return told(request, Kind(kind))
    raise Http404


@dangerous_always
def pressed(request, kind):
    if request.method == "POST":
        file_own(request, kind)
        return redirect("accounts:held") if kind == Kind.ACCESS else to_requests()
    return render(request, "accounts/privacy/ask_for_kind.html", facts_of(request, kind))


def told(request, kind):
    form = FORMS[kind](request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            file_own(request, kind, form.cleaned_data)
        except Request.TooMany:
            form.add_error(None, too_many())
        else:
            return to_requests()
    facts = facts_of(request, kind) | {"form": form}
    status = 400 if form.errors else 200
    return render(request, "accounts/privacy/ask_for_kind.html", facts, status=status)


def facts_of(request, kind):
    stops = kind in Request.STOPPING
    stopping = of_stopping(request.user.subject) if stops else []
    return {"kind": kind, "sentence": SENTENCES[kind], "stopping": stopping}


def file_own(request, kind, said=None):
    user = request.user
    join_guests(user)
    wish = file_wish(
        user.subject,
        kind,
        occasion(request, "objection", kind.label),
        said=said,
        language=user.language,
        email=user.email,
    )
    messages.success(
        request,
        _("We have your request № %(number)d. Its state is shown here.") % {"number": wish.pk},
    )


@private_always
@require_POST
def join_own(request):
    """What was left without signing in, under an address that is proved to be the person's."""
    join_guests(request.user)
    messages.success(request, _("We have looked. Whatever was found is counted here now."))
    return redirect("accounts:held")


def join_guests(user):
    for address in EmailAddress.objects.filter(user=user, verified=True):
        join(user.subject, address.email)


def to_requests():
    return redirect(reverse("accounts:privacy") + "#requests")
