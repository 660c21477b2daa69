import csv
import io
import json
import re
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Phone, User
from privacy.data_map import DATA_MAP, NotPersonal
from privacy.management.commands import record_of_processing
from privacy.operator import forget_operator
from privacy.purposes import PURPOSES
from privacy.record import MEANINGS, columns_of_record
from privacy.record import record_of_processing as the_record
from tests.conftest import enter_with_code
from tests.html import assert_valid


@pytest.mark.clause("P6.1c")
def test_the_committed_record_is_what_the_portal_declares():
    call_command("record_of_processing", check=True)


def test_a_new_column_changes_the_record_and_the_check_says_so(monkeypatch):
    fields = DATA_MAP[User].fields | {"nickname": NotPersonal("a joke")}
    monkeypatch.setitem(DATA_MAP, User, replace(DATA_MAP[User], fields=fields))

    with pytest.raises(CommandError, match="out of date"):
        call_command("record_of_processing", check=True)


def test_the_command_writes_the_file_anew(tmp_path, monkeypatch, settings, capsys):
    settings.BASE_DIR = tmp_path
    monkeypatch.setattr(record_of_processing, "SNAPSHOT", tmp_path / "record.json")

    with pytest.raises(CommandError):
        call_command("record_of_processing", check=True)
    call_command("record_of_processing")
    call_command("record_of_processing", check=True)

    assert json.loads((tmp_path / "record.json").read_text())["purposes"].keys() == PURPOSES.keys()


@pytest.mark.clause("P3.1a", "P6.1c")
def test_each_purpose_lists_the_data_it_needs_as_the_map_has_it():
    purposes = the_record()["purposes"]
    identify = purposes["identify"]

    assert identify["basis"] == "contract"
    assert "contact.email" in identify["categories"]
    assert "access.password" in identify["categories"]
    for line in columns_of_record():
        for key in filter(None, line["purposes"].split(", ")):
            assert line["category"] in purposes[key]["categories"]


@pytest.mark.clause("P5.3")
def test_every_personal_column_says_why_on_which_basis_until_when_and_what_becomes_of_it():
    lines = [line for line in columns_of_record() if line["category"]]

    assert len(lines) > 50
    for line in lines:
        for name in ("people", "purposes", "bases", "kept", "source", "erasure"):
            assert line[name], (line["table"], line["column"], name)


def test_a_page_that_caches_keep_for_everybody_shows_no_message_to_one(client, aigul):
    client.force_login(aigul)
    Phone.objects.create(user=aigul, number="+77010000011")
    client.post(f"/en/account/profile/phones/{aigul.phones.get().pk}/remove/")

    response = client.get("/en/privacy/data/")

    assert "The phone is removed" not in response.content.decode()
    assert "public" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert "The phone is removed" in client.get("/en/account/").content.decode()


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.django_db
def test_everybody_can_read_what_is_held_and_why(client, language):
    response = client.get(f"/{language}/privacy/data/")

    assert response.status_code == 200
    assert_valid(response)
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    page = response.content.decode()
    for described in DATA_MAP.values():
        if described.is_personal:
            assert page.count(f">{described.title}</h2>") == 1


@pytest.fixture
def staff_client(client, make_user):
    staff = make_user("staff@example.com", is_staff=True)
    enter_with_code(client, staff)
    return client


@pytest.mark.clause("P6.1c")
@pytest.mark.parametrize("name", ["admin:record", "admin:record_json", "admin:record_csv"])
def test_only_staff_with_a_second_factor_open_the_record(client, aigul, make_user, name):
    half = make_user("half@example.com", is_staff=True)

    answers = [client.get(reverse(name)).status_code]
    for user in (aigul, half):
        client.force_login(user)
        answers.append(client.get(reverse(name)).status_code)

    assert 200 not in answers


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_staff_read_words_of_their_language_where_the_record_has_keys(staff_client, language):
    response = staff_client.get(reverse("admin:record"), headers={"accept-language": language})

    cells = re.findall(r"<td[^>]*>(.*?)</td>", response.content.decode())
    assert len(cells) > 300
    for key in (key for meanings in MEANINGS.values() for key in meanings):
        assert not [cell for cell in cells if re.search(rf"(?<![\w.]){key}(?![\w.])", cell)], key


@pytest.mark.clause("P6.1c")
def test_staff_read_the_record_and_find_it_in_the_administration(staff_client):
    User.objects.filter(is_staff=True).update(is_superuser=True)

    index = staff_client.get(reverse("admin:index")).content.decode()
    page = staff_client.get(reverse("admin:record")).content.decode()

    assert reverse("admin:record") in index
    assert "accounts_user.<wbr>surname" in page
    assert "фамилия" in page
    assert "VECTOR&#x27;KZ" in page


@pytest.mark.clause("P0.1", "P6.1c")
def test_the_downloads_hold_the_operator_and_every_column(staff_client, operator):
    forget_operator()
    whole = staff_client.get(reverse("admin:record_json")).json()
    table = staff_client.get(reverse("admin:record_csv")).content.decode("utf-8-sig")
    forget_operator()

    assert whole["controller"]["bin"] == "990140000029"
    assert whole["tables"]["accounts_phone"]["columns"]["number"]["category"] == "contact.phone"
    lines = list(csv.DictReader(io.StringIO(table)))
    assert {(line["table"], line["column"]) for line in lines} >= {
        (name, column) for name, facts in whole["tables"].items() for column in facts["columns"]
    }
