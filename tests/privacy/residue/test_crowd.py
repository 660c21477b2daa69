"""Of a crowd everything is found that is found of one, in a single reading."""

import base64
import hashlib
import json
import random
from urllib.parse import quote

import pytest

from privacy.residue import NEEDLES_A_PASS, find
from privacy.residue.crowd import Crowd
from privacy.residue.forms import forms_of
from privacy.residue.search import CHUNK, Part, Search
from tests.privacy.residue.planted import ALL, EMAIL, PHONE

BIN = "990140003217"
NEEDLES = [EMAIL, PHONE, BIN]
OTHERS = [f"somebody{number}@mill.example" for number in range(300)] + [
    f"+7702{number:07}" for number in range(300)
]
SIGNS = b"abcXYZ019 \n\t\"'<>/=:;,-\xd0\xb0"


def around(content, chance):
    """Among what else a row, a page or a program may hold."""
    before, after = (bytes(chance.choices(SIGNS, k=chance.randrange(40))) for _ in range(2))
    return before + b"," + content + b"," + after


def hidden(needle):
    """In each form that `Search` looks for, whole."""
    for (_way, pattern), name in forms_of(needle).items():
        if not name.startswith("base64"):
            yield pattern
    for spelling in (needle, needle.upper(), needle.title()):
        for content in (spelling.encode(), spelling.encode("utf-16-le")):
            for before in range(3):
                encoded = base64.b64encode(b"\xfb\xff\xfe"[:before] + content)
                yield encoded
                yield encoded.rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")
    yield "".join(f"&#{ord(letter)};" for letter in needle).encode()
    yield "".join(f"\\u{ord(letter):04x}" for letter in needle).encode()
    yield quote(quote(needle)).encode()
    yield base64.encodebytes(f"{'x' * 40}{needle} and more".encode())
    yield json.dumps(json.dumps({"ә": needle})).encode()


@pytest.mark.parametrize("number", range(len(NEEDLES)))
def test_each_form_is_found_among_hundreds_of_needles(number):
    chance = random.Random(number)  # noqa: S311 no secret
    crowd = Crowd([*OTHERS, *NEEDLES])
    forms = list(hidden(NEEDLES[number]))
    assert len(forms) > 40

    missed = [
        content
        for form in forms
        for content in [around(form, chance)]
        if len(OTHERS) + number not in {needle for needle, _ in crowd.found_in(content)}
    ]

    assert missed == []


def test_it_tells_the_same_as_one_by_one():
    alone, crowd = Search(NEEDLES), Crowd([*NEEDLES, *OTHERS])

    for name, content in ALL.items():
        assert crowd.found_in(content) == alone.found_in(content), name


def test_neighbours_and_chance_are_nobody():
    crowd = Crowd([*NEEDLES, *OTHERS])
    chance = random.Random(5)  # noqa: S311 no secret
    numbers = " ".join(f"+7703{chance.randrange(10**7):07}" for _ in range(2000))
    addresses = " ".join(f"else{n}@mill.example somebody{n}@mill.kz" for n in range(2000))
    digests = " ".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(2000))

    for content in (numbers, addresses, digests):
        assert crowd.candidates(content.encode()) == set()
    assert crowd.found_in(chance.randbytes(CHUNK)) == set()


def test_who_stands_across_two_pieces_of_a_file_is_found():
    crowd, place = Crowd([*NEEDLES, *OTHERS]), EMAIL.encode()
    for cut in range(1, len(place), 7):
        pieces = [b"x" * 5000 + b" " + place[:cut], place[cut:] + b" " + b"y" * 5000]
        assert 0 in {needle for needle, _ in crowd.found_in_stream(pieces)}


class Notes:
    name = "notes"

    def __init__(self, *texts):
        self.texts, self.read = texts, 0

    def parts(self, search):
        self.read += 1
        for number, text in enumerate(self.texts):
            yield Part(str(number), len(text), search.found_in(text.encode()))


def test_a_crowd_is_looked_for_in_one_reading_and_told_by_its_places():
    odd = "Сейтқазы Айгүл"
    needles = [f"somebody{number}@mill.example" for number in range(3 * NEEDLES_A_PASS)]
    needles[7], needles[-1] = odd, PHONE
    notes = Notes(f"пишите {odd}", "somebody8@mill.example", "8 (701) 234-56-78", "nobody")

    hits = {(hit.needle, hit.where) for hit in find(needles, places=[notes])}

    assert hits == {(7, "0"), (8, "1"), (len(needles) - 1, "2")}
    assert notes.read == 2
