"""Pages that are the same for everybody, and how long whoever stands between may keep them.

Nobody keeps the page of a visitor with a session: it may show what is theirs. Nor that of one who
has just written: it shows what others see a moment later.
"""

from functools import wraps
from hashlib import sha256

from django.conf import settings
from django.utils.cache import get_conditional_response, patch_cache_control

from ui import replicas

# Seconds: for so long a page is shown without asking, and then once more while asking. Together
# less than the ten after which everybody sees a new price.
FRESH, STALE = 4, 4


def public_page(view):
    """The view may set an `ETag` where that costs less than to make the page."""

    @wraps(view)
    def page(request, *args, **kwargs):
        if gets_own(request):
            response = view(request, *args, **kwargs)
            del response["ETag"]
            response["Cache-Control"] = "private, no-store"
            return response
        response = replicas.browse(view, request, *args, **kwargs)
        if response.status_code not in (200, 304):
            return response
        if not response.has_header("ETag"):
            response["ETag"] = etag_of(response.content)
        patch_cache_control(response, public=True, max_age=FRESH, stale_while_revalidate=STALE)
        return get_conditional_response(request, etag=response["ETag"], response=response)

    return page


def gets_own(request) -> bool:
    """A page made for them now, from the database that knows all they wrote."""
    cookies = {settings.SESSION_COOKIE_NAME, settings.WROTE_COOKIE_NAME}
    return not cookies.isdisjoint(request.COOKIES)


def etag_of(content: bytes) -> str:
    """A weak one: the proxy compresses the page, and then these are no longer the same bytes."""
    return f'W/"{sha256(content).hexdigest()[:32]}"'


def unchanged(request, etag: str):
    """The short answer to whoever has this page already; None for everybody else."""
    return None if gets_own(request) else get_conditional_response(request, etag=etag)
