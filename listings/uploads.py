"""Files on their way in: kept apart from everything that is served."""

import secrets
import unicodedata
from pathlib import PurePath

from django.core.files.storage import storages

from listings.leftovers import expect

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_BYTES_A_REQUEST = 60 * MEGABYTE


def put_away(file, folder: str, extension: str = "") -> str:
    """Its name in the private storage, which nobody can guess. Outside of a transaction."""
    token = secrets.token_hex(20)
    name = f"{folder}/{token[:2]}/{token}{extension}"
    expect(name)
    file.seek(0)
    return storages["private"].save(name, file)


def shown_name(name: str, extension: str = "") -> str:
    """What somebody calls their file, without what could mislead whoever reads it."""
    name = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        # Control characters, and the invisible ones that turn the order of letters round.
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    name = PurePath(" ".join(name.replace("\\", "/").split())).name
    if not extension:
        return name[:100]
    return f"{PurePath(name).stem.strip('. ')[: 100 - len(extension)] or 'document'}{extension}"
