import logging
import time
from contextlib import ExitStack

from django.db import connections
from django.utils.cache import has_vary_header

from kazvek.counters import SLOW_QUERIES, count_answer
from kazvek.queries import Queries, fingerprint, tables_of
from pages.views import unavailable
from privacy.restoring import gate

log = logging.getLogger("kazvek.requests")

HEALTH = ("/healthz", "/readyz")
PERMISSIONS_POLICY = (
    "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(self), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)


def log_requests(get_response):
    """One line a request, counted too: the route, never the path, which may hold a key."""

    def middleware(request):
        started = time.perf_counter()
        queries = Queries()
        with ExitStack() as counted:
            for connection in connections.all():
                counted.enter_context(connection.execute_wrapper(queries))
            response = get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        log.info(
            "request",
            extra={
                "method": request.method,
                "route": match.route if match else None,
                "status": response.status_code,
                "duration_ms": round(seconds * 1000, 1),
                "queries": queries.count,
            },
        )
        route = match.view_name if match and match.view_name else "none"
        count_answer(route, response.status_code, seconds, queries.count)
        for took, sql in queries.slow:
            SLOW_QUERIES.labels(route).inc()
            log.warning(
                "slow query",
                extra={
                    "route": match.route if match else None,
                    "duration_ms": round(took * 1000, 1),
                    "fingerprint": fingerprint(sql),
                    "tables": tables_of(sql),
                },
            )
        return response

    return middleware


def shut_after_a_restore(get_response):
    """While people are back who were erased, nothing is shown but to the programs that watch."""

    def middleware(request):
        if request.path_info not in HEALTH and gate.trouble():
            return unavailable(request, "503_restored.html")
        return get_response(request)

    return middleware


def private_unless_public(get_response):
    """What no view calls public is kept by nobody; nor is what a cookie had a part in."""

    def middleware(request):
        response = get_response(request)
        said = response.get("Cache-Control", "")
        if "public" in said and (response.cookies or has_vary_header(response, "Cookie")):
            match = request.resolver_match
            log.error("a public page knew its reader", extra={"route": match and match.route})
            said = ""
        if not said:
            response["Cache-Control"] = "private, no-store"
        return response

    return middleware


def permissions_policy(get_response):
    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return middleware
