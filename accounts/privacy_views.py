from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.asking_views import join_guests
from accounts.forms import ErasureForm
from accounts.guards import dangerous_always, private, private_always
from accounts.occasions import occasion
from privacy import consents
from privacy.acknowledgements import acknowledge, awaited, decline, has_answered, has_declined
from privacy.consequences import of_deleting, of_stopping
from privacy.cookies import sends_gpc
from privacy.erasure.holding import expected
from privacy.matrix import cells
from privacy.models import Channel, Erasure, Request
from privacy.models.consents import text_hash
from privacy.receipts import entries_of, receipt
from privacy.requests import file_request, requests_of, take_back
from privacy.sentences import MAILINGS, acknowledgement_sentence, acknowledgement_with_links

# What can be asked for on the way out.
LEAVING = [Request.Kind.EXPORT, Request.Kind.ERASURE]


@private_always
@require_safe
def overview(request):
    subject = request.user.subject
    entries = entries_of(subject)
    matrix = cells(subject)
    return render(
        request,
        "accounts/privacy/overview.html",
        {
            "cells": matrix,
            "given": sum(cell.is_given for cell in matrix),
            "has_ordered": any(entry.purpose == "orders" for entry in entries),
            "seen": consents.entries_seen(subject),
            "acknowledged": entries.filter(act="acknowledged", version__document="privacy").first(),
            "entries": len(entries),
            "requests": requests_of(subject)
            .newest_first()
            .select_related("export", "erasure")
            .prefetch_related("steps"),
            "sends_gpc": sends_gpc(request),
            "awaited": awaited(subject),
            "is_restricted": (is_restricted := subject.state == subject.State.RESTRICTED),
            "stopping": of_stopping(subject) if is_restricted else [],
        },
    )


@private
@require_POST
def give_consent(request, purpose, channel):
    try:
        consents.give(
            request.user.subject,
            *cell_or_404(purpose, channel),
            occasion(request, "privacy", pgettext("switch", "Off")),
            shown=request.POST.get("shown", ""),
            seen=number(request.POST.get("seen", "")),
        )
    except consents.NotOffered:
        messages.error(request, _("This is not offered any more. Nothing was switched on."))
    except consents.Changed:
        messages.error(
            request,
            _(
                "The words beside the switch changed while the page was open. Nothing was "
                "switched on: read them and press again."
            ),
        )
    except consents.WithdrawnSince:
        messages.error(
            request,
            _(
                "You withdrew a consent after this page was opened, so nothing was switched on. "
                "Press again if you wish it still."
            ),
        )
    return to_matrix()


@private_always
@require_POST
def withdraw_consent(request, purpose, channel):
    consents.withdraw(
        request.user.subject,
        *cell_or_404(purpose, channel),
        occasion(request, "privacy", pgettext("switch", "On")),
    )
    return to_matrix()


@private_always
@require_POST
def withdraw_all(request):
    words = _("Withdraw all")
    consents.withdraw_all(request.user.subject, occasion(request, "privacy", words), sentence=words)
    messages.success(request, _("All consents listed here are withdrawn."))
    return to_matrix()


@private_always
@require_safe
def receipts(request):
    entries = entries_of(request.user.subject)
    return render(request, "accounts/privacy/receipts.html", {"entries": entries})


@private_always
@require_safe
def receipts_json(request):
    return as_file(entries_of(request.user.subject), "receipts.json")


@private_always
@require_safe
def receipt_page(request, sequence):
    entry = get_object_or_404(entries_of(request.user.subject), sequence=sequence)
    return render(request, "accounts/privacy/receipt.html", {"entry": entry})


@private_always
@require_safe
def receipt_json(request, sequence):
    entry = get_object_or_404(entries_of(request.user.subject), sequence=sequence)
    return as_file([entry], f"receipt-{sequence}.json")


@private_always
def changes(request):
    """The one question after a material change; asked again only of those who come back to it."""
    subject = request.user.subject
    onward = safe_next(request)
    versions = awaited(subject)
    if not versions:
        return redirect(onward)
    if request.method == "POST":
        answer, words, onward = (
            (decline, _("I do not accept"), reverse("accounts:leave"))
            if "decline" in request.POST
            else (acknowledge, _("Accept and go on"), onward)
        )
        try:
            answer(
                subject,
                versions,
                occasion(request, "changes", words),
                shown=request.POST.get("shown", ""),
            )
        except consents.Changed:
            messages.error(
                request,
                _(
                    "The documents changed again while this page was open. Your answer was not "
                    "recorded: read what is said now and answer again."
                ),
            )
        else:
            return redirect(onward)
    return render(
        request,
        "accounts/privacy/changes.html",
        {
            "versions": versions,
            "sentence": acknowledgement_with_links(versions),
            "shown": text_hash(acknowledgement_sentence(versions)),
            "has_declined": has_declined(subject, versions),
            "is_first": not has_answered(subject),
            "onward": onward,
        },
    )


@private_always
@require_safe
def leave(request):
    subject = request.user.subject
    standing = {wish.kind: wish for wish in subject.requests.open().select_related("export")}
    versions = awaited(subject)
    return render(
        request,
        "accounts/privacy/leave.html",
        {
            "ways": [{"kind": kind, "standing": standing.get(kind)} for kind in LEAVING],
            "awaited": versions,
            "has_declined": has_declined(subject, versions),
        },
    )


@dangerous_always
def ask(request, kind):
    if kind not in LEAVING:
        raise Http404
    kind = Request.Kind(kind)
    subject, is_erasure = request.user.subject, kind == Request.Kind.ERASURE
    form = ErasureForm(request.POST or None) if is_erasure else None
    if request.method == "POST":
        user = request.user
        join_guests(user)
        wish = file_request(
            user.subject,
            kind,
            language=user.language,
            email=user.email,
            at_once=is_erasure and "at_once" in request.POST,
        )
        messages.success(
            request,
            _("We have your request № %(number)d. Its state is shown here.") % {"number": wish.pk},
        )
        if kind == Request.Kind.EXPORT:
            return redirect("accounts:export", wish.export.pk)
        return to_requests()
    return render(
        request,
        "accounts/privacy/ask.html",
        {
            "kind": kind,
            "form": form,
            "held": expected(subject) if is_erasure else [],
            "deleting": of_deleting(subject) if is_erasure else [],
        },
    )


@private_always
@require_POST
def take_request_back(request, pk):
    wish = get_object_or_404(requests_of(request.user.subject), pk=pk)
    try:
        take_back(wish)
    except Erasure.Begun:
        messages.error(request, _("The deletion has begun and cannot be taken back."))
    except Request.WrongOrder:
        messages.error(request, _("This request is closed already."))
    else:
        messages.success(request, _("The request is taken back. Nothing was deleted."))
    return to_requests()


def cell_or_404(purpose, channel):
    if purpose not in MAILINGS or channel not in Channel.values:
        raise Http404
    return purpose, channel


def number(text):
    """What cannot be one has seen nothing, so that any withdrawal refuses it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def to_matrix():
    return redirect(reverse("accounts:privacy") + "#consents")


def to_requests():
    return redirect(reverse("accounts:privacy") + "#requests")


def as_file(entries, name):
    response = JsonResponse(
        receipt(entries), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def safe_next(request):
    wished = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(
        wished, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wished
    return reverse("accounts:overview")
