"""The copy of everything the portal holds on somebody with an account."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.guards import dangerous_always, private_always
from privacy.export.beginning import begin_again
from privacy.export.fetching import fetch, grant


@private_always
@require_safe
def export(request, pk):
    export = own_export(request, pk)
    fetched = export.grants.filter(used_at__isnull=False).order_by("used_at")
    return render(request, "accounts/privacy/export.html", {"export": export, "fetched": fetched})


@private_always
@require_POST
def build_again(request, pk):
    begin_again(own_export(request, pk))
    return redirect("accounts:export", pk)


@dangerous_always
def fetch_export(request, pk):
    export = own_export(request, pk)
    if not export.is_fetchable:
        messages.error(request, _("This copy cannot be fetched any more. Ask for a new one."))
        return redirect("accounts:export", pk)
    if request.method == "POST":
        grant(request, export)
        return redirect("accounts:export_file", pk)
    return render(request, "accounts/privacy/fetch_export.html", {"export": export})


@private_always
@require_GET  # asking for the head alone would use the leave up
def export_file(request, pk):
    return fetch(request, own_export(request, pk))


def own_export(request, pk):
    return get_object_or_404(request.user.subject.exports.select_related("request"), pk=pk)
