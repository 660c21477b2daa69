import logging
import sys

import redis
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.gate import Banned
from listings.board import current_board
from listings.catalogue import current_catalogue
from listings.etags import etag_of_page
from pages import style_guide as guide
from privacy.erasure.fence import is_refusal
from privacy.operator import current_operator
from ui.handing import Away
from ui.public import public_page, unchanged

log = logging.getLogger(__name__)


@require_safe
@public_page
def home(request):
    catalogue = current_catalogue()
    board = current_board()
    sections = [
        (section, board.by_section[section.pk], catalogue.featured_in(section))
        for section in catalogue.sections
    ]
    counts = [sorted(board.by_section.items()), [(r.pk, n) for r, n in board.by_region]]
    etag = etag_of_page(request.get_full_path(), [card.listing for card in board.newest], *counts)
    if answer := unchanged(request, etag):
        return answer
    response = render(request, "pages/home.html", {"sections": sections, "board": board})
    response["ETag"] = etag
    return response


@require_safe
@public_page
def help(request):
    return render(request, "pages/help.html", {"operator": current_operator()})


@require_safe
@public_page
def contact(request):
    return render(request, "pages/contact.html", {"operator": current_operator()})


@never_cache
@require_safe
def style_guide(request):
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    return render(request, "pages/style_guide.html", guide.examples())


# The pages for when something is refused or broken. They are made without context processors,
# session and database, because any of these may be what is broken.


def bad_request(request, exception=None):
    return error_page(request, 400)


def forbidden(request, exception=None):
    if isinstance(exception, Banned):
        return error_page(request, 403, "403_banned.html", ban=exception.ban)
    return error_page(request, 403)


def csrf_refused(request, reason=""):
    return error_page(request, 403, "403_csrf.html")


def not_found(request, exception=None):
    return error_page(request, 404)


def too_many_requests(request, exception=None):
    return error_page(request, 429)


def unavailable(request, template=None, retry_after=60):
    response = error_page(request, 503, template)
    response["Retry-After"] = str(retry_after)
    return response


# Database, Valkey or bucket do not answer; the same request may succeed in a minute.
OUTAGES = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError, Away)


def server_error(request):
    try:
        if isinstance(sys.exception(), OUTAGES):
            return unavailable(request)
        if is_refusal(sys.exception()):
            return error_page(request, 409, "409_erasing.html")
        return error_page(request, 500)
    except Exception:
        # Whatever keeps the page from being made, the visitor is answered.
        log.exception("error page failed")
        return HttpResponse(BARE_SERVER_ERROR, status=500)


BARE_SERVER_ERROR = """<!doctype html>
<html lang="ru"><head><meta charset="utf-8"><title>500 · Kazvek</title></head><body>
<h1>500</h1>
<p lang="kk">Портал қате жіберді. Бірнеше минуттан кейін қайталап көріңіз.</p>
<p lang="ru">На портале произошла ошибка. Попробуйте ещё раз через несколько минут.</p>
<p lang="en">The portal made a mistake. Please try again in a few minutes.</p>
</body></html>
"""


def error_page(request, status, template=None, **facts):
    language = (
        translation.get_language_from_path(request.path_info)
        or translation.get_language_from_request(request)
    )  # fmt: skip
    with translation.override(language):
        html = render_to_string(template or f"{status}.html", {"request": request} | facts)
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    return response
