"""Files of people, and words for what only an app can read: each app registers its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO

from django.core.files.storage import Storage
from django.db import models


@dataclass(frozen=True)
class Stored:
    storage: Storage
    path: str

    @property
    def extension(self) -> str:
        return PurePosixPath(self.path).suffix

    def open(self) -> BinaryIO:
        return self.storage.open(self.path)


@dataclass(frozen=True)
class Held:
    """So small that it stands in the row."""

    content: bytes
    extension: str

    def open(self) -> BinaryIO:
        return BytesIO(self.content)


@dataclass(frozen=True)
class Originals:
    # Which columns `of` wants of a row, by name.
    columns: Sequence[str]
    of: Callable[[dict], Iterable[Stored | Held]]


ORIGINALS: dict[type[models.Model], Originals] = {}
WORDS: dict[tuple[type[models.Model], str], Callable[[object], str]] = {}


def register_originals(model, *columns: str, of: Callable[[dict], Iterable[Stored | Held]]):
    """Files that a row names. One that is not where the row says stops the whole copy."""
    ORIGINALS[model] = Originals(columns, of)


def register_words(model, column: str, words: Callable[[object], str]):
    """How a column reads to people, in the language that is active."""
    WORDS[model, column] = words
