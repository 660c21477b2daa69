import pytest
import yaml
from django.test import Client

from listings import reviewing
from moderation.staff import moderators
from privacy.documents import load
from tests.listings.conftest import category, small_catalogue


@pytest.fixture(scope="session")
def catalogue_file(tmp_path_factory):
    data = small_catalogue()
    data["categories"].append(category("carriage", deal_types=["service"]))
    path = tmp_path_factory.mktemp("catalogue") / "categories.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


@pytest.fixture
def catalogue(copy_catalogue, catalogue_file):
    """A small one, which is loaded sooner: a moderator does the same in any."""
    copy_catalogue(catalogue_file)


@pytest.fixture
def rules(operator):
    """As shipped, in force. Policy and agreement would first ask everybody to accept them."""
    for slug in ("rules-ads", "rules-posting", "rules-items"):
        load(slug)


@pytest.fixture
def make_moderator(make_user, monkeypatch):
    """`client = make_moderator("a@example.com")`: in the administration, in the group."""
    monkeypatch.setattr("kazvek.admin.is_demo_staff", lambda user: True)

    def make(email="moderator@example.com", *, may=True):
        user = make_user(email, is_staff=True)
        if may:
            user.groups.add(moderators())
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        client.force_login(user)
        client.user = user
        return client

    return make


@pytest.fixture
def moderator(make_moderator, rules):
    return make_moderator()


@pytest.fixture
def decide():
    """What the buttons of the page of an ad send."""

    def decide(client, listing, act, **given):
        listing = type(listing).objects.get(pk=listing.pk)
        given = {"act": act, "seen": reviewing.edition(listing)} | given
        return client.post(f"/admin/moderation/queue/{listing.pk}/", given)

    return decide


@pytest.fixture
def sign_in():
    """A browser in which this account is signed in."""

    def sign(user):
        client = Client()
        client.force_login(user)
        return client

    return sign


@pytest.fixture
def seller(make_seller, aigul):
    return make_seller(owner=aigul, phone="+77012345678")


@pytest.fixture
def browser(sign_in, aigul, seller):
    return sign_in(aigul)
