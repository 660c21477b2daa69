import pytest

from orders.models import Order
from privacy.data_map import DATA_MAP
from privacy.models import Subject
from privacy.people import filed_under
from tests.accounts.conftest import link_in
from tests.accounts.test_sign_up import sign_up
from tests.conftest import BUYER

pytestmark = pytest.mark.django_db


def orders_of(person):
    return set(DATA_MAP[Order].rows_of(person).values_list("pk", flat=True))


def test_whoever_proves_an_address_gets_what_guests_left_under_it(
    client, mailoutbox, make_order, make_listing, aigul
):
    wheat = make_listing(price=98_000, quantity=100)
    first, second = make_order(wheat), make_order(wheat, email=BUYER["email"].upper())
    other = make_order(wheat, email="somebody-else@example.com")
    of_member = make_order(wheat, user=aigul)
    assert {first.buyer, second.buyer} == set(filed_under(BUYER["email"]))

    sign_up(client, email=BUYER["email"])
    person = Subject.objects.get(user__email=BUYER["email"])
    assert orders_of(person) == set()
    client.post(link_in(mailoutbox[-1]))

    assert orders_of(person) == {first.pk, second.pk}
    assert filed_under(BUYER["email"]) == [person]
    for order, buyer in ((other, other.buyer), (of_member, aigul.subject)):
        order.refresh_from_db()
        assert (order.buyer, order.buyer.joined_to) == (buyer, None)
    assert orders_of(aigul.subject) == {of_member.pk}
