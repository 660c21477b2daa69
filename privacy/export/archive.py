"""A ZIP that is written once from front to back, with the digest of everything in it."""

import json
import zipfile
from contextlib import contextmanager
from hashlib import sha256
from shutil import copyfileobj
from typing import BinaryIO, TextIO

from django.utils import timezone

MANIFEST = "manifest.json"
# These are packed already.
PACKED = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".pdf", ".xlsx", ".zip")
A_PIECE = 256 * 1024


class Archive:
    """Whole once it is finished; one that is only left lacks its manifest."""

    def __init__(self, file: BinaryIO):
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self.made_at = timezone.localtime()
        self.files = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.zip.close()

    @contextmanager
    def writing(self, path: str):
        info = zipfile.ZipInfo(path, self.made_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_STORED if path.endswith(PACKED) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        with self.zip.open(info, "w", force_zip64=True) as entry:
            measured = Measured(entry)
            yield measured
        self.files.append(
            {"path": path, "bytes": measured.size, "sha256": measured.digest.hexdigest()}
        )

    def copy(self, path: str, source: BinaryIO) -> None:
        with self.writing(path) as entry:
            copyfileobj(source, entry, A_PIECE)

    def copy_text(self, path: str, source: TextIO) -> None:
        source.flush()
        source.buffer.seek(0)
        self.copy(path, source.buffer)

    def say(self, path: str, text: str) -> None:
        with self.writing(path) as entry:
            entry.write(text.encode())

    def say_json(self, path: str, facts) -> None:
        self.say(path, pretty(facts))

    def finish(self, facts: dict) -> None:
        """With the manifest, in which only the manifest itself is missing."""
        self.say_json(MANIFEST, facts | {"files": list(self.files)})


class Measured:
    def __init__(self, entry):
        self.entry, self.size, self.digest = entry, 0, sha256()

    def write(self, piece: bytes) -> None:
        self.entry.write(piece)
        self.digest.update(piece)
        self.size += len(piece)


def pretty(facts) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=1)


def line(facts) -> str:
    """One line of JSON, also for programs that take more than a line feed for the end of one."""
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    for end in "\x85\u2028\u2029":
        text = text.replace(end, f"\\u{ord(end):04x}")
    return f"{text}\n"


def digest_of(file: BinaryIO) -> str:
    digest = sha256()
    file.seek(0)
    for piece in iter(lambda: file.read(A_PIECE), b""):
        digest.update(piece)
    return digest.hexdigest()
