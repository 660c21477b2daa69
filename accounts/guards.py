"""What stands at the door of the pages about a person."""

import ipaddress
from functools import wraps
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from accounts.occasions import occasion
from privacy.acknowledgements import awaited, has_declined
from privacy.consents import object_to
from privacy.cookies import sends_gpc


def private(view):
    """For the signed-in person only, and kept by no cache.

    After a material change of the documents whoever has not accepted it is asked first.
    """
    return of_account(login_required(asked_first(view)))


def private_always(view):
    """Like `private` without the question: policy, withdrawal and the way out stay open to all."""
    return of_account(login_required(view))


def dangerous(view):
    """Like `private`, and only shortly after the person has proved again who they are."""
    return of_account(login_required(asked_first(reauthentication_required(view))))


def dangerous_always(view):
    return of_account(login_required(reauthentication_required(view)))


def asked_first(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated or not (versions := awaited(request.user.subject)):
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.warning(request, _("Nothing was saved: the documents have changed."))
        if has_declined(request.user.subject, versions):
            return redirect("accounts:leave")
        here = request.get_full_path() if request.method == "GET" else reverse("accounts:overview")
        return redirect(f"{reverse('accounts:changes')}?{urlencode({'next': here})}")

    return guarded


def of_account(view):
    """Like `personal`, where one signs in or has to be."""
    return personal(by_name(view))


def by_name(view):
    """Passkeys belong to a name: at the IP address of this machine the browser refuses them."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        domain, port = split_domain_port(request.get_host())
        if request.method == "GET" and is_loopback_address(domain):
            here = f"http://localhost:{port}" if port else "http://localhost"
            return HttpResponseRedirect(here + request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def personal(view):
    """For whoever asks, with an account or without, and kept by no cache."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.is_authenticated and sends_gpc(request):
            note_gpc(request)
        try:
            return view(request, *args, **kwargs)
        except ReauthenticationRequired:
            # Of a POST allauth would keep everything in the session, addresses and all;
            # the form is shown again instead.
            request.method = "GET"
            raise

    return cache_control(private=True, no_store=True)(guarded)


def note_gpc(request):
    """The browser's Global Privacy Control counts as an objection, also where it is not sent."""
    object_to(
        request.user.subject,
        "analytics",
        occasion(request, "gpc", "Sec-GPC: 1"),
        sentence=_("My browser asks sites not to share or sell my data (Global Privacy Control)."),
    )


def is_loopback_address(domain):
    try:
        return ipaddress.ip_address(domain.strip("[]")).is_loopback
    except ValueError:
        return False
