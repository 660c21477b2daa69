from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe


@require_safe
def choose(request):
    """Saved choice, then Accept-Language, then Russian: LocaleMiddleware has decided already."""
    response = redirect("pages:home")
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


@require_safe
def remember(request, code):
    """Keep the choice in the one preference cookie and show the same page in that language."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    page = request.GET.get("next", "")
    if not page.startswith("/") or not url_has_allowed_host_and_scheme(
        page, allowed_hosts=None, require_https=request.is_secure()
    ):
        page = reverse("pages:home")
    response = HttpResponseRedirect(translate_page(page, code))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response


def translate_page(page, code):
    """The address of the same page in another language; the home page for one that has none."""
    prefix = page.split("/")[1]
    if prefix in dict(settings.LANGUAGES):
        with translation.override(prefix):
            return translate_url(page, code)
    with translation.override(code):
        return reverse("pages:home")
