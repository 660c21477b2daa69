"""Whatever form it is in, wherever it is left behind: it is found, and nothing else is."""

import bz2
import gzip
import io
import lzma
import zipfile
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.db import connection

from letters.models import Letter
from privacy.residue import NotSearched, everywhere, find, look_for
from privacy.residue.search import CHUNK
from tests.privacy.residue.planted import ALL, NAME, NEEDLES, PHONE, TEXTS

pytestmark = pytest.mark.xdist_group("residue")


def look(*names):
    """In the places whose names begin so."""
    places = [place for place in everywhere() if place.name.startswith(names)]
    assert places
    return {hit.where for hit in find(NEEDLES, places=places)}


@pytest.fixture
def folders(db, settings, private_folder, tmp_path):
    """Empty ones for whatever the portal stores as files, by the names of the places."""
    settings.LETTERS_FOLDER = tmp_path / "mail"
    settings.LOGS = [str(tmp_path / "logs")]
    made = {
        "media": settings.MEDIA_ROOT,
        "private files": private_folder,
        "letters as files": settings.LETTERS_FOLDER,
        "logs": tmp_path / "logs",
    }
    for folder in made.values():
        folder.mkdir()
    return made


@pytest.fixture
def valkey(db):
    """A spare database of the portal's Valkey."""
    with redis.Redis.from_url(f"{settings.REDIS_URL}/2") as server:
        server.flushdb()
        yield server
        server.flushdb()


