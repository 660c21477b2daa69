"""The store outside the database: a folder or a bucket, in which records are numbered from 1 on.

A record is created under the next number or not at all, so two that write at once cannot take the
same. Each is sealed with the portal's key: who can write to the bucket cannot have people erased.
"""

import functools
import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from django.conf import settings
from django.core import checks
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import LocalStore, from_url

from privacy.models.consents import canonical, keyed_hash

# Nobody's page waits for the store, but a worker does.
HASTE = {
    # An endpoint without TLS is one's own, and was named so on purpose.
    "client_options": {"connect_timeout": "3s", "timeout": "10s", "allow_http": True},
    "retry_config": {"max_retries": 1, "retry_timeout": timedelta(seconds=15)},
}


class Away(Exception):
    """The store does not answer, or does not let us in."""


class Taken(Exception):
    """There is a record of this number already."""


class Forged(Exception):
    """A record is not as the portal wrote it, or was sealed with another PRIVACY_KEY."""


@checks.register
def hosts_share_one_store(app_configs, **options):
    if not settings.STORAGE_URL or urlsplit(settings.TOMBSTONES_URL).scheme != "file":
        return []
    return [
        checks.Error(
            "Files are in a bucket that hosts share, acts of deletion in a folder of each host.",
            hint="Set TOMBSTONES_URL to a bucket, too: s3://bucket/folder.",
            id="privacy.E002",
        )
    ]


def create(number: int, record: dict) -> None:
    """Returns when it is safe on the disk, or in the bucket."""
    put(number, record, mode="create")


def replace(number: int, record: dict) -> None:
    put(number, record, mode="overwrite")


def read(number: int) -> dict | None:
    """Without the seal, which is right. None: there is no such record."""
    try:
        content = bytes(obstore.get(store(), path_of(number)).bytes())
    except (NotFoundError, FileNotFoundError):
        return None
    except (BaseError, OSError) as trouble:
        raise Away(type(trouble).__name__) from trouble
    try:
        record = json.loads(content)
        seal = record.pop("seal")
    except (ValueError, KeyError, AttributeError) as trouble:
        raise Forged(path_of(number)) from trouble
    if seal != keyed_hash(canonical(record)) or record["number"] != number:
        raise Forged(path_of(number))
    return record


def put(number, record, mode):
    record = record | {"number": number}
    content = canonical(record | {"seal": keyed_hash(canonical(record))}).encode()
    try:
        bucket = store()
        obstore.put(bucket, path_of(number), content, mode=mode, use_multipart=False)
        if folder():
            keep(Path(folder(), path_of(number)))
    except (AlreadyExistsError, FileExistsError) as trouble:
        if folder():
            # Whoever has written it may not be sure of it yet.
            keep(Path(folder(), path_of(number)))
        raise Taken(path_of(number)) from trouble
    except (BaseError, OSError) as trouble:
        raise Away(type(trouble).__name__) from trouble


def keep(file):
    """Also when the power fails the moment after."""
    for path in (file, file.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def path_of(number):
    return f"acts/{number:012d}.json"


def folder() -> str:
    """Empty for a bucket."""
    scheme, _, path = settings.TOMBSTONES_URL.partition("://")
    return path if scheme == "file" else ""


def make() -> None:
    """A folder is made only before the first record: one that is gone later is not an empty one."""
    try:
        if path := folder():
            Path(path).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as trouble:
        raise Away(type(trouble).__name__) from trouble


def store():
    if folder() and not Path(folder()).is_dir():
        raise Away("no such folder")
    return opened(settings.TOMBSTONES_URL, os.getpid())


@functools.lru_cache(maxsize=8)
def opened(url, process):
    """Once in each process, because a copied one cannot use its parent's threads."""
    path = folder()
    if path:
        return LocalStore(path)
    options = {name: value for name, value in settings.S3_OPTIONS.items() if value}
    return from_url(url, **options, **HASTE)
