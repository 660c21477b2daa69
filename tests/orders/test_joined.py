"""What somebody ordered as a guest is theirs once they have proved the address."""

import pytest

from privacy.people import join
from tests.conftest import BUYER

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier(wheat, make_order, buying, marat):
    """Ordered without an account, under the address that is Марат's by now."""
    order = make_order(wheat, email=marat.email)
    join(marat.subject, marat.email)
    return order


def test_a_guests_order_stands_among_those_of_the_account(earlier, order, buying):
    html = buying.get("/en/account/orders/").content.decode()

    for one in (earlier, order):
        assert f'href="/en/orders/{one.reference}/"' in html
        assert buying.get(f"/en/orders/{one.reference}/").status_code == 200


def test_whoever_joined_the_order_acts_as_its_buyer(earlier, buying):
    response = buying.post(f"/en/orders/{earlier.reference}/cancel/", {"reason": "Too late."})

    assert response.status_code == 302
    earlier.refresh_from_db()
    assert earlier.state == "cancelled"


@pytest.mark.clause("P4.1b")
def test_to_everybody_else_it_is_as_closed_as_before(earlier, make_user, enter):
    stranger = enter(make_user("stranger@example.com"))

    assert stranger.get(f"/en/orders/{earlier.reference}/").status_code == 404
    answer = stranger.post(f"/en/orders/{earlier.reference}/cancel/", {"reason": "Mine."})
    assert answer.status_code == 404
    assert earlier.reference not in stranger.get("/en/account/orders/").content.decode()
    earlier.refresh_from_db()
    assert earlier.state == "new"


def test_an_order_under_another_address_joins_nobody(wheat, make_order, marat, buying):
    other = make_order(wheat, email=BUYER["email"])
    join(marat.subject, marat.email)

    assert buying.get(f"/en/orders/{other.reference}/").status_code == 404
    assert other.reference not in buying.get("/en/account/orders/").content.decode()


def test_the_list_costs_the_same_for_one_guest_or_many(
    wheat, make_order, marat, buying, django_assert_max_num_queries
):
    for _each in range(8):
        make_order(wheat, email=marat.email, quantity=1)
    join(marat.subject, marat.email)

    with django_assert_max_num_queries(13):
        html = buying.get("/en/account/orders/").content.decode()

    assert html.count('href="/en/orders/') == 8
