from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from privacy.operator import current_operator


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request):
    facts = {"languages": [code for code, _ in settings.LANGUAGES], "site_url": settings.SITE_URL}
    return render(request, "pages/robots.txt", facts, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def security(request):
    """RFC 9116. The date moves on by itself: whoever serves the file still stands behind it."""
    expires = (timezone.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{current_operator().email}",
        f"Expires: {expires}",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
        "Preferred-Languages: kk, ru, en",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def change_password(request):
    return redirect("account_change_password")
