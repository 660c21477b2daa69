"""The copy of everything the portal holds on somebody, from the wish to the file in hand."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256

import html5lib
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from listings.models import Document
from moderation.models import Ban
from privacy.acknowledgements import decline
from privacy.data_map import DATA_MAP
from privacy.export.building import build_waiting, forget
from privacy.export.kinds import kinds
from privacy.models import Export, Grant, Request, Subject
from privacy.models.consents import text_hash
from privacy.requests import file_request, take_back
from privacy.sentences import acknowledgement_sentence
from tests.conftest import PASSWORD
from tests.html import assert_valid
from tests.letters.outside import database_url, wait_until
from tests.listings.conftest import (
    few_places,  # noqa: F401 a fixture
    small,  # noqa: F401 a fixture
    small_file,  # noqa: F401 a fixture
)

pytestmark = pytest.mark.xdist_group("copies")

LEAVE = "/en/account/privacy/leave/"
PRIVATE = storages["private"]


@pytest.fixture
def places(few_places):  # noqa: F811
    """A few are enough, and load sooner."""


@pytest.fixture
def catalogue(small):  # noqa: F811
    """A small one, for the same reason."""


@pytest.fixture(autouse=True)
def own_folder(private_folder):
    """Of each test."""


@pytest.fixture
def enter(policy):
    """Signed in, and just proved again: `browser = enter(aigul)`."""

    def enter(user):
        client = Client(HTTP_HOST="localhost")
        client.force_login(user)
        client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
        return client

    return enter


@pytest.fixture
def browser(enter, aigul):
    return enter(aigul)


@pytest.fixture
def copy_of():
    """`copy_of(person)`: asked for and made."""

    def make(user, **facts):
        asked = {"language": "en", "email": user.email} | facts
        export = file_request(user.subject, Request.Kind.EXPORT, **asked).export
        build_waiting()
        export.refresh_from_db()
        assert (export.state, export.error) == ("ready", "")
        return export

    return make


@pytest.fixture
def paper(make_seller, make_listing, aigul):
    """A document of an ad of Айгүл, who sells as a person."""
    listing = make_listing(seller=make_seller(form="person", owner=aigul))
    file = PRIVATE.save("documents/1f.pdf", ContentFile(b"%PDF-1.7 certificate of quality"))
    document = Document.objects.create(
        listing=listing, kind="pdf", name="certificate.pdf", file=file, size=31
    )
    listing.document_order = [document.pk]
    listing.changed("document_order")
    return document


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now())
    return time_machine


def page_of(export):
    return f"/en/account/privacy/export/{export.pk}/"


def fetched(browser, export):
    """By the button; what comes is read to its end."""
    granted = browser.post(f"{page_of(export)}fetch/")
    assert granted["Location"] == f"{page_of(export)}file/"
    return browser.get(granted["Location"])


def content_of(answer):
    return b"".join(answer.streaming_content)


def opened(export):
    with export.file.open() as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def rows_in(archive, kind):
    lines = archive.read(f"data/{kind}.jsonl").decode().splitlines()
    return [json.loads(line) for line in lines]


def files_left():
    return PRIVATE.listdir("exports")[1] if PRIVATE.exists("exports") else []


@pytest.mark.clause("P4.1b", "P0.2")
def test_whoever_asks_gets_a_copy_by_letter_and_button(browser, aigul, mailoutbox):
    asked = browser.post(f"{LEAVE}export/")
    export = Export.objects.get()
    assert asked["Location"] == page_of(export)
    assert "waits for its turn" in browser.get(asked["Location"]).content.decode()

    build_waiting()

    page = browser.get(page_of(export))
    assert_valid(page)
    assert "The copy is ready" in page.content.decode()
    export.refresh_from_db()
    assert (export.expires_at - export.ready_at, export.email) == (timedelta(hours=72), "")
    assert Request.objects.get().state == "answered"
    answer = fetched(browser, export)
    content = content_of(answer)
    assert (
        answer["Content-Disposition"]
        == f'attachment; filename="kazvek-{export.ready_at:%Y-%m-%d}.zip"'
    )
    assert "no-store" in answer["Cache-Control"]
    assert (len(content), sha256(content).hexdigest()) == (export.size, export.digest)
    assert export.digest in page.content.decode()
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    [account] = rows_in(archive, "accounts.user")
    assert (account["email"], account["surname"]) == (aigul.email, "Сейтқазы")
    assert "password" not in account
    assert {"privacy.request", "privacy.requeststep"} <= json.loads(archive.read("manifest.json"))[
        "entries"
    ].keys()


def test_the_letter_leads_to_the_page_and_says_nothing_of_the_person(
    aigul, policy, copy_of, mailoutbox
):
    export = copy_of(aigul, language="kk")

    letter = mailoutbox[-1]
    assert letter.to == [aigul.email]
    assert f"/kk/account/privacy/export/{export.pk}/" in letter.body
    message = letter.message().as_string()
    assert not any(each in message for each in ("Сейтқазы", "Айгүл", export.file.name))


@pytest.mark.clause("P4.1b", "P6.1a")
def test_nobody_fetches_the_copy_of_another(enter, aigul, marat, copy_of):
    browser, export, own = enter(marat), copy_of(aigul), copy_of(marat)
    # Even with leave to fetch one's own.
    browser.post(f"{page_of(own)}fetch/")

    answers = [
        browser.get(page_of(export)),
        browser.get(f"{page_of(export)}fetch/"),
        browser.post(f"{page_of(export)}fetch/"),
        browser.post(f"{page_of(export)}again/"),
        browser.get(f"{page_of(export)}file/"),
        browser.get(f"/en/privacy/export/{export.pk}/"),
        browser.post(f"/en/privacy/export/{export.pk}/fetch/"),
        browser.get(f"/en/privacy/export/{export.pk}/file/"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert not Grant.objects.filter(export=export).exists()
    assert not Grant.objects.filter(used_at__isnull=False).exists()
    assert PRIVATE.exists(export.file.name)


@pytest.mark.clause("P1.6", "P4.1b")
def test_without_a_fresh_proof_of_identity_there_is_no_leave(client, aigul, policy, copy_of):
    export = copy_of(aigul)
    client.force_login(aigul)

    asked = client.post(f"{page_of(export)}fetch/")

    assert "/accounts/reauthenticate/" in asked["Location"]
    assert client.get(f"{page_of(export)}file/").status_code == 404
    assert not Grant.objects.exists()


@pytest.mark.clause("P4.1b")
def test_a_leave_is_good_for_one_download_and_a_broken_one_gets_another(browser, aigul, copy_of):
    export = copy_of(aigul)
    answer = fetched(browser, export)
    next(iter(answer.streaming_content))  # and then the connection breaks

    again = browser.get(f"{page_of(export)}file/", headers={"Range": "bytes=100-"})
    anew = fetched(browser, export)

    assert again.status_code == 404
    assert anew.status_code == 200
    assert answer["Accept-Ranges"] == "none"
    assert sha256(content_of(anew)).hexdigest() == export.digest
    assert export.grants.filter(used_at__isnull=False).count() == 2
    assert "When it was fetched" in browser.get(page_of(export)).content.decode()


def test_a_leave_is_not_used_up_by_asking_for_the_head_and_ends_by_itself(
    browser, aigul, copy_of, clock
):
    export = copy_of(aigul)
    browser.post(f"{page_of(export)}fetch/")

    assert browser.head(f"{page_of(export)}file/").status_code == 405
    assert not Grant.objects.get().used_at
    clock.shift(timedelta(minutes=11))

    assert browser.get(f"{page_of(export)}file/").status_code == 404
    assert not Grant.objects.get().used_at


@pytest.mark.clause("P3.4")
def test_after_three_days_the_file_is_deleted_and_after_three_months_its_row(
    browser, aigul, copy_of, clock, django_capture_on_commit_callbacks
):
    export = copy_of(aigul)
    browser.post(f"{page_of(export)}fetch/")
    clock.shift(timedelta(hours=71, minutes=59))
    with django_capture_on_commit_callbacks(execute=True):
        forget()
    assert files_left()

    clock.shift(timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        forget()

    assert files_left() == []
    export.refresh_from_db()
    assert (export.state, export.file.name) == ("gone", "")
    clock.shift(timedelta(days=90))
    forget()
    assert not Export.objects.exists()
    assert Request.objects.get().state == "answered"


def test_what_is_over_is_not_handed_out_before_it_is_deleted(browser, aigul, copy_of):
    export = copy_of(aigul)
    browser.post(f"{page_of(export)}fetch/")
    Export.objects.update(expires_at=timezone.now())

    assert browser.get(f"{page_of(export)}file/").status_code == 404
    refused = browser.post(f"{page_of(export)}fetch/", follow=True).content.decode()
    assert "cannot be fetched any more" in refused
    assert "This copy is deleted" in refused
    assert Grant.objects.get().used_at is None


def banned(user, publish_version, occasion):
    Ban.objects.create(user=user, reason="Обман", until=None)


def restricted(user, publish_version, occasion):
    file_request(user.subject, Request.Kind.RESTRICTION, language="en")
    user.subject.restrict()


def being_erased(user, publish_version, occasion):
    file_request(user.subject, Request.Kind.ERASURE, language="en")


def declined(user, publish_version, occasion):
    version = publish_version("privacy", is_material=True)
    shown = text_hash(acknowledgement_sentence([version]))
    decline(user.subject, [version], occasion, shown=shown)


@pytest.mark.clause("P1.5", "P7.1c")
@pytest.mark.parametrize("state", [banned, restricted, being_erased, declined])
def test_whoever_is_shut_out_or_said_no_still_takes_their_data(
    enter, aigul, publish_version, occasion, state
):
    state(aigul, publish_version, occasion)
    browser = enter(aigul)

    browser.post(f"{LEAVE}export/")
    build_waiting()
    answer = fetched(browser, Export.objects.get())

    assert zipfile.ZipFile(io.BytesIO(content_of(answer))).testzip() is None


def test_files_are_in_it_as_they_came(aigul, policy, paper, copy_of):
    archive = opened(copy_of(aigul))

    [row] = rows_in(archive, "listings.document")
    assert row["name"] == "certificate.pdf"
    assert [archive.read(name) for name in row["files"]] == [b"%PDF-1.7 certificate of quality"]
    [listing] = rows_in(archive, "listings.listing")
    assert listing["title"] == "Пшеница 3 класса"


def test_a_missing_file_is_an_error_that_the_operator_hears_of(
    browser, aigul, paper, mailoutbox, clock
):
    PRIVATE.delete(paper.file.name)
    browser.post(f"{LEAVE}export/")
    export = Export.objects.get()

    for _each in range(Export.MOST_ATTEMPTS):
        build_waiting()
        clock.shift(Export.PAUSE)

    export.refresh_from_db()
    assert (export.state, export.attempts) == ("failed", 3)
    assert export.error == f"Missing listings.document {paper.pk}"
    assert files_left() == []
    assert Request.objects.get().state == "in_work"
    assert [letter.to for letter in mailoutbox].count([aigul.email]) == 1
    letter = mailoutbox[-1]
    assert letter.to == ["support@kazvek.com"]
    assert f"/admin/privacy/export/{export.pk}/change/" in letter.body
    assert aigul.email not in letter.message().as_string()
    page = browser.get(page_of(export))
    assert_valid(page)
    assert "could not be made as a whole" in page.content.decode()

    PRIVATE.save(paper.file.name, ContentFile(b"found again"))
    browser.post(f"{page_of(export)}again/")
    build_waiting()

    export.refresh_from_db()
    assert export.state == "ready"
    assert Request.objects.get().state == "answered"


def test_an_operator_lets_what_failed_be_made_again(aigul, staff, policy, copy_of):
    export = copy_of(aigul)
    Request.objects.create(subject=aigul.subject, kind="access", state="in_work")
    Export.objects.update(state="failed", request=Request.objects.get(kind="access"))
    listed = staff.get("/admin/privacy/export/")
    assert aigul.email not in listed.content.decode()
    chosen = {"action": "make_again", "_selected_action": [export.pk]}

    staff.post("/admin/privacy/export/", chosen)

    export.refresh_from_db()
    assert (export.state, export.attempts) == ("waiting", 0)


def test_a_copy_that_nobody_wants_any_more_is_not_made(aigul, policy):
    wish = file_request(aigul.subject, Request.Kind.EXPORT, language="en", email=aigul.email)
    take_back(wish)

    build_waiting()
    forget()

    assert Export.objects.get().state == "gone"
    assert files_left() == []


def test_erasure_by_its_strategy_removes_the_file(
    aigul, policy, copy_of, django_capture_on_commit_callbacks
):
    copy_of(aigul)
    described = DATA_MAP[Export]
    assert files_left()

    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            described.fields["file"].erase.apply(described.rows_of(aigul.subject), "file")

    assert files_left() == []


def test_a_file_without_a_row_does_not_stay(aigul, policy, copy_of):
    export = copy_of(aigul)
    PRIVATE.save("exports/lost.zip", ContentFile(b"of a worker that was killed"))

    forget()

    assert [f"exports/{name}" for name in files_left()] == [export.file.name]


def test_for_somebody_who_is_being_erased_nothing_is_kept(aigul, policy):
    file_request(aigul.subject, Request.Kind.EXPORT, language="en", email=aigul.email)
    Subject.objects.filter(pk=aigul.subject_id).update(state="erasing")

    build_waiting()

    assert files_left() == []
    assert Export.objects.get().state != "ready"


# Without an account


@pytest.fixture
def guest(make_order):
    return make_order(email="guest@example.com", full_name="Ержан Қонақ").buyer


@pytest.fixture
def guests_copy(guest, mailoutbox):
    wish = file_request(guest, Request.Kind.EXPORT, language="en", email="guest@example.com")
    build_waiting()
    [link] = re.findall(r"https?://[^/\s]+(/\S+)", mailoutbox[-1].body)
    return wish.export, link


@pytest.mark.clause("P0.2")
def test_somebody_without_an_account_fetches_theirs_by_the_key_in_the_letter(client, guests_copy):
    export, link = guests_copy

    page = client.get(link, follow=True)
    assert_valid(page)
    assert page.request["PATH_INFO"] == f"/en/privacy/export/{export.pk}/"
    assert "The copy is ready" in page.content.decode()
    granted = client.post(f"/en/privacy/export/{export.pk}/fetch/")
    archive = zipfile.ZipFile(io.BytesIO(content_of(client.get(granted["Location"]))))

    [order] = rows_in(archive, "orders.order")
    assert order["full_name"] == "Ержан Қонақ"
    assert order["reference"]
    assert rows_in(archive, "orders.orderline")[0]["order__reference"] == order["reference"]
    assert client.get(granted["Location"]).status_code == 404


@pytest.mark.clause("P4.1b")
def test_without_the_key_a_guests_copy_is_not_there(client, guests_copy):
    export, link = guests_copy
    page = f"/en/privacy/export/{export.pk}/"

    answers = [
        client.get(f"{page}open/"),
        client.get(f"{page}open/?key={'x' * 43}"),
        client.get(link.replace(f"/{export.pk}/", f"/{export.pk + 1}/")),
        client.get(page),
        client.post(f"{page}fetch/"),
        client.get(f"{page}file/"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert not Grant.objects.exists()


def test_the_key_opens_nothing_once_the_copy_is_gone(client, guests_copy):
    export, link = guests_copy
    client.get(link)
    export.refresh_from_db()
    export.discard()

    assert "deleted" in client.get(link).content.decode()
    assert client.get(link).status_code == 404
    assert client.post(f"/en/privacy/export/{export.pk}/fetch/")["Location"].endswith(
        f"/export/{export.pk}/"
    )
    assert not Grant.objects.exists()


# Hostile content

HOSTILE = [
    "<script>alert(1)</script>",
    "</dd></dl></article><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u202egpj.exe \u2066\u202b قمح",
    "line\u2028separator\u2029and\x85more\x1b[31m\x01",
    "🌾🇰🇿👩‍🌾 Ә\u0301",
    "{{ 7|add:7 }}{% load x %}",
    "ы" * 3000,
]


def test_hostile_words_arrive_unchanged_and_do_nothing(
    aigul, policy, make_seller, make_listing, copy_of
):
    seller = make_seller(form="person", owner=aigul)
    for words in HOSTILE:
        make_listing(words[:100], seller=seller, description=words)

    archive = opened(copy_of(aigul))

    rows = rows_in(archive, "listings.listing")
    assert [row["title"] for row in rows] == [words[:100] for words in HOSTILE]
    assert [row["description"] for row in rows] == HOSTILE
    table = archive.read("data/listings.listing.csv").decode("utf-8-sig")
    for words, cells in zip(HOSTILE, csv.DictReader(io.StringIO(table, newline="")), strict=True):
        assert cells["description"] in (words, f"'{words}")
        assert cells["description"][0] not in "=+-@\t\r\n"
    page = archive.read("read/listings.listing-1.html").decode()
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    document = parser.parse(page)
    assert parser.errors == []
    assert {each.tag for each in document.iter()} <= {
        *("html", "head", "meta", "title", "link", "body", "main", "nav", "a", "h1", "h2"),
        *("dl", "div", "dt", "dd", "article", "p", "span", "details", "summary"),
    }
    assert not [name for each in document.iter() for name in each.attrib if name.startswith("on")]
    shown = {each.text for each in document.iter("dd")}
    assert {re.sub("[\x01\x1b\x85]", "\ufffd", words) for words in HOSTILE} <= shown
    assert "default-src 'none'" in page


# Killed

WORKER = """
import django
django.setup()
from privacy.export import building
building.TELLS_EVERY = 0
building.build_waiting()
"""


@pytest.fixture
def blocked(paper):
    """The document is a pipe that nobody writes into: whoever reads it waits."""
    path = PRIVATE.path(paper.file.name)
    os.remove(path)
    os.mkfifo(path)
    return path


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_ends_it(
    aigul, policy, blocked, mailoutbox
):
    wish = file_request(aigul.subject, Request.Kind.EXPORT, language="en", email=aigul.email)
    facts = {"DATABASE_URL": database_url(), "PRIVATE_ROOT": PRIVATE.location}
    settings = {"DJANGO_SETTINGS_MODULE": "kazvek.settings"}
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=os.environ | settings | facts)
    wait_until(lambda: Export.objects.get().rows_done)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    # Another one does not take what seems to be in work.
    build_waiting()
    export = Export.objects.get()
    assert (export.state, export.attempts) == ("building", 1)
    os.remove(blocked)
    PRIVATE.save("documents/1f.pdf", ContentFile(b"%PDF-1.7 whole"))
    Export.objects.update(due_at=timezone.now())  # the lease is over
    for _twice in range(2):
        build_waiting()

    export.refresh_from_db()
    assert (export.state, export.attempts) == ("ready", 2)
    assert [f"exports/{name}" for name in files_left()] == [export.file.name]
    assert opened(export).testzip() is None
    assert wish.steps.filter(state="answered").count() == 1
    assert [letter.to for letter in mailoutbox].count([aigul.email]) == 2


@contextmanager
def opener(path):
    pipes = []

    def is_read():
        with suppress(OSError):
            pipes.append(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        return pipes

    wait_until(is_read)
    yield pipes[0]
    os.close(pipes[0])


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_while_it_is_made_does_not_stay(aigul, policy, blocked):
    wish = file_request(aigul.subject, Request.Kind.EXPORT, language="en", email=aigul.email)

    def work():
        try:
            build_waiting()
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    # It opens for writing as soon as somebody waits to read, and not before.
    with opener(blocked) as pipe:
        take_back(wish)
        os.write(pipe, b"%PDF-1.7")
    worker.join()

    assert Export.objects.get().state == "building"
    assert files_left() == []
    forget()
    assert Export.objects.get().state == "gone"
    wish.refresh_from_db()
    assert wish.state == "taken_back"


def test_three_workers_killed_over_one_copy_are_enough(aigul, policy, mailoutbox):
    file_request(aigul.subject, Request.Kind.EXPORT, language="en", email=aigul.email)
    Export.objects.update(state="building", attempts=Export.MOST_ATTEMPTS)

    build_waiting()

    export = Export.objects.get()
    assert (export.state, export.error) == ("failed", "Killed")
    assert mailoutbox[-1].to == ["support@kazvek.com"]


def test_nobody_else_is_asked_for(aigul, marat, policy, copy_of):
    User.objects.filter(pk=marat.pk).update(surname="Көршінікі")

    archive = opened(copy_of(aigul))

    whole = b"".join(archive.read(name) for name in archive.namelist()).decode(errors="replace")
    assert "Көршінікі" not in whole
    assert marat.email not in whole


def test_every_column_of_ours_is_called_by_words_and_not_by_its_name_in_the_code():
    named = [
        f"{kind.name}.{column.name}: {column.label}"
        for kind in kinds()
        if kind.described.is_ours
        for column in kind.columns
        if "_" in column.label or f"({column.field.name})" in column.label
    ]

    assert named == []
