from decimal import Decimal

import pytest
from django.utils import timezone

from listings.models import Rate
from sellers.models import Payment, Shipping
from tests.conftest import OTHER_BIN
from tests.listings.conftest import (
    few_places,  # noqa: F401 a fixture
    load_catalogue,  # noqa: F401 a fixture
    small_catalogue,
)

FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def places(few_places):  # noqa: F811
    """A few, which are loaded sooner: orders do the same anywhere."""


@pytest.fixture
def catalogue(load_catalogue):  # noqa: F811
    load_catalogue(small_catalogue())


@pytest.fixture
def put():
    """`put(client, wheat, "10")`: the button on the page of an ad."""

    def press(client, listing, quantity=None, language="en", **headers):
        typed = {} if quantity is None else {"quantity": quantity}
        path = f"/{language}/cart/add/{listing.pk}/"
        return client.post(path, typed, headers=FROM_HERE | headers)

    return press


@pytest.fixture
def farm(make_seller):
    """Sells from half a million tenge on; a lorry costs nothing up to 400 km."""
    farm = make_seller(minimum_order=500_000, verified_at=timezone.now())
    Shipping.objects.create(seller=farm, method="seller", conditions="до 400 км бесплатно")
    Payment.objects.create(seller=farm, method="prepaid", conditions="50 %")
    return farm


@pytest.fixture
def wheat(farm, make_listing):
    return make_listing(
        seller=farm, price=98_500, quantity=1000, minimum_order=5, step=5, vat="incl"
    )


@pytest.fixture
def barley(farm, make_listing):
    return make_listing("Ячмень фуражный", seller=farm, price=41_000, vat="incl")


@pytest.fixture
def oats(farm, make_listing):
    """Its price is to be asked for."""
    return make_listing("Овёс на семена", seller=farm)


@pytest.fixture
def pump(make_seller, make_listing):
    """For dollars, of another seller, who takes orders from 300 000 tenge on."""
    motors = make_seller("Ертис Моторс", bin=OTHER_BIN, minimum_order=300_000)
    Rate.objects.create(currency="USD", tenge=500)
    return make_listing(
        "Насос топливный", seller=motors, category="tractors", price=Decimal("120.50"),
        currency="USD",
    )  # fmt: skip
