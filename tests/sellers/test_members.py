from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from privacy.models import Subject
from sellers.models import Invitation, Member
from sellers.tasks import forget_old_invitations
from tests.accounts.conftest import link_in

PAGE = "/en/account/seller/"
INVITATION = {"email": "Marat@Example.com", "role": "manager", "language": "ru"}


@pytest.fixture
def invitation(browser, seller):
    browser.post(f"{PAGE}members/invite/", INVITATION)
    return Invitation.objects.get()


def test_an_invited_person_accepts_and_acts_for_the_seller(
    browser, seller, marat, sign_in, mailoutbox
):
    browser.post(f"{PAGE}members/invite/", INVITATION)
    page = sign_in(marat)
    address = link_in(mailoutbox[0])
    subjects = Subject.objects.count()

    listed = page.get(address).content.decode()
    page.post(f"{PAGE}invitations/{Invitation.objects.get().pk}/accept/")

    assert mailoutbox[0].to == ["marat@example.com"]
    assert address == "/ru/account/seller/invitations/"
    assert "Жарқын дала" in listed
    member = Member.objects.get(user=marat)
    assert (member.seller, member.role) == (seller, "manager")
    assert not Invitation.objects.exists()
    assert Subject.objects.count() == subjects - 1
    assert mailoutbox[1].to == ["aigul@example.com"]


@pytest.mark.clause("P4.2")
def test_a_letter_of_invitation_names_the_seller_the_role_and_nobody(
    browser, seller, aigul, mailoutbox
):
    aigul.surname = "Канарейкина"
    aigul.save()

    browser.post(f"{PAGE}members/invite/", INVITATION)

    [letter] = mailoutbox
    words = f"{letter.subject} {letter.body} {letter.alternatives[0][0]}"
    assert "Жарқын дала" in words
    for secret in ("Канарейкина", "aigul@", "7012345678", "701 234"):
        assert secret not in words


def test_declining_deletes_the_address(invitation, marat, sign_in):
    sign_in(marat).post(f"{PAGE}invitations/{invitation.pk}/decline/")

    assert not Invitation.objects.exists()
    assert not Subject.objects.filter(pk=invitation.subject_id).exists()
    assert not Member.objects.filter(user=marat).exists()


@pytest.mark.clause("P5.3")
def test_an_address_that_does_not_answer_is_gone_after_14_days(
    invitation, marat, sign_in, time_machine
):
    time_machine.move_to(timezone.now() + timedelta(days=13, hours=23))
    forget_old_invitations()
    assert Invitation.objects.exists()

    time_machine.move_to(timezone.now() + timedelta(hours=2))
    page = sign_in(marat)
    assert page.post(f"{PAGE}invitations/{invitation.pk}/accept/").status_code == 404
    forget_old_invitations()

    assert not Invitation.objects.exists()
    assert not Subject.objects.filter(pk=invitation.subject_id).exists()
    assert not Member.objects.filter(user=marat).exists()


@pytest.mark.parametrize("kind", ["stranger", "unverified"])
def test_only_who_has_shown_that_the_address_is_theirs_accepts(
    invitation, make_user, sign_in, kind
):
    stranger = make_user("stranger@example.com")
    if kind == "unverified":
        EmailAddress.objects.create(user=stranger, email="marat@example.com", verified=False)
    page = sign_in(stranger)

    listed = page.get(f"{PAGE}invitations/").content.decode()
    answers = [
        page.post(f"{PAGE}invitations/{invitation.pk}/{act}/") for act in ("accept", "decline")
    ]

    assert "Жарқын" not in listed
    assert [answer.status_code for answer in answers] == [404, 404]
    assert Invitation.objects.exists()
    assert not Member.objects.filter(user=stranger).exists()


def test_one_account_acts_for_one_seller(invitation, make_seller, marat, sign_in):
    make_seller("Other", owner=marat)

    answer = sign_in(marat).post(f"{PAGE}invitations/{invitation.pk}/accept/", follow=True)

    assert "acts for another seller" in answer.content.decode()
    assert marat.membership.seller.name == "Other"
    assert Invitation.objects.exists()


