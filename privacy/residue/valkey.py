"""Keys and values of Valkey, whatever they are."""

from collections.abc import Iterator
from dataclasses import dataclass

import redis
from django.conf import settings

from privacy.residue.search import CHUNK, Part, Search

# The cache, the queue, and the one to spare: see REDIS_URL in the settings.
DATABASES = range(3)
ITEMS = 200


@dataclass(frozen=True)
class Valkey:
    number: int

    @property
    def name(self):
        return f"Valkey, database {self.number}"

    def parts(self, search: Search) -> Iterator[Part]:
        url = f"{settings.REDIS_URL}/{self.number}"
        with redis.Redis.from_url(url, socket_timeout=30, socket_connect_timeout=5) as server:
            for key in server.scan_iter(count=ITEMS):
                yield key_searched(search, server, key)


def key_searched(search, server, key):
    part = Part(f"key {key.decode(errors='replace')}", len(key), search.found_in(key))
    kind = server.type(key).decode()
    if kind == "none":
        return part  # gone meanwhile
    if kind not in VALUES:
        part.trouble = f"a value of the type {kind} cannot be read"
        return part
    for value in VALUES[kind](server, key):
        chunks = value if kind == "string" else [value]
        part.found |= search.found_in_stream(part.counted(chunks))
    return part


def of_string(server, key):
    """One value, in pieces."""
    starts = range(0, server.strlen(key), CHUNK)
    yield (server.getrange(key, start, start + CHUNK - 1) for start in starts)


def of_list(server, key):
    # From its head on, to which the queue adds: nothing slips by, something may come twice.
    start = 0
    while items := server.lrange(key, start, start + ITEMS - 1):
        yield from items
        start += len(items)


def of_hash(server, key):
    for name, value in server.hscan_iter(key, count=ITEMS):
        yield from (name, value)


def of_stream(server, key):
    last = "-"
    while entries := server.xrange(key, min=last, count=ITEMS):
        for number, fields in entries:
            yield from (part for pair in fields.items() for part in pair)
            last = b"(" + number


VALUES = {
    "string": of_string,
    "list": of_list,
    "set": lambda server, key: server.sscan_iter(key, count=ITEMS),
    "zset": lambda server, key: (name for name, _ in server.zscan_iter(key, count=ITEMS)),
    "hash": of_hash,
    "stream": of_stream,
}


def databases() -> list[Valkey]:
    return [Valkey(number) for number in DATABASES]
