"""Every private page, tried by everybody who could come by."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from privacy.models import Subject
from sellers import urls
from sellers.models import AuthorisedPerson, Invitation, Phone, Seller
from tests.conftest import PASSWORD
from tests.html import assert_valid

# By the least role that may enter.
VIEWERS_PAGES = ["", "leave/"]
MANAGERS_PAGES = [
    "logo/",
    "logo/remove/",
    "place/",
    "about/",
    "hours/",
    "shipping/",
    "payment/",
    "phones/add/",
    "phones/{phone}/",
    "phones/{phone}/remove/",
]
OWNERS_PAGES = [
    "identity/",
    "authorised/",
    "authorised/remove/",
    "members/",
    "members/invite/",
    "members/{member}/role/",
    "members/{member}/remove/",
    "members/invitations/{invitation}/withdraw/",
    "close/",
]
EVERYBODYS_PAGES = ["", "create/", "invitations/"]
ALL = VIEWERS_PAGES + MANAGERS_PAGES + OWNERS_PAGES
EVIL = {
    "form": "person",
    "name": "Evil",
    "region": "KZ-75",
    "settlement": "Evil",
    "number": "+77770000000",
    "about_ru": "Evil",
    "opens_0": "01:00",
    "closes_0": "02:00",
    "cash": "on",
    "rail": "on",
    "minimum_order": "666",
    "full_name": "Evil",
    "position": "Evil",
    "is_me": "on",
    "language": "en",
    "email": "evil@example.com",
    "role": "owner",
}


@pytest.fixture
def numbers(seller, join):
    """What the seller has, by number."""
    Invitation.objects.create(
        seller=seller,
        subject=Subject.objects.create(),
        email="canary@example.com",
        role="viewer",
        language="ru",
    )
    AuthorisedPerson.objects.create(
        seller=seller, subject=Subject.objects.create(), full_name="Канарейкин", position="директор"
    )
    return {
        "phone": seller.phones.get().pk,
        "member": join(seller, "viewer").membership.pk,
        "invitation": Invitation.objects.get().pk,
    }


@pytest.fixture
def visitor(seller, numbers, make_user, make_seller, sign_in, aigul, join, marat):
    """`visitor("manager")`: a browser of somebody like that, who has just proved who they are."""

    def people(who):
        if who == "owner":
            return aigul
        if who == "viewer":
            return seller.members.get(role="viewer").user
        if who == "manager":
            return join(seller, "manager")
        if who == "other owner":
            make_seller("Other", owner=marat)
            return marat
        if who == "moderator":
            user = make_user("moderator@example.com", is_staff=True)
            user.user_permissions.set(Permission.objects.filter(content_type__app_label="sellers"))
            return user
        return make_user("stranger@example.com")

    def visit(who):
        if who == "anonymous":
            return Client()
        client = sign_in(people(who))
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    return visit


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Seller, *(related.related_model for related in Seller._meta.related_objects))
    ]


def address(path, numbers):
    return f"/en/account/seller/{path.format(**numbers)}"


@pytest.mark.parametrize("path", [*ALL, "create/", "invitations/"])
def test_who_is_not_signed_in_is_asked_to(visitor, numbers, path):
    client, before = visitor("anonymous"), everything()

    for answer in (client.get(address(path, numbers)), client.post(address(path, numbers), EVIL)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/en/accounts/login/")
    assert everything() == before


@pytest.mark.parametrize("who", ["stranger", "moderator"])
@pytest.mark.parametrize("path", [path for path in ALL if path])
def test_who_acts_for_no_seller_finds_nothing_and_changes_nothing(visitor, numbers, who, path):
    client, before = visitor(who), everything()

    answers = [client.get(address(path, numbers)), client.post(address(path, numbers), EVIL)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert everything() == before


@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize("path", [path for path in ALL if "{" in path])
def test_the_owner_of_another_seller_does_not_reach_this_one_by_its_numbers(visitor, numbers, path):
    client, before = visitor("other owner"), everything()

    answers = [client.get(address(path, numbers)), client.post(address(path, numbers), EVIL)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert everything() == before


@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize("who", ["stranger", "moderator", "other owner"])
def test_the_pages_of_others_show_nothing_of_this_seller(visitor, numbers, who):
    client = visitor(who)

    pages = "".join(
        client.get(f"/en/account/seller/{page}").content.decode()
        for page in ("", "members/", "invitations/")
    )

    for secret in ("Жарқын", "701 234", "Канарейкин", "canary@", "viewer@"):
        assert secret not in pages


@pytest.mark.parametrize(
    ("who", "paths"),
    [("viewer", MANAGERS_PAGES + OWNERS_PAGES), ("manager", OWNERS_PAGES)],
)
def test_a_colleague_comes_no_farther_than_the_role_goes(visitor, numbers, who, paths):
    client, before = visitor(who), everything()

    for path in paths:
        assert client.get(address(path, numbers)).status_code == 403, path
        assert client.post(address(path, numbers), EVIL).status_code == 403, path

    assert everything() == before


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("viewer", VIEWERS_PAGES + ["invitations/"]),
        ("manager", VIEWERS_PAGES + MANAGERS_PAGES),
        ("owner", ALL),
        ("stranger", EVERYBODYS_PAGES),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_each_opens_what_is_theirs_as_proper_html_that_no_cache_keeps(
    visitor, numbers, who, paths, language
):
    client = visitor(who)

    for path in paths:
        if path == "logo/remove/":  # there is none to remove
            continue
        answer = client.get(f"/{language}{address(path, numbers)[3:]}")
        assert answer.status_code == 200, path
        assert_valid(answer)
        assert "no-store" in answer["Cache-Control"], path
        assert "private" in answer["Cache-Control"], path
        assert 'name="robots" content="noindex"' in answer.content.decode()


@pytest.mark.parametrize(("who", "sees"), [("viewer", False), ("manager", False), ("owner", True)])
def test_only_owners_see_the_addresses_of_members(visitor, numbers, who, sees):
    client = visitor(who)

    pages = "".join(
        client.get(f"/en/account/seller/{page}").content.decode() for page in ("", "members/")
    )

    assert ("viewer@example.com" in pages) == sees
    assert ("canary@example.com" in pages) == sees


def test_a_viewer_is_offered_no_link_that_would_be_refused(visitor, numbers):
    client = visitor("viewer")

    html = client.get("/en/account/seller/").content.decode()

    for link in set(re.findall(r'href="(/en/account/seller/[^"]*)"', html)):
        assert client.get(link).status_code == 200, link


def test_every_address_of_the_account_is_among_those_tried():
    tried = {re.sub(r"\{\w+\}", "<int:pk>", f"account/seller/{path}") for path in ALL}
    tried |= {f"account/seller/{path}" for path in EVERYBODYS_PAGES}
    # Tried in test_members.
    tried |= {f"account/seller/invitations/<int:pk>/{act}/" for act in ("accept", "decline")}

    private = {str(entry.pattern) for entry in urls.urlpatterns if "account/" in str(entry.pattern)}

    assert private == tried


def test_a_seller_who_was_closed_meanwhile_is_simply_not_there(visitor, numbers, seller):
    client = visitor("owner")
    Invitation.objects.all().delete()
    AuthorisedPerson.objects.all().delete()
    seller.delete()

    assert client.get("/en/account/seller/place/").status_code == 404
    assert client.get("/en/account/seller/").status_code == 200
    assert not Phone.objects.exists()
