"""Drafts and publishing in the administration."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from kazvek.demo import ADMINISTRATOR, MODERATOR
from privacy.documents import content_digest, load, version_in_force
from privacy.models import Clause, ControllerIdentity, Version
from privacy.operator import forget_operator
from privacy.registers import COOKIES

VERSIONS = reverse("admin:privacy_version_changelist")
LANGUAGES = ["kk", "ru", "en"]


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    forget_operator()
    yield
    forget_operator()


@pytest.fixture
def staff(client, db):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(User.objects.create_superuser(ADMINISTRATOR, None))
    return client


@pytest.fixture
def editor(client, db):
    """May write drafts, but not publish them."""
    user = User.objects.create_user(MODERATOR, None, is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(content_type__app_label="privacy").exclude(
            codename="publish_version"
        )
    )
    client.force_login(user)
    return client


@pytest.fixture
def draft(policy, staff):
    staff.post(reverse("admin:privacy_version_add"), {"document": "privacy"})
    return Version.objects.drafts().get()


def change(version):
    return reverse("admin:privacy_version_change", args=[version.pk])


def publishing(version):
    return reverse("admin:privacy_version_publish", args=[version.pk])


def answers(version, **fields):
    return {"as_seen": content_digest(version), "is_material": "yes", "effective_at": ""} | fields


def texts(words):
    return {f"{name}_{code}": words for name in ("heading", "text") for code in LANGUAGES}


def test_a_new_draft_begins_as_a_copy_of_what_was_published_last(staff, draft, policy):
    page = staff.get(change(draft)).content.decode()

    assert content_digest(draft) == content_digest(policy)
    assert "Clause 2" in page
    assert reverse("admin:privacy_clause_change", args=[draft.clauses.first().pk]) in page


def test_a_clause_is_changed_added_and_taken_out_of_a_draft(staff, draft):
    first, second = draft.clauses_in_order()[:2]

    staff.post(
        reverse("admin:privacy_clause_change", args=[first.pk]),
        texts("Changed") | {"number": "1", "purposes": ["claims"], "covers": "P1.1"},
    )
    staff.post(
        reverse("admin:privacy_clause_add"),
        texts("Added") | {"version": draft.pk, "number": "9.10", "covers": ""},
    )
    response = staff.post(reverse("admin:privacy_clause_delete", args=[second.pk]), {"post": "yes"})

    first.refresh_from_db()
    assert (first.text_kk, first.purposes, first.covers) == ("Changed", ["claims"], ["P1.1"])
    assert draft.clauses.get(number="9.10").heading_ru == "Added"
    assert not Clause.objects.filter(pk=second.pk).exists()
    assert response.url == change(draft)


@pytest.mark.clause("P7.2")
def test_a_number_used_twice_is_refused_with_a_sentence(staff, draft):
    response = staff.post(
        reverse("admin:privacy_clause_add"),
        texts("Added") | {"version": draft.pk, "number": "1", "covers": ""},
    )

    assert "Another clause of this version has this number." in response.content.decode()
    assert draft.clauses.filter(number="1").count() == 1


@pytest.mark.parametrize("number", ["1.", "01", "1..2", "a", "1 2", "1.1.1.1.1.1.1.1.1.1.1.1"])
def test_what_is_no_number_of_a_clause_is_refused(staff, draft, number):
    count = draft.clauses.count()

    staff.post(
        reverse("admin:privacy_clause_add"),
        texts("Added") | {"version": draft.pk, "number": number, "covers": ""},
    )

    assert draft.clauses.count() == count


@pytest.mark.clause("P7.1a")
def test_publishing_shows_what_changes_in_each_language_before_it_asks(staff, draft):
    draft.clauses.filter(number="2").update(text_ru="Изменённые слова", text_en="Changed words")
    draft.clauses.filter(number="3").delete()

    page = staff.get(publishing(draft)).content.decode()

    assert "Изменённые слова</ins>" in page
    assert "Changed words</ins>" in page
    assert "What changes against Privacy policy, version 1" in page
    assert "What no clause allows any more" in page
    assert "Promotions" in page


@pytest.mark.clause("P7.1a")
def test_a_published_draft_is_the_version_in_force_and_read_only(staff, draft):
    draft.clauses.filter(number="1").update(text_en="Changed words")

    response = staff.post(publishing(draft), answers(draft))

    version = version_in_force("privacy")
    assert response.url == change(version)
    assert (version.pk, version.number, version.is_material) == (draft.pk, 2, True)
    # Staff are people too: they answer the question before they go on.
    question = staff.get(change(version), follow=True)
    staff.post(question.redirect_chain[-1][0], {"shown": question.context["shown"]})
    page = staff.get(change(version)).content.decode()
    assert version.digest in page
    assert 'name="title_en"' not in page
    assert staff.post(change(version), {"title_en": "x"}).status_code == 403
    clause = reverse("admin:privacy_clause_change", args=[version.clauses.first().pk])
    assert staff.post(clause, texts("x") | {"number": "1", "covers": ""}).status_code == 403
    delete = reverse("admin:privacy_version_delete", args=[version.pk])
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    assert staff.get(publishing(version)).status_code == 404
    assert version.clauses.get(number="1").text_en == "Changed words"


def test_a_version_can_be_announced_for_a_day_to_come(staff, draft):
    day = (timezone.localtime() + timedelta(days=30)).replace(second=0, microsecond=0)

    staff.post(publishing(draft), answers(draft, effective_at=day.strftime("%Y-%m-%dT%H:%M")))

    draft.refresh_from_db()
    assert draft.effective_at == day
    assert version_in_force("privacy").number == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"is_material": ""}, "This field is required."),
        ({"effective_at": "2020-01-01T00:00"}, "The date lies in the past."),
        ({"effective_at": "soon"}, "Enter a valid date/time."),
        ({"as_seen": "0" * 64}, "The draft has changed since you opened this page."),
    ],
)
def test_a_publication_that_makes_no_sense_is_refused(staff, draft, fields, sentence):
    response = staff.post(publishing(draft), answers(draft, **fields))

    assert sentence in response.content.decode()
    assert version_in_force("privacy").number == 1


@pytest.mark.clause("P7.2")
def test_what_stands_against_a_publication_is_said_before_and_after_the_button(staff, draft):
    draft.clauses.filter(number="2").update(text_kk="")

    asked = staff.get(publishing(draft)).content.decode()
    refused = staff.post(publishing(draft), answers(draft)).content.decode()

    assert "The text of clause 2 is missing in: Kazakh." in asked
    assert "The text of clause 2 is missing in: Kazakh." in refused
    assert version_in_force("privacy").number == 1


def test_who_may_not_publish_may_still_write(policy, editor):
    editor.post(reverse("admin:privacy_version_add"), {"document": "privacy"})
    draft = Version.objects.drafts().get()

    page = editor.get(change(draft))

    assert publishing(draft) not in page.content.decode()
    assert editor.get(publishing(draft)).status_code == 403
    assert editor.post(publishing(draft), answers(draft)).status_code == 403
    assert version_in_force("privacy").number == 1


def test_strangers_meet_the_door(client, policy):
    for address in (VERSIONS, change(policy), publishing(policy)):
        response = client.get(address)

        assert response.status_code == 302
        assert "/accounts/login/" in response.url or "/admin/login/" in response.url


def test_the_cookie_table_of_a_draft_follows_the_register_and_a_published_one_does_not(
    staff, operator, monkeypatch
):
    first = load("cookies").version
    register = dict(COOKIES)
    name, _gone = register.popitem()
    staff.post(reverse("admin:privacy_version_add"), {"document": "cookies"})
    stale = Version.objects.drafts().get()
    monkeypatch.setattr("privacy.cookie_table.COOKIES", register)

    refused = staff.post(publishing(stale), answers(stale)).content.decode()
    heads = {f"{name}_{code}": "Cookies" for name in ("title", "summary") for code in LANGUAGES}
    staff.post(change(stale), heads)
    stale.refresh_from_db()
    staff.post(publishing(stale), answers(stale))

    assert "The table of cookies is not that of the register any more." in refused
    assert first.clauses.filter(heading_en__endswith=name).exists()
    assert version_in_force("cookies").number == 2
    assert not version_in_force("cookies").clauses.filter(heading_en__endswith=name).exists()


@pytest.mark.clause("P0.1")
def test_the_operator_is_changed_in_the_administration_and_shown_at_once(staff, operator):
    page = reverse("admin:privacy_controlleridentity_change", args=[operator.pk])
    fields = {
        field.name: str(getattr(operator, field.name))
        for field in ControllerIdentity._meta.fields
        if field.editable
    } | {"bin": "941240000193", "phone": "+77172123456"}
    assert b"Dala Trade" not in staff.get("/en/").content

    staff.post(page, fields | {"name": "Dala Trade", "bin": "123"})
    refused = ControllerIdentity.objects.get().name
    staff.post(page, fields | {"name": "Dala Trade"})

    assert refused == "VECTOR'KZ"
    assert b"Dala Trade" in staff.get("/en/").content
    add = reverse("admin:privacy_controlleridentity_add")
    assert staff.post(add, fields).status_code == 403
    delete = reverse("admin:privacy_controlleridentity_delete", args=[operator.pk])
    assert staff.post(delete, {"post": "yes"}).status_code == 403
    assert ControllerIdentity.objects.count() == 1
