import pytest

from tests.listings.conftest import (
    few_places,  # noqa: F401 a fixture
    load_catalogue,  # noqa: F401 a fixture
    small_catalogue,
)


@pytest.fixture
def places(few_places):  # noqa: F811
    """A few, which are loaded sooner: orders do the same anywhere."""


@pytest.fixture
def catalogue(load_catalogue):  # noqa: F811
    load_catalogue(small_catalogue())
