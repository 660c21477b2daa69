"""Staff see who somebody is only after saying why, and the person can read it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from privacy.models import StaffAccess, Subject
from sellers.models import AuthorisedPerson
from tests.conftest import enter_with_code

pytestmark = pytest.mark.django_db

REASON = {"reason": "The person asked to correct the surname"}


@pytest.fixture
def page(aigul):
    return f"/admin/accounts/user/{aigul.pk}/"


@pytest.mark.clause("P6.1a")
def test_names_and_addresses_are_masked_until_a_reason_is_given(staff, aigul, page, time_machine):
    for address in ("/admin/accounts/user/", f"{page}change/"):
        shown = staff.get(address).content.decode()
        assert aigul.email not in shown
        assert "Сейтқазы" not in shown

    staff.post(f"{page}reveal/", REASON)

    assert aigul.email in staff.get(f"{page}change/").content.decode()
    assert aigul.email not in staff.get("/admin/accounts/user/").content.decode()
    access = StaffAccess.objects.get()
    assert (access.subject, access.reason) == (aigul.subject, REASON["reason"])
    assert set(access.fields) == {"email", "surname", "first_name"}
    assert access.about == f"accounts.user {aigul.pk}"
    time_machine.move_to(timezone.now() + timedelta(minutes=10, seconds=1))
    assert aigul.email not in staff.get(f"{page}change/").content.decode()


@pytest.mark.clause("P6.1a")
@pytest.mark.parametrize(
    "asked",
    [
        "accounts/user/?email__startswith=a",
        "accounts/user/?surname__contains=Сейт",
        "accounts/user/?password__startswith=a",
        "accounts/user/?phones__number__startswith=%2B7",
        "orders/order/?email__startswith=b",
        "orders/order/?phone__contains=701",
        "letters/letter/?recipient__startswith=a",
        "sellers/seller/?iin__startswith=9",
        "sellers/seller/?members__user__email__startswith=a",
        "privacy/request/?words__contains=a",
    ],
)
def test_what_is_masked_is_not_guessed_letter_by_letter(staff, aigul, asked):
    answer = staff.get(f"/admin/{asked}")

    assert answer.status_code in (302, 400)
    assert "e=1" in answer.headers.get("Location", "e=1")


@pytest.mark.parametrize(
    "asked",
    [
        "accounts/user/?is_staff__exact=1&activity__exact=crops",
        "accounts/user/?date_joined__year=2026",
        "sellers/seller/?verified_at__isempty=1&form__exact=company",
        "privacy/request/?clock=late",
        "privacy/incomingletter/?waits=all",
        "privacy/consententry/?purpose=news",
        "moderation/appeal/?is_open=yes",
        "moderation/decision/?at__year=2026&at__month=11",
        "moderation/ban/?kind__exact=phone",
        "orders/order/?state__exact=new",
        "letters/letter/?state__exact=waiting",
    ],
)
def test_the_filters_beside_a_list_work(staff, asked):
    assert staff.get(f"/admin/{asked}").status_code == 200


@pytest.mark.clause("P6.1a")
def test_an_account_is_found_by_a_whole_address_alone(staff, aigul):
    def is_found(words):
        page = staff.get(f"/admin/accounts/user/?q={words}").content.decode()
        return f"/admin/accounts/user/{aigul.pk}/" in page

    asked = ("aigul@example.com", "AIGUL@example.com", "aigul@", "Сейтқазы", "Сейт")
    assert [is_found(words) for words in asked] == [True, True, False, True, False]


def test_a_surname_is_corrected_only_by_who_sees_it(staff, aigul, page):
    given = {"surname": "Сейтказина", "first_name": "Айгүл", "language": "kk", "is_active": "on"}
    staff.post(f"{page}change/", given)
    aigul.refresh_from_db()
    assert (aigul.surname, aigul.language) == ("Сейтқазы", "kk")

    staff.post(f"{page}reveal/", REASON)
    staff.post(f"{page}change/", given)

    aigul.refresh_from_db()
    assert aigul.surname == "Сейтказина"


@pytest.mark.parametrize("reason", ["", "because"])
def test_without_a_reason_nothing_is_shown(staff, aigul, page, reason):
    answer = staff.post(f"{page}reveal/", {"reason": reason})

    assert answer.status_code == 200
    assert aigul.email not in staff.get(f"{page}change/").content.decode()
    assert not StaffAccess.objects.exists()


def test_staff_without_the_right_reveal_nothing(client, make_user, aigul, page):
    person = make_user("staff@example.com", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_user"))
    enter_with_code(client, person)

    assert client.post(f"{page}reveal/", REASON).status_code == 403
    assert aigul.email not in client.get(f"{page}change/").content.decode()
    assert not StaffAccess.objects.exists()


def test_of_a_seller_the_number_and_the_authorised_person_are_masked(staff, make_seller):
    seller = make_seller(form="sole", bin="", iin="880101300123")
    person = AuthorisedPerson.objects.create(
        seller=seller, subject=Subject.objects.create(), full_name="Ержан Ахметов", position="x"
    )
    page = f"/admin/sellers/seller/{seller.pk}/"
    shown = staff.get(f"{page}change/").content.decode()
    assert seller.name in shown
    for secret in (seller.iin, person.full_name):
        assert secret not in shown

    staff.post(f"{page}reveal/", REASON)

    shown = staff.get(f"{page}change/").content.decode()
    for secret in (seller.iin, person.full_name):
        assert secret in shown
    seen = {access.subject: access.fields for access in StaffAccess.objects.all()}
    assert seen == {seller.subject: ["iin"], person.subject: ["full_name", "position"]}
