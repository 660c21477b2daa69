import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.management import call_command

from sellers.models import Verification
from sellers.verification import VerifiedElsewhere, verify
from tests.conftest import BIN, IIN, OTHER_BIN

STOREFRONT = "/en/sellers/zharkyn-dala/"
CHECKED = {"saw_documents": "on", "checked_number": "on"}


@pytest.fixture
def moderator(make_user, sign_in, monkeypatch):
    """In the administration, with what a moderator may there."""
    monkeypatch.setattr("kazvek.admin.is_demo_staff", lambda user: True)
    user = make_user("moderator@example.com", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_seller", "add_verification"])
    )
    client = sign_in(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(seller, act="change"):
    return f"/admin/sellers/seller/{seller.pk}/{act}/"


@pytest.fixture
def judge(moderator):
    """Open the page of the verification and press its button."""

    def judge(seller, given=CHECKED):
        html = moderator.get(page(seller, "verify")).content.decode()
        seen = re.search(r'name="seen" value="([^"]+)"', html)[1]
        return moderator.post(page(seller, "verify"), given | {"seen": seen})

    return judge


def test_a_moderator_verifies_and_everybody_sees_what_and_when(
    judge, seller, client, mailoutbox, time_machine
):
    time_machine.move_to("2026-03-03T08:00Z")
    judge(seller)

    html = client.get(STOREFRONT).content.decode()
    assert "A moderator of the portal checked on 3 March 2026:" in html
    assert "the registration documents" in html
    assert "the BIN, in the state register" in html
    assert "the phone, by a call" not in html
    assert "Verified" in client.get("/en/sellers/").content.decode()
    assert Verification.objects.get().by.email == "moderator@example.com"
    assert mailoutbox[0].to == ["aigul@example.com"]
    assert LogEntry.objects.get().object_repr == f"№ {seller.pk}"


def test_the_moderator_sees_the_profile_and_changes_nobodys_words(moderator, seller, join):
    join(seller, "viewer")

    html = moderator.get(page(seller)).content.decode()
    moderator.post(page(seller), {"name": "Changed"})

    assert "Verify the seller" in html
    assert "Жарқын дала" in html
    assert "Жарқын дала" in moderator.get("/admin/sellers/seller/").content.decode()
    seller.refresh_from_db()
    assert seller.name == "Жарқын дала"


def test_nothing_checked_is_nothing_verified(judge, seller, mailoutbox):
    answer = judge(seller, {"called_phone": ""})

    assert "Tick what you have checked." in answer.content.decode()
    seller.refresh_from_db()
    assert seller.verified_at is None
    assert mailoutbox == []


def test_a_verification_is_taken_back_with_a_reason(moderator, judge, seller, client, mailoutbox):
    judge(seller)

    moderator.post(page(seller, "withdraw"), {"reason": "The company was dissolved."})

    seller.refresh_from_db()
    assert seller.verified_at is None
    assert Verification.objects.get().ended_at is not None
    assert "checked on" not in client.get(STOREFRONT).content.decode()
    assert "The company was dissolved." in mailoutbox[1].body


@pytest.mark.parametrize("codenames", [[], ["view_seller"], ["add_verification"]])
@pytest.mark.parametrize("act", ["verify", "withdraw"])
def test_staff_without_the_right_verify_nobody(
    make_user, sign_in, monkeypatch, seller, codenames, act
):
    monkeypatch.setattr("kazvek.admin.is_demo_staff", lambda user: True)
    user = make_user("staff@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))

    answer = sign_in(user).post(page(seller, act), CHECKED)

    assert answer.status_code == 403
    assert not Verification.objects.exists()


@pytest.mark.parametrize(
    ("change", "stays"),
    [
        ({}, True),
        ({"pays_vat": "on"}, True),
        ({"name": "Степь"}, False),
        ({"number": OTHER_BIN}, False),
        ({"form": "sole", "number": IIN}, False),
    ],
)
def test_what_was_verified_ends_when_it_becomes_something_else(
    browser, seller, make_user, change, stays
):
    verify(seller, make_user("moderator@example.com"), saw_documents=True)
    identity = {"form": "company", "name": seller.name, "number": BIN}

    browser.post("/en/account/seller/identity/", identity | change)

    seller.refresh_from_db()
    assert (seller.verified_at is not None) == stays
    assert (Verification.objects.get().ended_at is None) == stays


def test_nobody_is_verified_as_somebody_whom_the_moderator_has_not_seen(
    moderator, judge, seller, browser, mailoutbox
):
    html = moderator.get(page(seller, "verify")).content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', html)[1]
    browser.post(
        "/en/account/seller/identity/",
        {"form": "company", "name": "Чужая слава", "number": OTHER_BIN},
    )

    for given in (CHECKED | {"seen": seen}, CHECKED):
        answer = moderator.post(page(seller, "verify"), given)
        assert "The seller has changed since you opened the page" in answer.content.decode()
        assert "Чужая слава" in answer.content.decode()
    seller.refresh_from_db()
    assert seller.verified_at is None
    assert not Verification.objects.exists()
    assert mailoutbox == []
    assert judge(seller).status_code == 302


def test_a_bin_is_verified_for_one_seller_only(judge, make_seller, make_user):
    first, second = make_seller("Первый"), make_seller("Второй")
    judge(first)

    answer = judge(second)

    assert "verified with this BIN or IIN already" in answer.content.decode()
    second.refresh_from_db()
    assert second.verified_at is None
    assert Verification.objects.get().seller == first
    with pytest.raises(VerifiedElsewhere):
        verify(second, make_user("other@example.com"), called_phone=True)


def test_verifying_again_begins_anew_and_keeps_the_history(judge, seller):
    judge(seller)
    judge(seller, {"called_phone": "on"})

    assert Verification.objects.count() == 2
    assert Verification.objects.get(ended_at=None).called_phone


def test_everything_kept_is_declared_with_rows_there(seller, make_user):
    verify(seller, make_user("moderator@example.com"), saw_documents=True)

    call_command("check", databases=["default"])
