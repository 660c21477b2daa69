"""What staff sees of orders."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from orders import life
from orders.models import Order
from orders.states import Role, State
from privacy.models import StaffAccess
from sellers.models import Member
from tests.conftest import BUYER, enter_with_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(order):
    return f"/admin/orders/order/{order.pk}/"


def test_contacts_are_masked_in_the_list_and_on_the_page(staff, order, page):
    for address in ("/admin/orders/order/", f"{page}change/"):
        shown = staff.get(address).content.decode()
        assert order.reference in shown
        for value in BUYER.values():
            assert value not in shown


def test_whoever_gives_a_reason_sees_the_contacts_and_it_is_recorded(staff, order, page):
    answer = staff.post(f"{page}reveal/", {"reason": "Dispute about the weight"})

    shown = answer.content.decode()
    for name, value in BUYER.items():
        assert value in shown, name
    access = StaffAccess.objects.get()
    assert access.subject == order.buyer
    assert access.reason == "Dispute about the weight"
    assert set(access.fields) == set(BUYER)
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("reason", ["", "because"])
def test_without_a_reason_nothing_is_shown(staff, order, page, reason):
    shown = staff.post(f"{page}reveal/", {"reason": reason}).content.decode()

    assert BUYER["email"] not in shown
    assert not StaffAccess.objects.exists()


def test_moderators_without_the_right_see_no_contacts(client, order, page, make_user):
    person = make_user("staff@example.com", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_order"))
    enter_with_code(client, person)

    assert client.get(f"{page}change/").status_code == 200
    assert client.post(f"{page}reveal/", {"reason": "I am only curious"}).status_code == 403
    assert client.post(f"{page}settle/", {"act": "undo", "note": "x"}).status_code == 403
    assert not StaffAccess.objects.exists()


def test_nothing_of_an_order_can_be_changed_by_hand(staff, order, page):
    answer = staff.post(f"{page}change/", {"state": "completed", "email": "x@example.com"})

    assert answer.status_code == 403
    assert staff.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert Order.objects.get(pk=order.pk).state == State.NEW


@pytest.mark.parametrize(("act", "after"), [("settle", "completed"), ("undo", "cancelled")])
def test_a_dispute_is_settled_with_words_for_both_sides(
    staff, order, page, aigul, marat, mailoutbox, act, after
):
    life.accept(order, aigul)
    life.dispute(order, Role.BUYER, marat, "Two tonnes are missing")
    mailoutbox.clear()

    staff.post(f"{page}settle/", {"act": act, "note": "The scales were checked."})

    order.refresh_from_db()
    assert order.state == after
    assert {to for letter in mailoutbox for to in letter.to} == {
        "aigul@example.com",
        BUYER["email"],
    }
    assert all("The scales were checked." in letter.body for letter in mailoutbox)


@pytest.mark.parametrize("party", ["buyer", "seller"])
def test_nobody_settles_a_dispute_of_their_own(staff, order, page, aigul, marat, party):
    life.accept(order, aigul)
    life.dispute(order, Role.BUYER, marat, "Two tonnes are missing")
    me = User.objects.get(is_superuser=True)
    if party == "buyer":
        Order.objects.filter(pk=order.pk).update(buyer=me.subject)
    else:
        Member.objects.create(seller=order.seller, user=me, role=Member.Role.VIEWER)

    answer = staff.post(f"{page}settle/", {"act": "undo", "note": "I was right."})

    assert answer.status_code == 403
    assert "settle/" not in staff.get(f"{page}change/").content.decode()
    assert Order.objects.get(pk=order.pk).state == State.DISPUTED


def test_what_is_settled_cannot_be_settled_again(staff, order, page):
    answer = staff.post(f"{page}settle/", {"act": "undo", "note": "x"})

    assert answer.status_code == 200
    assert Order.objects.get(pk=order.pk).state == State.NEW
