from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from privacy import watch
from privacy.metrics import as_text
from privacy.models import RetentionRun, SelfCheckRun

SHOWN = 48


@require_safe
def page(request):
    """For staff: how each check stands, and the last two days."""
    if not request.user.has_perm("privacy.view_selfcheckrun"):
        raise PermissionDenied
    runs = SelfCheckRun.objects.all()[:SHOWN]
    last = runs[0] if runs else None
    facts = {
        "title": _("Watch"),
        "stopped_since": watch.stopped_since(),
        "last": last,
        "checks": [
            {"words": check.words, "finding": last and last.findings.get(check.name)}
            for check in watch.CHECKS.values()
        ],
        "runs": runs,
        "sweep": RetentionRun.objects.first(),
    }
    return render(request, "admin/privacy/watch.html", admin.site.each_context(request) | facts)


@never_cache
@require_safe
def metrics(request):
    """For Prometheus, with the token of METRICS_TOKEN; numbers only."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404
    text, content_type = as_text()
    return HttpResponse(text, content_type=content_type)
