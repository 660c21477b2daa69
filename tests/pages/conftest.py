import math

import pytest

from privacy import operator


@pytest.fixture
def operator_is_known(monkeypatch):
    """The record of the operator was read less than a minute ago, as it is on most requests."""
    monkeypatch.setitem(operator.remembered, "until", math.inf)
