"""Valkey as Django's cache, counting what it is asked. Its errors reach the caller, who knows
whether the page does without (`listings.board`) or the visitor has to come back (`ui.limits`).
"""

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from kazvek.counters import CACHE

MISSING = object()


class MeasuredCache(RedisCache):
    def get(self, key, default=None, version=None):
        try:
            value = super().get(key, MISSING, version)
        except RedisError:
            CACHE.labels("error").inc()
            raise
        CACHE.labels("miss" if value is MISSING else "hit").inc()
        return default if value is MISSING else value

    def set(self, *args, **kwargs):
        try:
            return super().set(*args, **kwargs)
        except RedisError:
            CACHE.labels("error").inc()
            raise

    def add(self, *args, **kwargs):
        try:
            return super().add(*args, **kwargs)
        except RedisError:
            CACHE.labels("error").inc()
            raise
