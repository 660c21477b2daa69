import pytest
from django.test import Client

from sellers.founding import found
from sellers.models import Member, Seller

# Right in form and nobody's: of the end of the year 2099.
BIN = "991240900010"
OTHER_BIN = "991240900020"
IIN = "991231500016"


@pytest.fixture(autouse=True)
def regions(request):
    """Where sellers are."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("places")


@pytest.fixture
def make_seller(make_user):
    """`make_seller("Жарқын дала", form="person")`: a seller and its owner."""

    def make(name="Жарқын дала", *, owner=None, phone=None, **fields):
        numbers = {"company": {"bin": BIN}, "sole": {"iin": IIN}, "person": {}}
        fields = {"form": "company", "region_id": "KZ-39", "settlement": "Рудный"} | fields
        owner = owner or make_user(f"owner-{Seller.objects.count()}@example.com")
        return found(Seller(name=name, **numbers[fields["form"]] | fields), owner, phone)

    return make


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
