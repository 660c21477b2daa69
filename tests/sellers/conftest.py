import pytest
from django.test import Client

from sellers.models import Member


@pytest.fixture(autouse=True)
def regions(request):
    """Where sellers are."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("places")


@pytest.fixture
def seller(make_seller, aigul):
    return make_seller(owner=aigul, phone="+77012345678")


@pytest.fixture
def join(make_user):
    """An account that acts for the seller in this role."""

    def join(seller, role):
        user = make_user(f"{role}@example.com", first_name=role.title())
        Member.objects.create(seller=seller, user=user, role=role)
        return user

    return join


@pytest.fixture
def sign_in():
    """A browser in which this account is signed in."""

    def sign(user):
        client = Client()
        client.force_login(user)
        return client

    return sign


@pytest.fixture
def browser(sign_in, aigul):
    return sign_in(aigul)
