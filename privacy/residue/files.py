"""Folders and files, with their names."""

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages

from privacy.residue.search import Part, Search
from privacy.residue.unpack import searched

# What LOGS says where another program keeps them.
NO_LOGS = ["none"]


@dataclass(frozen=True)
class Files:
    name: str
    # They may hold `*`.
    paths: tuple[str, ...]
    must_exist: bool = False

    def parts(self, search: Search) -> Iterator[Part]:
        for pattern in self.paths:
            found = sorted(glob.glob(pattern, include_hidden=True))
            if self.must_exist and not found and not glob.has_magic(pattern):
                yield Part(pattern, trouble="there is no such file")
            for path in found:
                for file in below(path):
                    yield from file_searched(search, file)


@dataclass(frozen=True)
class Stored:
    """What lies in a bucket, read as the portal reads it."""

    name: str
    storage: Storage

    def parts(self, search: Search) -> Iterator[Part]:
        yield from self.below(search, "")

    def below(self, search, folder):
        try:
            folders, names = self.storage.listdir(folder)
        except OSError as trouble:
            yield Part(f"{self.name}: {folder}", trouble=type(trouble).__name__)
            return
        for name in sorted(names):
            yield from self.searched(search, f"{folder}{name}")
        for name in sorted(folders):
            yield from self.below(search, f"{folder}{name}/")

    def searched(self, search, path):
        try:
            with self.storage.open(path) as file:
                yield searched(search, path, file)
        except FileNotFoundError:
            pass  # gone meanwhile
        except OSError as trouble:
            yield Part(path, trouble=type(trouble).__name__)
        yield Part(f"{path}, its name", 0, search.found_in(path.encode()))


def of_storage(name: str, alias: str) -> Files | Stored:
    storage = storages[alias]
    if isinstance(storage, FileSystemStorage):
        return Files(name, (storage.location,))
    return Stored(name, storage)


def folders() -> list[Files | Stored]:
    logs = Files("logs", tuple(settings.LOGS), must_exist=True)
    return [
        of_storage("media", "default"),
        of_storage("private files", "private"),
        Files("letters as files", (str(settings.LETTERS_FOLDER),)),
        *([] if settings.LOGS == NO_LOGS else [logs]),
    ]


def below(path) -> Iterator[Path]:
    yield Path(path)
    if not os.path.isdir(path):
        return
    for folder, folders, files in os.walk(path, onerror=refuse):
        folders.sort()
        yield from (Path(folder, name) for name in [*folders, *sorted(files)])


def refuse(error):
    raise error


def file_searched(search, path):
    names = [os.fsencode(path.name)]
    try:
        if path.is_symlink():
            names.append(os.readlink(os.fsencode(path)))
        elif path.is_file():
            with path.open("rb") as file:
                yield searched(search, str(path), file)
    except FileNotFoundError:
        pass  # gone meanwhile
    except OSError as trouble:
        yield Part(str(path), trouble=type(trouble).__name__)
    yield Part(f"{path}, its name", 0, search.found_in(b"\n".join(names)))
