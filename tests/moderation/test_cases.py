"""Clause 4.4.2: who is suspected is disclosed only with a case, for a time, by two people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.models import Decision
from privacy.models import AuthorityRequest, Disclosure
from tests.privacy.test_authorities import (
    ADDRESS,
    approver,  # noqa: F401 a fixture
    entered,
    extract_of,
    handler,  # noqa: F401 a fixture
    make_officer,  # noqa: F401 a fixture
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("operator")]


@pytest.fixture
def case(seller, make_listing):
    return Decision.objects.create(
        listing=make_listing(seller=seller),
        act="block",
        matter="check",
        reasons=["untrue"],
        rules=["rules-ads/1/3.1"],
    )


def suspicion(aigul, case, **given):
    day = timezone.localdate() + timedelta(days=7)
    return entered(aigul, ground="suspect", case=case and case.pk, ends_on=day, **given)


@pytest.mark.clause("P4.4b")
def test_a_suspicion_with_a_case_is_disclosed_until_its_day_and_the_person_is_told(
    handler,  # noqa: F811
    approver,  # noqa: F811
    aigul,
    case,
    mailoutbox,
    time_machine,
):
    handler.post(f"{ADDRESS}add/", suspicion(aigul, case))
    asked = AuthorityRequest.objects.get()
    approver.post(f"{ADDRESS}{asked.pk}/approve/", {})

    assert extract_of(handler, asked.pk).status_code == 200

    given = Disclosure.objects.get()
    assert (given.basis, given.subject) == ("interest", aigul.subject)
    assert [letter for letter in mailoutbox if letter.to == [aigul.email]]
    later = AuthorityRequest.objects.create(
        **{
            field.name: getattr(asked, field.name)
            for field in AuthorityRequest._meta.fields
            if field.name not in ("id", "ends_on")
        },
        ends_on=timezone.localdate() - timedelta(days=1),
    )
    AuthorityRequest.objects.filter(pk=later.pk).update(
        state="approved", approver=approver.user.subject, decided_at=timezone.now()
    )
    assert extract_of(handler, later.pk).status_code == 302
    assert Disclosure.objects.count() == 1


@pytest.mark.clause("P4.4b")
@pytest.mark.parametrize("flaw", ["no case", "of another", "overturned", "for ever", "approval"])
def test_without_a_case_about_the_person_or_an_end_nothing_is_entered(
    handler,  # noqa: F811
    aigul,
    case,
    make_seller,
    make_listing,
    flaw,
):
    given = suspicion(aigul, case)
    if flaw == "no case":
        given["case"] = ""
    elif flaw == "for ever":
        given["ends_on"] = timezone.localdate() + timedelta(days=31)
    elif flaw == "of another":
        Decision.objects.update(listing=make_listing(seller=make_seller("Другой")))
    elif flaw == "overturned":
        Decision.objects.update(overturned_at=timezone.now())
    else:
        Decision.objects.update(act="approve")

    answer = handler.post(f"{ADDRESS}add/", given)

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not AuthorityRequest.objects.exists()
