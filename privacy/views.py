from hashlib import sha256

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from privacy.cookies import sends_gpc
from privacy.differences import differences
from privacy.documents import coming_versions, version_in_force
from privacy.models import Document, Version
from privacy.operator import current_operator
from ui.public import public_page

# The day from which the portal has honoured the signal, as the specification asks for.
GPC_SINCE = "2026-11-22"


@require_safe
@public_page
def document(request, slug):
    """What holds now, and what has been announced."""
    version = version_in_force(slug)
    if version is None:
        raise Http404
    facts = reading(version) | {
        "operator": current_operator(),
        "coming": coming_versions(slug),
        "is_cookie_page": slug == Document.Slug.COOKIES,
        "sends_gpc": sends_gpc(request),
    }
    response = render(request, "privacy/document.html", facts)
    if facts["is_cookie_page"]:
        patch_vary_headers(response, ["Sec-GPC"])
    return with_etag(request, response, version)


@require_safe
@public_page
def version(request, slug, number):
    """One version as it was published. Nothing on the page tells what became of it since."""
    published = find_version(slug, number)
    response = render(request, "privacy/version.html", reading(published))
    return with_etag(request, response, published)


@require_safe
@cache_control(public=True, max_age=365 * 24 * 60 * 60, immutable=True)
def record(request, slug, number):
    """The bytes whose SHA-256 is the digest of the version."""
    published = find_version(slug, number)
    response = HttpResponse(published.record, content_type="application/json; charset=utf-8")
    response["ETag"] = f'"{published.digest}"'
    return get_conditional_response(request, etag=response["ETag"], response=response)


@require_safe
@public_page
def history(request, slug):
    """Every version there was, the newest first, and what each changed in the one before."""
    versions = list(
        Version.objects.published()
        .filter(document=slug)
        .newest_first()
        .select_related("document")
        .defer("record")
        .prefetch_related("clauses")
    )
    if not versions:
        raise Http404
    in_force = version_in_force(slug)
    steps = [
        {
            "version": newer,
            "is_first": older is None,
            "is_in_force": newer == in_force,
            "differences": differences(older, newer) if older else [],
        }
        for newer, older in zip(versions, [*versions[1:], None], strict=True)
    ]
    return render(
        request, "privacy/history.html", {"document": versions[0].document, "steps": steps}
    )


@require_safe
@cache_control(public=True, max_age=24 * 60 * 60)
def gpc(request):
    return JsonResponse({"gpc": True, "lastUpdate": GPC_SINCE})


def find_version(slug, number):
    return get_object_or_404(Version.objects.published(), document=slug, number=number)


def reading(version):
    clauses = version.clauses_in_order()
    return {
        "version": version,
        "document": version.document,
        "clauses": clauses,
        "sections": [clause for clause in clauses if clause.is_section],
    }


def with_etag(request, response, version):
    """The digest of the text, then that of the page round it, which changes with the portal."""
    page = sha256(response.content).hexdigest()[:16]
    response["ETag"] = f'"{version.digest}.{page}"'
    return get_conditional_response(request, etag=response["ETag"], response=response)
