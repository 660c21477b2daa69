"""Logs as JSON from an allow-list of keys, so that nobody's data can reach them.

A message is written as its template: what `%s` would have been filled with stays out, since
libraries put paths, addresses and values there. An exception is its type and its frames.
A library's message without such places may have been put together from anything; it is written
only if these very words stand in the library's source.
"""

import json
import linecache
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path

HOUSE = str(Path(__file__).parents[1])

ALLOWED = (
    "request_id",
    "method",
    "route",
    "status",
    "duration_ms",
    "queries",
    "fingerprint",
    "tables",
    "task",
    "task_id",
    "letter",
    "incoming",
    "photo",
    "export",
    "attempt",
    "reason",
    "queue",
    "replica",
    "count",
    "size",
    "subject",
    "run",
    "seal",
)


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": words(record),
        }
        line |= {key: value for key in ALLOWED if (value := getattr(record, key, None)) is not None}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__qualname__
            line["frames"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def words(record):
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    is_ours = record.pathname.startswith(HOUSE) and "site-packages" not in record.pathname
    if is_ours or record.args or record.msg in "".join(linecache.getlines(record.pathname)):
        return record.msg
    return f"(words left out) {record.module}.{record.funcName}:{record.lineno}"
