"""People, with or without an account."""

import json

import pytest

from accounts.models import User
from privacy.consents import allows, give, withdraw
from privacy.models import Consent, Request, Subject, SubjectIdentifier
from privacy.models.consents import text_hash
from privacy.receipts import entries_of, receipt
from privacy.requests import file_request
from privacy.sentences import consent_sentence

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P0.2")]

file = SubjectIdentifier.objects.file


def of(kind, value):
    return SubjectIdentifier.objects.of(kind, value).get().subject


@pytest.mark.parametrize(
    ("kind", "proved", "spelled"),
    [
        ("email", "dana@example.com", " Dana@EXAMPLE.com"),
        ("email", "dana@bücher.example", "DANA@xn--bcher-kva.example."),
        ("email", "ｄａｎａ@example.com", "dana@example.com"),
        ("phone", "+77012345678", "8 (701) 234-56-78"),
    ],
)
def test_the_same_address_however_it_is_spelled_is_one_person(subject, kind, proved, spelled):
    file(subject, kind, proved)
    file(subject, kind, spelled)

    assert SubjectIdentifier.objects.get().subject == subject
    assert of(kind, spelled) == of(kind, proved) == subject


def test_addresses_and_numbers_of_one_person_all_lead_there(subject):
    stranger = Subject.objects.create()
    for kind, value in (("email", "dana@example.com"), ("email", "d@example.org"),
                        ("phone", "+77012345678")):  # fmt: skip
        file(subject, kind, value)
    file(stranger, "email", "other@example.com")

    assert of("email", "dana@example.com") == of("email", "d@example.org") == subject
    assert of("phone", "+77012345678") == subject
    assert of("email", "other@example.com") == stranger


def test_an_identifier_says_nothing_without_the_key(subject, settings):
    file(subject, "email", "dana@example.com")
    row = SubjectIdentifier.objects.get()

    settings.PRIVACY_KEY = "another key"

    assert "dana" not in json.dumps([str(row), row.digest])
    assert not SubjectIdentifier.objects.of("email", "dana@example.com").exists()


def test_who_has_no_account_consents_withdraws_asks_and_reads_it_all(subject, policy, occasion):
    file(subject, "email", "dana@example.com")
    person = of("email", "DANA@example.com")
    shown = text_hash(consent_sentence("news", "email"))
    give(person, "news", "email", occasion, shown=shown, seen=0)
    agreed = allows(person, "news", "email")
    withdraw(person, "news", "email", occasion)

    wish = file_request(person, Request.Kind.ACCESS, language="en")

    assert not User.objects.exists()
    assert agreed
    assert not allows(person, "news", "email")
    assert [entry.act for entry in entries_of(person)] == ["withdrawn", "given"]
    assert len(receipt(entries_of(person))["entries"]) == 2
    assert (wish.subject, wish.state) == (person, "answered")


def test_a_person_keeps_rights_and_requests_when_the_account_goes(aigul, policy, occasion):
    subject = aigul.subject
    file(subject, "email", aigul.email)
    shown = text_hash(consent_sentence("news", "email"))
    give(subject, "news", "email", occasion, shown=shown, seen=0)
    wish = file_request(subject, Request.Kind.ACCESS, language="en")

    User.objects.filter(pk=aigul.pk).forget()

    assert not User.objects.exists()
    assert of("email", "aigul@example.com") == subject
    assert Consent.objects.get(subject=subject).is_given
    assert subject.requests.get() == wish
    assert entries_of(subject).get().act == "given"
