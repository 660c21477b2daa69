from django.core.cache import cache


def is_within(most: int, seconds: int, key: str) -> bool:
    """Count one more under this key; whether that stays within so many in so long.

    Raises what the cache raises when it is away: the visitor is then asked to come back.
    """
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # it ran out between the two
        cache.set(key, 1, timeout=seconds)
        return True
