from decimal import Decimal

import pytest

from listings.models import Listing
from orders.models import Order
from orders.states import State
from privacy.models import ConsentEntry, Disclosure

pytestmark = pytest.mark.django_db


@pytest.mark.clause("P1.4d")
def test_an_order_stands_with_its_consent_its_disclosure_its_letters_and_less_stock(
    make_listing, make_order, mailoutbox
):
    wheat = make_listing(price=98_000, quantity=100)

    order = make_order(wheat, quantity=40)

    order.refresh_from_db()
    assert order.state == State.NEW
    assert order.total == Decimal(3_920_000)
    assert Listing.objects.get(pk=wheat.pk).quantity == 60
    assert order.consent.act == ConsentEntry.Act.GIVEN
    assert order.consent.basis == "contract"
    assert Disclosure.objects.get(subject=order.buyer).fields == [
        "address",
        "comment",
        "email",
        "full_name",
        "organization",
        "phone",
    ]
    assert [letter.to for letter in mailoutbox] == [
        ["buyer@example.com"],
        ["owner-0@example.com"],
    ]


def test_the_last_of_an_ad_pauses_it(make_listing, make_order):
    wheat = make_listing(price=98_000, quantity=40)

    make_order(wheat, quantity=40)

    wheat.refresh_from_db()
    assert (wheat.quantity, wheat.state) == (0, "paused")
    assert wheat.history.first().role == "order"
    assert Order.objects.count() == 1
