import pytest

from privacy.ledger import Occasion
from privacy.models import Subject


@pytest.fixture
def subject(db):
    return Subject.objects.create()


@pytest.fixture
def occasion():
    return Occasion("test form", "Yes", network="203.0.113.0/24", browser="Firefox")
