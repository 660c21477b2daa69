import logging

from celery import current_app
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from privacy.restoring import gate
from privacy.watch import notice_a_stop

log = logging.getLogger(__name__)

QUEUES = ["default", "mail", "media", "privacy"]


@never_cache
@require_safe
def alive(request):
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(request):
    """May this process get visitors? 503 with what is wrong, in words for operators."""
    answer = {
        "database": database_state(),
        "cache": cache_state(),
        "queue": queue_state(),
        "restore": restore_state(),
    }
    is_ready = all(part["ok"] for part in answer.values())
    if is_ready:
        notice_a_stop()
    if not is_ready:
        log.warning("not ready", extra={"reason": [k for k, v in answer.items() if not v["ok"]]})
    return JsonResponse({"ready": is_ready} | answer, status=200 if is_ready else 503)


def database_state():
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return {"ok": False, "reason": "The database does not answer."}
    if waiting:
        return {"ok": False, "reason": f"{len(waiting)} migrations have not run."}
    return {"ok": True}


def restore_state():
    try:
        trouble = gate.trouble()
    except DatabaseError:
        return {"ok": False, "reason": "The database does not answer."}
    return {"ok": False, "reason": trouble} if trouble else {"ok": True}


def cache_state():
    try:
        cache.set("readyz", 1, timeout=5)
    except RedisError:
        return {"ok": False, "reason": "Valkey does not answer."}
    return {"ok": True}


def queue_state():
    """How many tasks wait, by queue. A long queue is told, but does not take the site away."""
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
            depth = {name: broker.default_channel.client.llen(name) for name in QUEUES}
    except (BrokerError, RedisError, OSError):
        return {"ok": False, "reason": "The queue does not answer."}
    return {"ok": True, "waiting": depth}
