"""allauth's addresses, with our doors before them.

Each view is one transaction, so that an account, its address and its letter appear together or
not at all. Lists that our security page shows lead there.
"""

from copy import copy
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.urls import urlpatterns as allauth_patterns
from django.db import transaction
from django.urls import URLResolver, path
from django.views.generic import RedirectView

from accounts.guards import asked_first, of_account

# These show or take what a thief of the session wants; allauth asks only when they are sent.
ASKED_AT_THE_DOOR = {"account_email"}
# Open also to whoever has not accepted what changed in the documents: the ways out, and the proof
# of identity that they ask for.
NEVER_ASKED = {
    "account_logout",
    "account_reauthenticate",
    "account_confirm_email",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


def guarded(patterns):
    return [
        URLResolver(entry.pattern, guarded(entry.url_patterns))
        if isinstance(entry, URLResolver)
        else with_doors(entry)
        for entry in patterns
    ]


def with_doors(entry):
    view = transaction.atomic(entry.callback)
    if entry.name in ASKED_AT_THE_DOOR:
        view = reauthentication_required(view)
    if entry.name == "mfa_login_webauthn":
        view = seldom_challenged(view)
    if entry.name not in NEVER_ASKED:
        view = asked_first(view)
    entry = copy(entry)
    entry.callback = of_account(view)
    return entry


def seldom_challenged(view):
    """Each question to a passkey makes a session; allauth counts only the answers."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method == "POST":
            return view(request, *args, **kwargs)
        refusal = ratelimit.consume_or_429(request, action="passkey_challenge", limit_get=True)
        return refusal or view(request, *args, **kwargs)

    return guarded


to_security = RedirectView.as_view(pattern_name="accounts:security")

urlpatterns = [
    path("2fa/", to_security),
    path("2fa/webauthn/", to_security),
    path("sessions/", to_security),
    *guarded(allauth_patterns),
]
