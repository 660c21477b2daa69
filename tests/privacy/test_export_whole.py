"""A copy has everything of its person and nothing of anybody else."""

import io
import json
import zipfile
from collections import Counter
from hashlib import sha256

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation
from jsonschema import Draft202012Validator

from accounts.models import User
from letters.models import Letter
from listings.models import Listing
from privacy.data_map import DATA_MAP
from privacy.export.kinds import kinds
from privacy.export.walking import write_copy
from privacy.models import Subject
from sellers.models import Seller
from tests.privacy.marking import EVERY_KIND, two_people

pytestmark = pytest.mark.xdist_group("copies")


class Copy:
    def __init__(self, subject, *, proved="", language="en"):
        file = io.BytesIO()
        with translation.override(language):
            write_copy(subject, file, proved=proved)
        self.archive = zipfile.ZipFile(file)
        self.files = {name: self.archive.read(name) for name in self.archive.namelist()}
        self.whole = b"\n".join(self.files.values()).decode(errors="replace")
        self.manifest = json.loads(self.files["manifest.json"])

    def rows(self, model):
        lines = self.files[f"data/{model._meta.label_lower}.jsonl"].decode().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def people(db):
    return two_people()


@pytest.fixture
def aigul(people):
    return people[0]


@pytest.fixture
def copy(aigul):
    return Copy(aigul.subject, proved=aigul.row(User).email)


def left_out(model, column):
    return DATA_MAP[model].fields[column].left_out


@pytest.mark.clause("P4.1b", "P5.1a", "P1.1")
def test_every_personal_value_of_the_person_is_there_and_no_key_to_the_account(aigul, copy):
    kept_back = {mark for (mark, of) in aigul.marks.items() if left_out(*of)}

    missing = {mark: of for mark, of in aigul.marks.items() if mark not in copy.whole}

    assert missing.keys() == kept_back
    assert len(aigul.marks) > 100
    assert len(kept_back) > 4
    assert "secret-q" not in copy.whole
    # That they are kept is said.
    assert "whoever had it could sign in as you" in copy.files["read/accounts.user-1.html"].decode()


@pytest.mark.clause("P4.1b", "P4.2")
def test_nothing_of_others_is_there_but_what_is_public_of_a_seller(people, copy):
    _, marat = people
    public = {(Seller, "name"), (Listing, "title")}

    found = {of for mark, of in marat.marks.items() if mark in copy.whole}

    assert found <= public
    assert len(marat.marks) > 100


@pytest.mark.clause("P4.1b")
def test_the_manifest_counts_what_sql_counts_and_knows_every_file(aigul, copy):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM listings_listing l JOIN sellers_seller s ON s.id = l.seller_id "
            "WHERE s.subject_id = %s",
            [aigul.subject.pk],
        )
        assert copy.manifest["entries"]["listings.listing"] == cursor.fetchone()[0]
    in_sql = {
        kind.name: kind.described.rows_of(aigul.subject).count()
        for kind in kinds()
        if kind.described.rows_of(aigul.subject).exists()
    }
    in_files = Counter(
        {
            name.removeprefix("data/").removesuffix(".jsonl"): len(content.splitlines())
            for name, content in copy.files.items()
            if name.endswith(".jsonl")
        }
    )

    assert copy.manifest["entries"] == in_sql == in_files
    assert set(in_sql) >= {model._meta.label_lower for model in EVERY_KIND}
    listed = {file["path"]: file for file in copy.manifest["files"]}
    assert set(copy.files) == {*listed, "manifest.json"}
    for name, file in listed.items():
        assert file["bytes"] == len(copy.files[name])
        assert file["sha256"] == sha256(copy.files[name]).hexdigest()


def test_each_line_is_as_its_schema_says(copy):
    for model in EVERY_KIND:
        schema = json.loads(copy.files[f"data/{model._meta.label_lower}.schema.json"])
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for row in copy.rows(model):
            assert list(validator.iter_errors(row)) == []


def test_the_schema_says_what_each_field_is_for_and_how_long_it_is_kept(copy):
    schema = json.loads(copy.files["data/accounts.user.schema.json"])

    surname = schema["properties"]["surname"]
    assert surname["purposes"] == ["service"]
    assert surname["bases"] == ["contract"]
    assert "while the account exists" in surname["kept"]
    assert surname["shown_to"] == ["staff", "colleagues"]
    assert set(schema["left_out"]) == {"password"}


def test_what_was_joined_to_the_person_is_theirs(people):
    aigul, marat = people
    Subject.objects.filter(pk=marat.subject.pk).update(joined_to=aigul.subject)

    copy = Copy(aigul.subject)

    assert {row["email"] for row in copy.rows(User)} == {
        person.row(User).email for person in people
    }
    assert len(copy.manifest["people"]) == 2


@pytest.mark.clause("P4.1b")
def test_letters_to_an_address_somebody_only_typed_are_not_theirs(people):
    aigul, marat = people
    order = apps.get_model("orders.Order").objects.filter(buyer=aigul.subject)
    order.update(email=marat.row(User).email)

    copy = Copy(aigul.subject, proved=aigul.row(User).email)

    assert marat.row(User).email in copy.whole
    [letter] = copy.rows(Letter)
    assert letter["recipient"] == aigul.row(User).email
    assert marat.mark(Letter, "subject_line") not in copy.whole
    assert marat.mark(Letter, "content") not in copy.whole


def test_without_a_proved_address_no_letter_is_anybodys(aigul):
    copy = Copy(aigul.subject)

    assert "letters.letter" not in copy.manifest["entries"]
    assert aigul.mark(Letter, "content") not in copy.whole


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_its_pages_are_proper_html_in_the_language_of_the_person(aigul, language):
    copy = Copy(aigul.subject, language=language)
    pages = [name for name in copy.files if name.endswith(".html")]

    assert len(pages) > len(EVERY_KIND) - 2
    for name in pages:
        page = copy.files[name].decode()
        assert f'<html lang="{language}">' in page
        assert_html(page, name)


def assert_html(page, name):
    import html5lib

    parser = html5lib.HTMLParser()
    parser.parse(page)
    assert parser.errors == [], name
