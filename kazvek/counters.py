"""What happens in the portal, counted by each of its web processes in files that they share (see
kazvek/wsgi.py). Labels are names of routes: nothing of people, nothing that a visitor can make up.
"""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram

COUNTED = CollectorRegistry()
REQUESTS = Counter("kazvek_http_requests_total", "Answers.", ["route", "status"], registry=COUNTED)
SECONDS = Histogram(
    "kazvek_http_seconds",
    "From the first byte of a request to the last of its answer, without the proxy.",
    ["route"],
    registry=COUNTED,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
QUERIES = Counter(
    "kazvek_queries_total", "Statements sent to the database.", ["route"], registry=COUNTED
)
SLOW_QUERIES = Counter(
    "kazvek_slow_queries_total", "Those that the log names.", ["route"], registry=COUNTED
)
CACHE = Counter(
    "kazvek_cache_total", "Questions to the cache: hit, miss, error.", ["result"], registry=COUNTED
)
# From the first moment on: of what appears with its first error nobody sees that it grew.
for result in ("hit", "miss", "error"):
    CACHE.labels(result)


def count_answer(route: str, status: int, seconds: float, queries: int):
    answers, durations, statements = of_route(route, status)
    answers.inc()
    durations.observe(seconds)
    statements.inc(queries)


# To look the three up takes as long as to count.
@cache
def of_route(route, status):
    return REQUESTS.labels(route, status), SECONDS.labels(route), QUERIES.labels(route)
