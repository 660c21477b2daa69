"""The portal in numbers, for Prometheus. Labels are names of routes, queues, tables: nothing of
people, and nothing that a visitor can make up.

What happened is counted as it happens (kazvek/counters.py); how things stand is asked when
Prometheus asks.
"""

import json
import logging
import os
import time

from celery import current_app
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from redis.exceptions import RedisError

from kazvek.counters import COUNTED
from letters.models import Letter
from pages.health import QUEUES
from privacy.models import Request, RetentionRun, SelfCheckRun
from privacy.watch import CHECKS, stuck_erasures
from ui import replicas

log = logging.getLogger(__name__)


@never_cache
@require_safe
def metrics(request):
    """For whoever bears METRICS_TOKEN."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404
    text = generate_latest(counted()) + generate_latest(now())
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def counted() -> CollectorRegistry:
    """By all processes of this web server; by this one alone where they share nothing."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return COUNTED
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry


def now() -> CollectorRegistry:
    """How things stand. What does not answer is down, and its numbers are left out."""
    registry = CollectorRegistry()
    up = Gauge("kazvek_up", "Whether this part answers.", ["part"], registry=registry)
    for part, told, trouble in (
        ("database", told_by_database, (DatabaseError,)),
        ("queue", told_by_queue, (BrokerError, RedisError, OSError)),
    ):
        # Whole or not at all.
        numbers = CollectorRegistry()
        try:
            told(numbers)
        except trouble as reason:
            log.warning("no numbers", extra={"reason": f"{part}: {type(reason).__name__}"})
            up.labels(part).set(0)
        else:
            up.labels(part).set(1)
            registry.register(numbers)
    used = Gauge(
        "kazvek_replica_in_use", "Whether pages are read there.", ["replica"], registry=registry
    )
    for replica, is_used in replicas.in_use().items():
        used.labels(replica).set(is_used)
    return registry


def told_by_database(registry):
    last, sweep = SelfCheckRun.objects.first(), RetentionRun.objects.first()
    ages = Gauge("kazvek_age_seconds", "Since the last run of it.", ["of"], registry=registry)
    for name, run in (("self_check", last), ("retention", sweep)):
        if run:
            ages.labels(name).set(seconds_since(run.finished_at))
    faults = Gauge("kazvek_faults", "Found by the last self-check.", ["check"], registry=registry)
    for name in CHECKS:
        found = last.findings.get(name) if last else None
        faults.labels(name).set(found["count"] if found else 0)
    requests = Gauge(
        "kazvek_privacy_requests", "About personal data.", ["state"], registry=registry
    )
    requests.labels("open").set(Request.objects.open().count())
    requests.labels("overdue").set(Request.objects.overdue().count())
    erasures = Gauge("kazvek_erasures_stuck", "Deletions of people.", registry=registry)
    erasures.set(sum(1 for _ in stuck_erasures()))
    letters = Gauge("kazvek_letters", "In the outbox.", ["state"], registry=registry)
    due = Letter.objects.due().order_by()
    letters.labels("due").set(due.count())
    letters.labels("undeliverable").set(Letter.objects.undeliverable().count())
    oldest = Letter.objects.filter(state=Letter.State.WAITING).aggregate(at=Min("created_at"))["at"]
    age = Gauge("kazvek_letters_oldest_seconds", "Of what waits.", registry=registry)
    age.set(seconds_since(oldest) if oldest else 0)


def told_by_queue(registry):
    tasks = Gauge("kazvek_queue_tasks", "That wait for a worker.", ["queue"], registry=registry)
    ages = Gauge(
        "kazvek_queue_oldest_seconds", "Of the task next in turn.", ["queue"], registry=registry
    )
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=1)
        valkey = broker.default_channel.client
        for queue in QUEUES:
            tasks.labels(queue).set(valkey.llen(queue))
            oldest = valkey.lindex(queue, -1)
            queued_at = json.loads(oldest)["headers"].get("queued_at") if oldest else None
            ages.labels(queue).set(max(0, time.time() - queued_at) if queued_at else 0)


def seconds_since(moment):
    return (timezone.now() - moment).total_seconds()
