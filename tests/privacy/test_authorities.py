"""Clauses 4.4 and 4.5: what authorities get, who decides, and when the person hears of it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from privacy.data_map import DATA_MAP
from privacy.models import AuthorityRequest, Disclosure, SubjectIdentifier
from privacy.tasks import tell_of_authorities
from tests.conftest import enter_with_code

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]

ADDRESS = "/admin/privacy/authorityrequest/"


def entered(aigul, **given):
    SubjectIdentifier.objects.file(aigul.subject, "email", aigul.email)
    return {
        "body": "Department of Police of Kostanay region",
        "document": "17-4/221",
        "document_on": "2026-11-20",
        "ground": "fraud",
        "interest": "rights",
        "citation": "Criminal Procedure Code, Article 122",
        "asked": "Everything about the seller",
        "email": aigul.email,
        "scope": ["accounts.user.email"],
        "review": "The address alone identifies the account.",
        "silent_until": "",
        "silent_because": "",
    } | given


@pytest.fixture
def make_officer(make_user):
    def make(email, *rights):
        person = make_user(email, is_staff=True)
        names = ["view_authorityrequest", *rights]
        person.user_permissions.set(Permission.objects.filter(codename__in=names))
        client = Client()
        enter_with_code(client, person)
        client.user = person
        return client

    return make


@pytest.fixture
def handler(make_officer):
    return make_officer("handler@example.com", "add_authorityrequest", "approve_authorityrequest")


@pytest.fixture
def approver(make_officer):
    return make_officer("approver@example.com", "approve_authorityrequest")


def extract_of(client, pk):
    return client.post(f"{ADDRESS}{pk}/give/")


@pytest.mark.clause("P4.4")
@pytest.mark.clause("P4.4a")
@pytest.mark.clause("P4.5")
def test_an_authority_gets_what_a_second_person_approved_and_nothing_else(
    handler, approver, aigul, client, mailoutbox
):
    handler.post(f"{ADDRESS}add/", entered(aigul))
    asked = AuthorityRequest.objects.get()
    assert (asked.subject, asked.handler) == (aigul.subject, handler.user.subject)

    assert handler.post(f"{ADDRESS}{asked.pk}/approve/", {}).status_code == 403
    assert extract_of(handler, asked.pk).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "prepared"
    assert not Disclosure.objects.exists()
    approver.post(f"{ADDRESS}{asked.pk}/approve/", {})
    extract = extract_of(handler, asked.pk)
    again = extract_of(handler, asked.pk)

    assert extract.json() == again.json() == {"accounts.user.email": [aigul.email]}
    given = Disclosure.objects.get()
    assert (given.kind, given.subject, given.basis) == ("authority", aigul.subject, "law")
    assert given.recipient_name == asked.body
    assert given.fields == ["accounts.user.email"]
    assert DATA_MAP[Disclosure].rows_told(aigul.subject).get() == given
    [letter] = [letter for letter in mailoutbox if letter.to == [aigul.email]]
    assert "17-4/221" in letter.body


@pytest.mark.clause("P4.5")
def test_what_was_approved_once_is_no_tap_that_stays_open(handler, approver, aigul, time_machine):
    handler.post(f"{ADDRESS}add/", entered(aigul))
    asked = AuthorityRequest.objects.get()
    approver.post(f"{ADDRESS}{asked.pk}/approve/", {})
    assert extract_of(handler, asked.pk).status_code == 200
    assert extract_of(handler, asked.pk).status_code == 200

    time_machine.move_to(timezone.now() + timedelta(days=2))
    enter_with_code(handler, asked.handler.user)
    answer = extract_of(handler, asked.pk)

    assert answer.status_code == 302
    assert Disclosure.objects.count() == 1


@pytest.mark.clause("P4.5")
def test_where_a_law_forbids_to_tell_the_person_hears_of_it_afterwards(
    handler, approver, aigul, mailoutbox, time_machine
):
    until = timezone.localdate() + timedelta(days=30)
    silent = {"silent_until": str(until), "silent_because": "Article 201"}
    handler.post(f"{ADDRESS}add/", entered(aigul, **silent))
    asked = AuthorityRequest.objects.get()
    approver.post(f"{ADDRESS}{asked.pk}/approve/", {})
    extract_of(handler, asked.pk)

    tell_of_authorities()
    assert not [letter for letter in mailoutbox if letter.to == [aigul.email]]
    for model in (Disclosure, AuthorityRequest):
        assert not DATA_MAP[model].rows_told(aigul.subject).exists()
    own = Client()
    own.force_login(aigul)
    for page in ("", "privacy_disclosure/", "privacy_authorityrequest/"):
        html = own.get(f"/en/account/privacy/data/{page}").content.decode()
        assert asked.body not in html
        assert "an authority asked for your data</a>" not in html
    time_machine.move_to(timezone.now() + timedelta(days=31))
    tell_of_authorities()
    tell_of_authorities()

    [letter] = [letter for letter in mailoutbox if letter.to == [aigul.email]]
    assert "Article 201" in letter.body
    for model in (Disclosure, AuthorityRequest):
        assert DATA_MAP[model].rows_told(aigul.subject).exists()


@pytest.mark.clause("P4.4a")
@pytest.mark.parametrize(
    "given",
    [
        {"citation": ""},
        {"review": ""},
        {"document": ""},
        {"interest": "curiosity"},
        {"ground": "other"},
        {"scope": []},
        {"scope": ["accounts.user.password"]},
        {"silent_until": "2030-01-01"},
        {"email": "nobody@example.com"},
        {"email": ""},
    ],
)
def test_without_basis_person_or_scope_nothing_is_entered(handler, aigul, given):
    answer = handler.post(f"{ADDRESS}add/", entered(aigul, **given))

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not AuthorityRequest.objects.exists()


@pytest.mark.clause("P4.4a")
def test_the_database_itself_wants_two_people(handler, aigul):
    handler.post(f"{ADDRESS}add/", entered(aigul))
    alone = {"state": "approved", "approver": handler.user.subject, "decided_at": timezone.now()}

    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        AuthorityRequest.objects.update(**alone)

    assert AuthorityRequest.objects.get().approver is None


def test_a_refused_request_gives_nothing(handler, approver, aigul):
    handler.post(f"{ADDRESS}add/", entered(aigul))
    asked = AuthorityRequest.objects.get()

    approver.post(f"{ADDRESS}{asked.pk}/refuse/", {"reason": "No order of a court"})
    approver.post(f"{ADDRESS}{asked.pk}/approve/", {})

    assert extract_of(handler, asked.pk).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.refusal) == ("refused", "No order of a court")
    assert not Disclosure.objects.exists()


def test_staff_without_the_rights_see_and_do_nothing(make_officer, handler, aigul):
    handler.post(f"{ADDRESS}add/", entered(aigul))
    asked = AuthorityRequest.objects.get()
    looker = make_officer("looker@example.com")

    assert looker.post(f"{ADDRESS}add/", entered(aigul)).status_code == 403
    for act in ("approve", "refuse", "give"):
        assert looker.post(f"{ADDRESS}{asked.pk}/{act}/", {"reason": "x"}).status_code == 403
    assert AuthorityRequest.objects.get().state == "prepared"


@pytest.mark.clause("P6.1a")
@pytest.mark.parametrize("table", ["disclosure", "staffaccess", "notice"])
def test_nobody_rewrites_who_got_or_saw_data(table):
    for act in (f"UPDATE privacy_{table} SET at = now()", f"DELETE FROM privacy_{table}"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)
