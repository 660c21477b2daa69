from datetime import UTC, datetime

import pytest
from django.test import Client

from orders.letters import key_of
from orders.models import Order
from orders.tasks import sweep_timers
from sellers.models import Member
from tests.listings.conftest import (
    few_places,  # noqa: F401 a fixture
    small,  # noqa: F401 a fixture
    small_file,  # noqa: F401 a fixture
)

MONDAY = datetime(2026, 11, 23, 13, 40, tzinfo=UTC)  # 18:40 in Almaty


@pytest.fixture
def places(few_places):  # noqa: F811
    """A few, which are loaded sooner: orders do the same anywhere."""


@pytest.fixture
def catalogue(small):  # noqa: F811
    """A small one, for the same reason."""


@pytest.fixture
def seller(make_seller, aigul):
    """Айгүл's."""
    return make_seller(owner=aigul)


@pytest.fixture
def wheat(seller, make_listing):
    return make_listing(seller=seller, price=98_000, quantity=100)


@pytest.fixture
def order(wheat, make_order, marat):
    """Of ten tonnes of wheat, by Марат."""
    return make_order(wheat, user=marat)


@pytest.fixture
def enter():
    """A browser in which this account is signed in."""

    def enter(user):
        client = Client()
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def selling(enter, aigul):
    return enter(aigul)


@pytest.fixture
def buying(enter, marat):
    return enter(marat)


@pytest.fixture
def guest():
    """`guest(order)`: a browser without an account that was opened by the key of a letter."""

    def open(order, key=None):
        client = Client()
        page = f"/en/orders/{order.reference}/open/"
        client.get(page, {"key": key_of(order) if key is None else key})
        return client

    return open


@pytest.fixture
def make_member(seller, make_user):
    def make(role, email=None):
        user = make_user(email or f"{role}@example.com")
        Member.objects.create(seller=seller, user=user, role=role)
        return user

    return make


@pytest.fixture
def now():
    """An order as it is in the database."""
    return lambda order: Order.objects.get(pk=order.pk)


@pytest.fixture
def at(time_machine):
    """`at(MONDAY)`: it is then, and the clock has struck. It begins on that Monday."""

    def at(moment, *, sweeps=True):
        time_machine.move_to(moment, tick=False)
        if sweeps:
            sweep_timers()

    at(MONDAY, sweeps=False)
    return at