def test_nobody_is_invited_twice_nor_when_already_there(browser, invitation, seller, mailoutbox):
    again = browser.post(f"{PAGE}members/invite/", INVITATION)
    oneself = browser.post(f"{PAGE}members/invite/", INVITATION | {"email": "AIGUL@example.com"})

    assert "waits for its answer" in again.content.decode()
    assert "acts for the seller already" in oneself.content.decode()
    assert Invitation.objects.count() == len(mailoutbox) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"email": "x"}, {"email": ""}, {"role": "king"}, {"language": "de"}, {"email": "x@y\n"}],
)
def test_an_invitation_that_cannot_be_is_refused(browser, seller, mailoutbox, wrong):
    answer = browser.post(f"{PAGE}members/invite/", INVITATION | wrong)

    assert list(answer.context["form"].errors) == list(wrong)
    assert not Invitation.objects.exists()
    assert mailoutbox == []


def test_invitations_are_no_means_to_mail_strangers(browser, seller, mailoutbox):
    for number in range(22):
        answer = browser.post(
            f"{PAGE}members/invite/", INVITATION | {"email": f"{number}@example.com"}
        )

    assert "Try again tomorrow" in answer.content.decode()
    assert len(mailoutbox) == Invitation.objects.count() == 20


def test_one_address_gets_three_invitations_a_day_from_whomever(
    make_seller, sign_in, make_user, mailoutbox
):
    for number in range(5):
        owner = make_user(f"boss-{number}@example.com")
        make_seller(f"Seller {number}", owner=owner)
        answer = sign_in(owner).post(f"{PAGE}members/invite/", INVITATION)

    assert "Try again tomorrow" in answer.content.decode()
    assert len(mailoutbox) == Invitation.objects.count() == 3


def test_a_withdrawn_invitation_is_deleted_with_its_address(browser, invitation):
    browser.post(f"{PAGE}members/invitations/{invitation.pk}/withdraw/")

    assert not Invitation.objects.exists()
    assert not Subject.objects.filter(pk=invitation.subject_id).exists()


def test_a_role_is_changed_and_the_person_told(browser, seller, join, mailoutbox):
    manager = join(seller, "manager")

    browser.post(f"{PAGE}members/{manager.membership.pk}/role/", {"role": "viewer"})

    manager.membership.refresh_from_db()
    assert manager.membership.role == "viewer"
    assert mailoutbox[0].to == ["manager@example.com"]
    assert "Viewer" in mailoutbox[0].body


def test_a_member_is_removed_and_told_and_another_leaves(
    browser, seller, join, sign_in, mailoutbox
):
    manager, viewer = join(seller, "manager"), join(seller, "viewer")

    browser.post(f"{PAGE}members/{manager.membership.pk}/remove/")
    sign_in(viewer).post(f"{PAGE}leave/")

    assert seller.members.get().role == "owner"
    assert [letter.to for letter in mailoutbox] == [["manager@example.com"]]


def test_the_last_owner_neither_leaves_nor_steps_down(browser, seller, aigul):
    left = browser.post(f"{PAGE}leave/", follow=True)
    stepped = browser.post(f"{PAGE}members/{aigul.membership.pk}/role/", {"role": "viewer"})

    assert "at least one owner" in left.content.decode()
    assert "at least one owner" in stepped.content.decode()
    assert seller.members.get().is_owner


def test_a_proprietor_stays_owner_of_their_own_page(make_seller, aigul, join, sign_in):
    seller = make_seller(form="person", owner=aigul)
    other = sign_in(join(seller, "owner"))
    own = aigul.membership

    for act, data in (("role", {"role": "viewer"}), ("remove", {})):
        other.post(f"{PAGE}members/{own.pk}/{act}/", data)
    left = sign_in(aigul).post(f"{PAGE}leave/", follow=True)
    other.post(f"{PAGE}identity/", {"form": "person", "name": "Somebody else"})

    assert "it can be closed" in left.content.decode()
    own.refresh_from_db()
    assert own.is_owner
    seller.refresh_from_db()
    assert seller.name == "Жарқын дала"


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_once_leave_one(seller, aigul, join, sign_in):
    browsers = [sign_in(aigul), sign_in(join(seller, "owner"))]

    def go(browser):
        try:
            browser.post(f"{PAGE}leave/")
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(go, browsers))

    assert seller.members.get().is_owner


@pytest.mark.django_db(transaction=True)
def test_an_invitation_accepted_twice_at_once_makes_one_member(invitation, marat, sign_in):
    browsers = [sign_in(marat) for _ in range(4)]

    def accept(browser):
        try:
            return browser.post(f"{PAGE}invitations/{invitation.pk}/accept/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(accept, browsers))

    assert set(answers) <= {302, 404}
    assert Member.objects.get(user=marat).role == "manager"
    assert not Invitation.objects.exists()
