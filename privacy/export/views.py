"""The copy of somebody without an account, who comes by the key of a letter."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST, require_safe

from privacy.export.fetching import fetch, grant
from privacy.export.keys import is_key_of
from privacy.models import Export

# In the session: numbers of the copies this browser has shown the key of.
OPENED = "exports"
MOST_OPENED = 20


def by_key(view):
    """For the browser that has shown the key, and kept by no cache."""

    @wraps(view)
    def guarded(request, pk):
        if pk not in request.session.get(OPENED, []):
            raise Http404
        return view(request, get_object_or_404(Export, pk=pk))

    return cache_control(private=True, no_store=True)(guarded)


@cache_control(private=True, no_store=True)
@require_safe
def open_by_key(request, pk):
    export = Export.objects.filter(pk=pk).exclude(file="").first()
    if export is None or not is_key_of(export, request.GET.get("key", "")):
        # The same words whether there is such a copy, was one, or never.
        return render(request, "privacy/export/unknown.html", status=404)
    opened = [each for each in request.session.get(OPENED, []) if each != pk]
    request.session[OPENED] = [*opened, pk][-MOST_OPENED:]
    if not request.user.is_authenticated:
        # Others may use the same computer.
        request.session.set_expiry(0)
    return redirect("privacy:export", pk)


@by_key
@require_safe
def page(request, export):
    return render(request, "privacy/export/page.html", {"export": export})


@by_key
@require_POST
def ask_for(request, export):
    """The key, sent to their address when the copy was ready, is the proof of who they are."""
    if not export.is_fetchable:
        return redirect("privacy:export", export.pk)
    grant(request, export)
    return redirect("privacy:export_file", export.pk)


@by_key
@require_GET  # asking for the head alone would use the leave up
def file(request, export):
    return fetch(request, export)
