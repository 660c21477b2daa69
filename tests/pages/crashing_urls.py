"""The portal's addresses, and some that break."""

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.urls import path

from kazvek.urls import (  # noqa: F401 a URLconf has them
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
    urlpatterns,
)
from pages import views


def crash(request):
    raise RuntimeError("on purpose")


def forbid(request):
    raise PermissionDenied("on purpose")


def suspect(request):
    raise SuspiciousOperation("on purpose")


urlpatterns = [
    *urlpatterns,
    path("crash/", crash),
    *i18n_patterns(
        path("crash/", crash),
        path("forbidden/", forbid),
        path("suspect/", suspect),
        path("too-often/", views.too_many_requests),
        path("away/", views.unavailable),
    ),
]
