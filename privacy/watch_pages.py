from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from privacy import watch
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