def test_each_form_is_found_in_a_table_without_a_model(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA left_over CREATE TABLE notes (word text, number int)")
        cursor.executemany(
            "INSERT INTO left_over.notes VALUES (%s, 1), ('nothing to be found', 2)",
            [[text] for text in TEXTS.values()],
        )

        found = look("table left_over")

    assert found == {f"word, (0,{2 * number + 1})" for number in range(len(TEXTS))}


def test_each_form_is_found_in_a_column_of_bytes(db):
    Letter.objects.bulk_create(
        Letter(recipient="a@b.example", content=content, message_id=uuid4().hex)
        for content in [*ALL.values(), b"nothing"]
    )

    found = look("table public.letters_letter")

    assert {where.split(",")[0] for where in found} == {"content"}
    assert len(found) == len(ALL)


def test_what_the_planner_remembers_of_rows_long_gone_is_found(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE gone (word text)")
        cursor.execute("INSERT INTO gone SELECT %s FROM generate_series(1, 50)", [NAME])
        cursor.execute("ANALYZE gone")
        cursor.execute("DELETE FROM gone")

        found = look("planner statistics", "table public.gone")

    assert found == {"most_common_vals, public.gone.word"}


def test_what_lies_in_a_large_object_is_found(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT lo_from_bytea(0, %s)", [NAME.encode()])
        [number] = cursor.fetchone()

        found = look("large objects")

    assert found == {f"data, {number}"}


@pytest.mark.parametrize("place", ["media", "private files", "letters as files", "logs"])
def test_each_form_is_found_in_files(folders, place):
    for number, content in enumerate(ALL.values()):
        file = folders[place] / f"{number % 7}" / f"{number}.bin"
        file.parent.mkdir(exist_ok=True)
        picture = b"\xff\xd8\x00\x01" * 9 if number % 2 and content != ALL["letter"] else b""
        file.write_bytes(picture + content + picture)
    (folders[place] / "other.txt").write_text("Сейтқазы Айгерім, +7 701 234 56 79")

    found = look(place)

    assert len(found) == len(ALL)


def packed(content, pack):
    if pack != "zip":
        return {"gzip": gzip, "bz2": bz2, "xz": lzma}[pack].compress(content)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)
    return file.getvalue()


@pytest.mark.parametrize("pack", ["gzip", "bz2", "xz", "zip"])
def test_what_is_packed_is_unpacked(folders, pack):
    for number, content in enumerate(ALL.values()):
        (folders["logs"] / f"{number}.{pack}").write_bytes(packed(content, pack))
    (folders["logs"] / "nested").write_bytes(packed(packed(NAME.encode(), "zip"), pack))

    found = look("logs")

    assert len(found) == len(ALL) + 1


def test_names_of_files_are_looked_at_and_not_told(folders):
    (folders["media"] / f"{NAME}.jpg").write_bytes(b"nothing")

    found = look("media")

    assert found == {f"{folders['media']}/…"}


PLANT = {
    "string": lambda server, key, value: server.set(key, value),
    "list": lambda server, key, value: server.rpush(key, b"x", value),
    "set": lambda server, key, value: server.sadd(key, b"x", value),
    "zset": lambda server, key, value: server.zadd(key, {b"x": 1, value: 2}),
    "hash value": lambda server, key, value: server.hset(key, b"x", value),
    "hash name": lambda server, key, value: server.hset(key, value, b"x"),
    "stream": lambda server, key, value: server.xadd(key, {b"x": value}),
}


@pytest.mark.parametrize("kind", PLANT)
def test_each_form_is_found_in_the_values_of_valkey(valkey, kind):
    forms = [content for name, content in ALL.items() if name != "letter"]
    for number, content in enumerate(forms):
        PLANT[kind](valkey, f"planted:{number}", content)
        PLANT[kind](valkey, f"other:{number}", b"nothing")

    found = look("Valkey, database 2")

    assert found == {f"key planted:{number}" for number in range(len(forms))}


def test_keys_of_valkey_are_looked_at_and_not_told(valkey):
    valkey.set(f"limit:{PHONE}", 1)

    assert look("Valkey, database 2") == {"…"}


def test_long_lists_and_values_are_read_to_their_end(valkey):
    valkey.rpush("list", *[b"x"] * 1000, NAME)
    valkey.set("value", b"x" * (3 * CHUNK - 20) + NAME.encode())

    assert look("Valkey, database 2") == {"key list", "key value"}


@pytest.mark.proof
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_it_is_found_across_the_border_of_two_chunks(folders, part):
    forms = [content for name, content in ALL.items() if name != "letter"]
    for number, content in enumerate(forms):
        before = b" " * (CHUNK - int(len(content) * part))
        (folders["media"] / str(number)).write_bytes(before + content + b" " * 99)

    found = look("media")

    assert found == {str(folders["media"] / str(number)) for number in range(len(forms))}


def test_nothing_planted_nothing_found(folders, valkey, aigul, make_listing):
    make_listing("Пшеница 3 класса")
    (folders["media"] / "photo.jpg").write_bytes(bytes(range(256)) * 50_000)
    sizes = {}

    found = list(find(NEEDLES, tell=sizes.__setitem__))

    assert found == []
    assert sizes["media"] == 256 * 50_000
    assert sizes["table public.accounts_user"] > 50


BESIDE = [
    "Сейтқазы Айгүл",
    "aigul.seitqazy@example.com",
    "+7 701 234 56 79",
    "177012345678",
    "770123456780",
    "2026-11-22 10:15:00",
]


@pytest.mark.parametrize("text", BESIDE)
def test_what_is_only_alike_is_not_found(folders, text):
    (folders["media"] / "note").write_text(text)

    assert look("media") == set()


def truncated(folder):
    (folder / "log.gz").write_bytes(gzip.compress(b"x" * 5000)[:-20])


def encrypted(folder):
    content = bytearray(packed(b"x" * 50, "zip"))
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    (folder / "secret.zip").write_bytes(content)


def endless(folder):
    content = b"x"
    for _ in range(8):
        content = packed(content, "gzip")
    (folder / "nested.gz").write_bytes(content)


@pytest.mark.parametrize("spoil", [truncated, encrypted, endless])
def test_what_cannot_be_read_is_told_after_all_else_was_searched(folders, spoil):
    spoil(folders["logs"])
    (folders["logs"] / "zz").write_text(NAME)
    [logs] = [place for place in everywhere() if place.name == "logs"]
    hits = find(NEEDLES, places=[logs])
    first = next(hits)

    with pytest.raises(NotSearched) as refused:
        next(hits)

    assert first.where == str(folders["logs"] / "zz")
    [place] = refused.value.places
    assert place.startswith(f"logs: {folders['logs']}")


def test_an_erasure_hears_of_the_places_and_leaves_out_what_stands_everywhere(folders):
    (folders["media"] / "note").write_text(f"Қостанай, {NAME}")

    assert look_for([NAME, "Қостанай"]) == {NAME: {f"media: {folders['media'] / 'note'}"}}
    assert look_for([PHONE, "Қостанай"]) == {}


def test_a_place_that_does_not_answer_is_told(settings, folders):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    places = [place for place in everywhere() if place.name.startswith("Valkey")]

    with pytest.raises(NotSearched) as refused:
        list(find(NEEDLES, places=places))

    assert refused.value.places == [
        f"Valkey, database {number}: ConnectionError" for number in range(3)
    ]
