"""The texts shipped with the software, and how a deployment takes them over."""

import shutil
from io import StringIO

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.utils.translation import override

from privacy.clauses import CLAUSES
from privacy.documents import (
    SHIPPED,
    begin_draft,
    content_digest,
    load,
    publish,
    purposes_in_force,
    read,
    version_in_force,
)
from privacy.models import Clause, ControllerIdentity, Document, Version
from privacy.purposes import PURPOSES

SLUGS = Document.Slug.values


def load_documents(**options):
    said = StringIO()
    call_command("load_documents", stdout=said, stderr=said, **options)
    return said.getvalue()


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(SHIPPED, tmp_path / "documents")


def rewrite(folder, slug, change):
    path = folder / f"{slug}.yaml"
    facts = yaml.safe_load(path.read_text())
    change(facts)
    path.write_text(yaml.safe_dump(facts, allow_unicode=True))


@pytest.mark.clause("P7.2")
def test_the_first_run_publishes_every_shipped_text(db):
    load_documents(sample_operator=True)

    published = Version.objects.published()
    assert sorted(published.values_list("document", "number")) == sorted((s, 1) for s in SLUGS)
    assert not Version.objects.drafts().exists()


def test_further_runs_change_nothing(db):
    load_documents(sample_operator=True)
    before = list(Version.objects.values()), Clause.objects.count()

    said = load_documents(sample_operator=True)

    assert said == ""
    assert (list(Version.objects.values()), Clause.objects.count()) == before


@pytest.mark.clause("P0.1")
def test_without_an_operator_the_texts_wait_as_drafts_and_the_command_says_why(db):
    said = load_documents()
    again = load_documents()

    assert "The record of the operator is empty" in said
    assert again == said
    assert Version.objects.drafts().count() == len(SLUGS)
    assert not Version.objects.published().exists()


def test_once_there_is_an_operator_the_waiting_texts_are_published(db, operator):
    ControllerIdentity.objects.all().delete()
    load_documents()
    operator.save(force_insert=True)

    load_documents()

    assert Version.objects.published().count() == len(SLUGS)
    assert not Version.objects.drafts().exists()


def test_a_real_operator_is_never_overwritten_by_the_sample(operator):
    operator.name = "Dala Trade"
    operator.save()

    load_documents(sample_operator=True)

    assert ControllerIdentity.objects.get().name == "Dala Trade"


def test_a_changed_text_becomes_a_draft_and_what_is_in_force_stays(operator, folder):
    load("terms", folder)
    rewrite(folder, "terms", lambda facts: facts["title"].update(en="New agreement"))

    first, again = load("terms", folder), load("terms", folder)

    assert first.version == again.version == Version.objects.drafts().get()
    assert first.version.title_en == "New agreement"
    assert version_in_force("terms").title_en != "New agreement"


def test_a_draft_nobody_touched_makes_way_for_the_next_text_but_a_touched_one_stays(
    operator, folder
):
    load("terms", folder)
    rewrite(folder, "terms", lambda facts: facts["title"].update(en="Second"))
    load("terms", folder)
    rewrite(folder, "terms", lambda facts: facts["title"].update(en="Third"))
    load("terms", folder)
    Version.objects.drafts().update(title_en="Third, by hand")
    rewrite(folder, "terms", lambda facts: facts["title"].update(en="Fourth"))
    load("terms", folder)

    titles = Version.objects.drafts().values_list("title_en", flat=True)
    assert sorted(titles) == ["Fourth", "Third, by hand"]


def test_a_text_that_was_published_by_hand_meanwhile_is_not_offered_again(operator, folder):
    load("terms", folder)
    draft = Version(document_id="terms")
    begin_draft(draft)
    draft.title_en = "By hand"
    draft.save()
    publish(draft, as_seen=content_digest(draft), is_material=False)
    rewrite(folder, "terms", lambda facts: facts["title"].update(en="By hand"))

    outcome = load("terms", folder)

    assert outcome.version is None
    assert not Version.objects.drafts().exists()


def spoil_language(facts):
    facts["clauses"][1]["text"]["de"] = "Text"


def spoil_number(facts):
    facts["clauses"][1]["number"] = "1.x"


def spoil_key(facts):
    facts["clauses"][1]["txt"] = {}


def spoil_clauses(facts):
    facts["clauses"] = "none"


@pytest.mark.parametrize("spoil", [spoil_language, spoil_number, spoil_key, spoil_clauses])
def test_a_spoilt_text_is_refused_by_name_and_the_others_are_taken_over(
    db, folder, spoil, monkeypatch
):
    rewrite(folder, "terms", spoil)
    monkeypatch.setattr(load, "__defaults__", (folder,))

    with pytest.raises(CommandError, match="terms.yaml is not a document"):
        load_documents(sample_operator=True)

    assert not Version.objects.filter(document="terms").exists()
    assert Version.objects.published().count() == len(SLUGS) - 1


@pytest.mark.clause("P7.2")
def test_a_clause_number_used_twice_is_refused_with_a_sentence(operator, folder):
    rewrite(folder, "terms", lambda facts: facts["clauses"].append(facts["clauses"][-1]))

    with pytest.raises(Exception, match="used more than once"):
        load("terms", folder)

    assert not Version.objects.exists()


def test_a_missing_file_is_named(operator, folder):
    (folder / "terms.yaml").unlink()

    with pytest.raises(Exception, match="terms.yaml cannot be read"):
        load("terms", folder)

    assert not Version.objects.exists()


def test_the_shipped_policy_covers_every_clause_of_its_sections_in_their_order():
    _, clauses = read(SHIPPED / "privacy.yaml", "privacy")

    covered = [key for clause in clauses for key in clause.covers]

    demanded = [key for key in CLAUSES if key.startswith("P")]
    assert sorted(set(covered), key=covered.index) == demanded


def test_the_shipped_policy_founds_every_purpose(db):
    load_documents(sample_operator=True)

    assert purposes_in_force() == set(PURPOSES)
