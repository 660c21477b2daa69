"""The documents as people read them: in force, announced, every version, what changed."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from privacy.documents import content_digest, publish, purposes_in_force
from privacy.models import Clause, Document, Version
from tests.html import assert_valid

LANGUAGES = ["kk", "ru", "en"]
ADDRESSES = {
    "privacy": "privacy/",
    "terms": "terms/",
    "rules-posting": "rules/posting/",
    "rules-reviews": "rules/reviews/",
    "rules-items": "rules/items/",
    "rules-ads": "rules/ads/",
    "cookies": "cookies/",
}


@pytest.fixture
def say(operator):
    """Publish a text: `say("terms", "Old words", effective_at=tomorrow)`, as clause 1.1."""

    def say(slug, text, *, is_material=False, effective_at=None, **fields):
        document, _ = Document.objects.get_or_create(slug=slug)
        words = {f"{name}_{code}": name for name in ("title", "summary") for code in LANGUAGES}
        draft = Version.objects.create(document=document, **words)
        heading = {f"heading_{code}": f"General {code}" for code in LANGUAGES}
        Clause.objects.create(version=draft, number="1", **heading)
        texts = {f"text_{code}": text for code in LANGUAGES}
        Clause.objects.create(version=draft, number="1.1", **texts | fields)
        return publish(
            draft,
            as_seen=content_digest(draft),
            is_material=is_material,
            effective_at=effective_at,
        )

    return say


@pytest.fixture
def shipped(db):
    call_command("load_documents", sample_operator=True, verbosity=0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.clause("P7.1b")
def test_every_document_stands_at_its_address_in_every_language(client, shipped, language):
    for address in ADDRESSES.values():
        for page in (address, f"{address}history/", f"{address}1/"):
            response = client.get(f"/{language}/{page}")

            assert response.status_code == 200, page
            assert_valid(response)
            assert not response.cookies, page


def test_before_anything_is_published_there_is_no_page(client, db):
    for address in ADDRESSES.values():
        assert client.get(f"/en/{address}").status_code == 404
        assert client.get(f"/en/{address}history/").status_code == 404
        assert client.get(f"/en/{address}1/").status_code == 404


def test_a_draft_is_nobodys_business(client, say):
    say("terms", "Published words")
    document = Document.objects.get(slug="terms")
    draft = Version.objects.create(document=document, title_en="Secret plans")

    pages = [client.get(f"/en/terms/{end}") for end in ("", "history/", "1/")]

    assert all(b"Secret plans" not in page.content for page in pages)
    assert client.get(f"/en/terms/{draft.pk}/").status_code == 404


@pytest.mark.parametrize("number", ["0", "3", "99999999999999999999999", "-1", "1.5", "one"])
def test_a_version_that_never_was_is_not_found(client, say, number):
    say("terms", "First")
    say("terms", "Second")

    assert client.get(f"/en/terms/{number}/").status_code == 404
    assert client.get(f"/en/terms/{number}/record.json").status_code == 404


def test_each_clause_has_an_anchor_of_its_number(client, say):
    say("terms", "First paragraph.\n\nSecond <b>paragraph</b>.")

    page = client.get("/en/terms/").content.decode()

    assert 'id="c-1.1"' in page
    assert 'href="#c-1"' in page
    assert "<p>Second &lt;b&gt;paragraph&lt;/b&gt;.</p>" in page


@pytest.mark.clause("P7.1b")
def test_the_newest_published_version_is_the_one_in_force(client, say):
    say("terms", "Old words")
    say("terms", "New words")

    page = client.get("/en/terms/").content.decode()

    assert "New words" in page
    assert "Old words" not in page


@pytest.mark.clause("P7.1a")
def test_a_coming_version_is_announced_and_holds_from_its_day(client, say, time_machine):
    noon = datetime(2027, 1, 10, 12, tzinfo=ZoneInfo("Asia/Almaty"))
    time_machine.move_to(noon)
    say("privacy", "Old words", purposes=["news"])
    say("privacy", "New words", is_material=True, effective_at=noon + timedelta(days=10))

    before = client.get("/en/privacy/").content.decode()
    purposes_before = purposes_in_force()
    time_machine.move_to(noon + timedelta(days=10, seconds=1))
    after = client.get("/en/privacy/").content.decode()

    assert "Old words" in before
    assert "New words" not in before
    assert "Version 2 has been published and comes into force on 20 January 2027" in before
    assert "It is a material change." in before
    assert "New words" in after
    assert "comes into force" not in after
    assert purposes_before == {"news"}
    assert purposes_in_force() == set()


def test_an_announced_version_that_another_overtakes_is_not_announced_any_more(client, say):
    say("terms", "First")
    say("terms", "With a mistake", effective_at=timezone.now() + timedelta(days=20))
    say("terms", "Without it", effective_at=timezone.now() + timedelta(days=10))

    page = client.get("/en/terms/").content.decode()

    assert "Version 3 has been published" in page
    assert "Version 2 has been published" not in page


@pytest.mark.clause("P7.1b")
def test_an_old_version_reads_the_same_for_ever(client, say):
    first = say("terms", "Old words")
    page = client.get("/en/terms/1/")
    record = client.get("/en/terms/1/record.json")

    say("terms", "New words", is_material=True)
    say("terms", "Newer words")

    assert client.get("/en/terms/1/").content == page.content
    assert client.get("/en/terms/1/")["ETag"] == page["ETag"]
    assert client.get("/en/terms/1/record.json").content == record.content
    assert sha256(record.content).hexdigest() == first.digest
    assert first.digest in page.content.decode()


def test_the_record_holds_every_word_of_the_page_in_each_language(client, say):
    say("terms", "Old words", text_kk="Ескі сөздер", is_suspended=True)

    record = json.loads(client.get("/ru/terms/1/record.json").content)

    assert record["document"] == "terms"
    assert record["number"] == 1
    assert record["title"] == {"kk": "title", "ru": "title", "en": "title"}
    assert record["clauses"][1] == {
        "number": "1.1",
        "heading": {"kk": "", "ru": "", "en": ""},
        "text": {"kk": "Ескі сөздер", "ru": "Old words", "en": "Old words"},
        "covers": [],
        "purposes": [],
        "is_suspended": True,
    }


def test_the_same_text_has_the_same_digest_whatever_order_it_was_stored_in(say):
    words = {f"text_{code}": "Words" for code in LANGUAGES}
    document = Document.objects.create(slug="terms")
    drafts = [Version.objects.create(document=document) for _ in range(2)]
    for draft, numbers in zip(drafts, (["1", "1.2", "1.10"], ["1.10", "1", "1.2"]), strict=True):
        for number in numbers:
            Clause.objects.create(version=draft, number=number, **words)

    assert content_digest(drafts[0]) == content_digest(drafts[1])


@pytest.mark.clause("P7.1b")
def test_the_etag_begins_with_the_digest_and_spares_the_second_download(client, say):
    version = say("terms", "Words")
    for address in ("/en/terms/", "/en/terms/1/"):
        tag = client.get(address)["ETag"]

        again = client.get(address, headers={"If-None-Match": tag})

        assert tag.startswith(f'"{version.digest}.')
        assert again.status_code == 304
        assert again.content == b""
    assert client.get("/en/terms/1/record.json")["ETag"] == f'"{version.digest}"'
    say("terms", "Other words")
    assert client.get("/en/terms/", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.clause("P7.1b")
def test_the_history_shows_each_version_and_what_changed_word_by_word(client, say):
    first = say("terms", "Orders are between buyer and seller")
    second = say("terms", "Orders are made between seller and buyer", is_material=True)

    page = client.get("/en/terms/history/").content.decode()

    assert first.digest in page
    assert second.digest in page
    assert "material: every account is asked about it" in page
    assert '<ins><span class="unseen">added: </span>made </ins>' in page
    assert "<del><span" in page
    assert page.index("Version 2") < page.index("Version 1")


def test_a_clause_that_came_or_went_is_told_as_a_whole(client, say):
    say("terms", "Words")
    document = Document.objects.get(slug="terms")
    words = {f"{name}_{code}": name for name in ("title", "summary") for code in LANGUAGES}
    draft = Version.objects.create(document=document, **words)
    heading = {f"heading_{code}": f"General {code}" for code in LANGUAGES}
    Clause.objects.create(version=draft, number="1", **heading)
    Clause.objects.create(version=draft, number="2", **heading)
    publish(draft, as_seen=content_digest(draft), is_material=False)

    page = client.get("/en/terms/history/").content.decode()

    assert "Clause 1.1: taken out" in page
    assert "Clause 2: new" in page


def test_a_change_in_another_language_is_told_as_that(client, say):
    say("terms", "Words")
    say("terms", "Words", text_kk="Басқа сөздер")

    assert (
        "only the wording in another language" in client.get("/en/terms/history/").content.decode()
    )
    assert "Басқа" in client.get("/kk/terms/history/").content.decode()


@pytest.mark.clause("P7.3")
def test_a_suspended_clause_stays_readable_and_says_that_it_does_not_hold(client, say):
    say("privacy", "We send news of the group", purposes=["group"], is_suspended=True)

    page = client.get("/en/privacy/").content.decode()

    assert "We send news of the group" in page
    assert "This clause is suspended and does not hold." in page


@pytest.mark.clause("P7.3")
def test_what_only_suspended_clauses_allow_stops_and_the_rest_goes_on(publish_version):
    publish_version(purposes=["news", "group", "offers"])
    assert purposes_in_force() == {"news", "group", "offers"}

    publish_version(purposes=["news", "group", "offers", "offers"], suspended=["group"])

    assert purposes_in_force() == {"news", "offers"}


@pytest.mark.clause("P7.3")
def test_without_a_policy_nothing_is_allowed(db):
    assert purposes_in_force() == set()


def test_the_sitemap_names_the_documents_in_force(client, say):
    say("terms", "Words")

    sitemap = client.get("/sitemap-pages-0.xml").content.decode()

    assert "/kk/terms/</loc>" in sitemap
    assert "/terms/1/" not in sitemap
    assert "/privacy/</loc>" not in sitemap
