import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def open_client():
    """A browser of its own: cookies, name, address."""

    def open(agent=FIREFOX, address="203.0.113.77"):
        return Client(
            HTTP_HOST="localhost",
            HTTP_USER_AGENT=agent,
            REMOTE_ADDR=address,
            enforce_csrf_checks=False,
        )

    return open


@pytest.fixture
def client(open_client):
    return open_client()


@pytest.fixture
def sign_in(open_client):
    """Through the front door: `browser = sign_in(aigul)`."""

    def sign(user, *, password=PASSWORD, **browser):
        client = open_client(**browser)
        response = client.post("/en/accounts/login/", {"login": user.email, "password": password})
        assert response.status_code == 302, response.content.decode()
        return client

    return sign


@pytest.fixture
def confirm():
    """Prove again who it is, as dangerous acts ask."""

    def confirm(client, password=PASSWORD):
        client.post(reverse("account_reauthenticate"), {"password": password})

    return confirm


def link_in(letter):
    """The address in a letter, without the host."""
    return re.search(r"^https?://[^/\s]+(/\S+)$", letter.body, re.MULTILINE)[1]


def shown_at_sign_up(client, language="en"):
    """The hidden field that says which words the form showed."""
    return client.get(f"/{language}/accounts/signup/").context["form"].shown


def is_signed_in(client):
    return client.get("/en/account/").status_code == 200
