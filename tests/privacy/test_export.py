"""The copy of everything the portal holds on somebody, from the wish to the file in hand."""

import io
import json
import zipfile

import pytest

from privacy.export.building import build_waiting
from privacy.models import Export, Request
from privacy.requests import file_request
from tests.conftest import PASSWORD

LEAVE = "/en/account/privacy/leave/"


@pytest.fixture
def browser(client, aigul, policy):
    client.force_login(aigul)
    confirm(client)
    return client


def confirm(client):
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})


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


def opened(export):
    return zipfile.ZipFile(export.file.open())


def rows_in(archive, kind):
    lines = archive.read(f"data/{kind}.jsonl").decode().splitlines()
    return [json.loads(line) for line in lines]


def test_whoever_asks_gets_a_copy_by_letter_and_button(browser, aigul, mailoutbox):
    asked = browser.post(f"{LEAVE}export/")
    export = Export.objects.get()
    assert asked["Location"] == f"/en/account/privacy/export/{export.pk}/"
    assert "waits for its turn" in browser.get(asked["Location"]).content.decode()

    build_waiting()

    page = browser.get(asked["Location"]).content.decode()
    assert "The copy is ready" in page
    letter = mailoutbox[-1]
    assert letter.to == [aigul.email]
    assert asked["Location"] in letter.body
    assert Request.objects.get().state == "answered"
    granted = browser.post(f"/en/account/privacy/export/{export.pk}/fetch/")
    answer = browser.get(granted["Location"])
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    [account] = rows_in(archive, "accounts.user")
    assert (account["email"], account["surname"]) == (aigul.email, "Сейтқазы")
    assert "password" not in account
