"""Forms of public pages carry no token: it would set a cookie. Their origin guards them."""

from functools import wraps

from django.conf import settings
from django.urls import get_callable
from django.views.decorators.csrf import csrf_exempt

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


def same_origin(view):
    """Refuse what was not sent from a page of ours, and whatever does not say from where."""

    @csrf_exempt
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method in SAFE or is_from_here(request):
            return view(request, *args, **kwargs)
        return get_callable(settings.CSRF_FAILURE_VIEW)(request, reason="origin")

    return guarded


def is_from_here(request):
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
