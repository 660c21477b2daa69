"""Publishing, and that what is published is kept: by the verb, by the database, in a race."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import override

from privacy.documents import NotPublishable, begin_draft, content_digest, publish
from privacy.models import Clause, ControllerIdentity, Document, Version

LANGUAGES = ["kk", "ru", "en"]


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def draft(operator):
    document = Document.objects.create(slug="terms")
    words = {f"{name}_{code}": name for name in ("title", "summary") for code in LANGUAGES}
    draft = Version.objects.create(document=document, **words)
    texts = {f"text_{code}": "Words" for code in LANGUAGES}
    Clause.objects.create(version=draft, number="1", **texts)
    return draft


def published(draft, **options):
    options = {"as_seen": content_digest(draft), "is_material": False} | options
    return publish(draft, **options)


def stored():
    return list(Version.objects.order_by("pk").values()), list(
        Clause.objects.order_by("pk").values()
    )


@pytest.mark.clause("P7.2")
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "sentence"),
    [("title", "The title is missing in: "), ("summary", "The short text is missing in: ")],
)
def test_a_missing_translation_of_the_head_keeps_a_draft_from_being_published(
    draft, code, name, sentence
):
    setattr(draft, f"{name}_{code}", "  ")
    draft.save()

    with pytest.raises(NotPublishable, match=sentence):
        published(draft)

    assert not Version.objects.published().exists()


@pytest.mark.clause("P7.2")
@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", ["heading", "text"])
def test_a_missing_translation_of_a_clause_keeps_a_draft_from_being_published(draft, code, name):
    texts = {f"{name}_{other}": "Words" for other in LANGUAGES if other != code}
    Clause.objects.create(version=draft, number="4.2", **texts)

    with pytest.raises(NotPublishable, match=rf"The {name} of clause 4\.2 is missing in: "):
        published(draft)

    assert not Version.objects.published().exists()


@pytest.mark.clause("P0.1")
def test_nothing_is_published_before_people_are_told_who_answers(draft):
    ControllerIdentity.objects.all().delete()

    with pytest.raises(NotPublishable, match="The record of the operator is empty"):
        published(draft)

    assert not Version.objects.published().exists()


def test_an_empty_clause_an_empty_draft_and_an_unknown_purpose_are_refused(draft):
    Clause.objects.create(version=draft, number="2", purposes=["telepathy"])
    with pytest.raises(NotPublishable) as refusal:
        published(draft)
    draft.clauses.all().delete()
    with pytest.raises(NotPublishable, match="There is not a single clause"):
        published(draft)

    assert refusal.value.problems == [
        "Clause 2 says nothing.",
        "Clause 2 names purposes that do not exist: telepathy.",
    ]
    assert not Version.objects.published().exists()


def test_a_draft_that_changed_since_it_was_read_is_refused(draft):
    seen = content_digest(draft)
    draft.clauses.update(text_en="Other words")

    with pytest.raises(NotPublishable, match="has changed since you opened"):
        published(draft, as_seen=seen)

    assert not Version.objects.published().exists()


def test_a_version_comes_into_force_today_or_later(draft):
    with pytest.raises(NotPublishable, match="lies in the past"):
        published(draft, effective_at=timezone.now() - timedelta(minutes=1))

    assert not Version.objects.published().exists()


def test_what_is_published_cannot_be_published_again(draft):
    version = published(draft)
    before = stored()

    with pytest.raises(NotPublishable, match="published already"):
        publish(version, as_seen=content_digest(version), is_material=True)

    assert stored() == before


@pytest.mark.clause("P7.1a")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_version SET title_en = 'x'",
        "UPDATE privacy_version SET published_at = NULL, number = NULL, effective_at = NULL,"
        " digest = '', record = ''",
        "UPDATE privacy_version SET is_material = NOT is_material",
        "DELETE FROM privacy_version",
        "TRUNCATE privacy_version CASCADE",
        "UPDATE privacy_clause SET text_en = 'x'",
        "UPDATE privacy_clause SET is_suspended = TRUE",
        "DELETE FROM privacy_clause",
        "TRUNCATE privacy_clause",
        "TRUNCATE privacy_document CASCADE",
        "UPDATE privacy_document SET slug = 'privacy'",
        "DELETE FROM privacy_document",
        "INSERT INTO privacy_clause (version_id, number, heading_kk, heading_ru, heading_en,"
        " text_kk, text_ru, text_en, covers, purposes, is_suspended, is_generated)"
        " SELECT version_id, '9', '', '', '', 'x', 'x', 'x', '{}', '{}', FALSE, FALSE"
        " FROM privacy_clause",
        "INSERT INTO privacy_version (document_id, number, title_kk, title_ru, title_en,"
        " summary_kk, summary_ru, summary_en, is_material, effective_at, published_at, record,"
        " digest, shipped_digest) SELECT document_id, number + 1, 'x', 'x', 'x', 'x', 'x', 'x',"
        " FALSE, effective_at, published_at, record, digest, '' FROM privacy_version",
    ],
)
def test_sql_cannot_change_what_is_published(draft, statement):
    published(draft)
    before = stored()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)

    assert stored() == before


@pytest.mark.clause("P7.1a")
def test_a_clause_can_be_moved_neither_into_a_published_version_nor_out_of_it(draft):
    version = published(draft)
    other = Version.objects.create(document=draft.document)
    Clause.objects.create(version=other, number="8", text_en="x")
    before = stored()

    with pytest.raises(IntegrityError), transaction.atomic():
        version.clauses.update(version=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        other.clauses.update(version=version)

    assert stored() == before


def test_a_draft_can_be_changed_and_thrown_away(draft):
    version = published(draft)
    copy = Version(document=draft.document)
    begin_draft(copy)
    copy.clauses.update(text_en="Other words")

    copy.delete()

    assert Version.objects.get() == version
    assert Clause.objects.get().text_en == "Words"


def test_a_number_is_given_once_in_a_version(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        Clause.objects.create(version=draft, number="1")

    assert draft.clauses.count() == 1


@pytest.mark.django_db(transaction=True)
def test_drafts_published_at_the_same_moment_get_numbers_of_their_own(draft):
    drafts = [draft]
    for number in range(5):
        other = Version.objects.create(
            document=draft.document,
            **{f"{name}_{code}": "x" for name in ("title", "summary") for code in LANGUAGES},
        )
        texts = {f"text_{code}": f"Words {number}" for code in LANGUAGES}
        Clause.objects.create(version=other, number="1", **texts)
        drafts.append(other)

    def attempt(draft):
        try:
            return published(draft).number
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        numbers = list(pool.map(attempt, drafts))

    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_a_clause_added_while_its_version_is_published_is_refused_or_part_of_it(draft):
    def add(number):
        try:
            texts = {f"text_{code}": "Late words" for code in LANGUAGES}
            Clause.objects.create(version=draft, number=str(number), **texts)
        except IntegrityError:
            pass
        finally:
            connection.close()

    def finish():
        try:
            while not Version.objects.published().exists():
                try:
                    published(draft)
                except NotPublishable:
                    continue  # a clause came in between: read again
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        for number in range(2, 12):
            pool.submit(add, number)
        pool.submit(finish).result()

    version = Version.objects.published().get()
    for clause in version.clauses.all():
        assert f'"number": "{clause.number}"' in version.record
    assert version.record.count('"number": "') == version.clauses.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.proof(every=6)
def test_the_protection_can_be_taken_off_and_put_on_again_by_the_migration(draft):
    before = [("privacy", "0001_subject")]
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()

    try:
        executor.migrate(before)
        tables = connection.introspection.table_names()
    finally:
        MigrationExecutor(connection).migrate(leaves)
        connection.close()

    assert "privacy_version" not in tables
    assert "privacy_version" in connection.introspection.table_names()
