"""What is packed into a file or a value: archives, letters, the streams of a PDF."""

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from tempfile import SpooledTemporaryFile

from privacy.residue.search import CHUNK, Part, Search, in_chunks

COMPRESSED = {
    b"\x1f\x8b\x08": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)
PDF_STREAM = re.compile(rb"stream\r?\n")
LETTER = re.compile(
    rb"(?:[A-Za-z][A-Za-z0-9-]*:.*\r?\n(?:[ \t].*\r?\n)*)*"
    rb"(?:From|To|Received|Return-Path|MIME-Version|Message-ID|Content-Type):",
    re.IGNORECASE,
)

DEEPEST = 5
# Of one file, all together: a small archive may hold more than a disk.
MOST_UNPACKED = 4 * 2**30
# What can only be taken apart in memory.
MOST_WHOLE = 64 * 2**20


class NotReadable(Exception):
    """It is packed so that nobody can look into it; why is the exception's text."""


def searched(search: Search, where: str, file) -> Part:
    part = Part(where)
    try:
        for layer in layers(file):
            part.found |= search.found_in_stream(part.counted(layer))
    except NotReadable as trouble:
        part.trouble = str(trouble)
    return part


def layers(file, depth: int = 0) -> Iterator[Iterable[bytes]]:
    """The file as it is, and whatever is packed into it, each as chunks to be read in turn."""
    yield in_chunks(file)
    with SpooledTemporaryFile(CHUNK) as unpacked:
        for packed in inner(file):
            if depth == DEEPEST:
                raise NotReadable("archives within archives without end")
            unpacked.seek(0)
            unpacked.truncate()
            try:
                for chunk in in_chunks(packed):
                    unpacked.write(chunk)
                    if unpacked.tell() > MOST_UNPACKED:
                        raise NotReadable("it would be too much, unpacked")
            except BROKEN as trouble:
                raise NotReadable(f"it is broken: {type(trouble).__name__}") from trouble
            unpacked.seek(0)
            yield from layers(unpacked, depth + 1)


def inner(file) -> Iterator[io.BufferedIOBase]:
    file.seek(0)
    start = file.read(4000)
    if zipfile.is_zipfile(file):
        yield from members(file)
    file.seek(0)
    for magic, opened in COMPRESSED.items():
        if start.startswith(magic):
            yield opened(file)
    if start.startswith(b"%PDF"):
        yield from streams(whole(file))
    elif LETTER.match(start):
        yield from parts(whole(file))


def whole(file):
    content = file.read(MOST_WHOLE + 1)
    if len(content) > MOST_WHOLE:
        raise NotReadable("too big to be taken apart")
    return content


def members(file):
    try:
        archive = zipfile.ZipFile(file)
        # What archives say beside their files.
        yield io.BytesIO(archive.comment)
        for member in archive.infolist():
            yield io.BytesIO(member.filename.encode() + b"\n" + member.comment)
            if member.flag_bits & 1:
                raise NotReadable("it is encrypted")
            yield archive.open(member)
    except BROKEN as trouble:
        raise NotReadable(f"it is broken: {type(trouble).__name__}") from trouble


def streams(content):
    for found in PDF_STREAM.finditer(content):
        inflating = zlib.decompressobj()
        # Not every stream is compressed this way; the others were seen as they are.
        with suppress(zlib.error):
            yield io.BytesIO(inflating.decompress(content[found.end() :], MOST_WHOLE))


def parts(content):
    """A letter's headers and parts, as its reader sees them."""
    letter = message_from_bytes(content, policy=policy.default)
    for part in letter.walk():
        yield io.BytesIO("\n".join(map(str, part.values())).encode("utf-8", "surrogateescape"))
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True) or b""
        if payload != content:
            yield io.BytesIO(payload)
        with suppress(LookupError, UnicodeError):
            charset = part.get_content_charset("utf-8")
            yield io.BytesIO(payload.decode(charset).encode())
