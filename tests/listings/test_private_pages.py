"""Every private page of ads, tried by everybody who could come by."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from listings import urls
from listings.models import Change, Listing, Photo, Revision
from sellers.models import Member
from tests.html import assert_valid

ACTS = ["withdraw", "pause", "resume", "sell", "renew", "archive"]
# By the least role that may enter.
VIEWERS_PAGES = ["{ad}/"]
MANAGERS_PAGES = ["{ad}/edit/", "{ad}/category/"]
MANAGERS_BUTTONS = [
    "acts/",
    *(f"{{ad}}/{act}/" for act in [*ACTS, "copy", "delete", "publish", "take-back"]),
]
EVERYBODYS_PAGES = ["", "new/"]
# What belongs to other parts of the portal, and is tried there.
ELSEWHERE = ("photos/", "documents/", "stats/")
EVIL = {
    "act": "pause",
    "sure": "1",
    "all": "1",
    "title": "Evil title",
    "description": "Evil description of an evil ad",
    "price": "666",
    "price_kind": "exact",
    "category": "barley",
    "region": "KZ-55",
}


@pytest.fixture
def places(few_places):
    pass


@pytest.fixture
def catalogue(small):
    pass


@pytest.fixture
def ad(seller, make_listing):
    """A draft nobody else may know of; the seller has a live one beside it."""
    make_listing("Canary live", seller=seller, price=1)
    return make_listing("Canary draft", seller=seller, state="draft", price=777_123)


@pytest.fixture
def visitor(seller, ad, make_user, make_seller, enter, aigul, marat):
    def people(who):
        if who == "owner":
            return aigul
        if who in ("viewer", "manager"):
            user = make_user(f"{who}@example.com")
            Member.objects.create(seller=seller, user=user, role=who)
            return user
        if who == "other owner":
            make_seller("Other", owner=marat, bin="991240900020")
            return marat
        if who == "moderator":
            user = make_user("moderator@example.com", is_staff=True)
            user.user_permissions.set(Permission.objects.filter(content_type__app_label="listings"))
            return user
        return make_user("stranger@example.com")

    return lambda who: Client() if who == "anonymous" else enter(people(who))


def everything():
    models = (Listing, Revision, Change, Photo)
    return [list(model.objects.order_by("pk").values()) for model in models]


def address(path, ad):
    return f"/en/account/listings/{path.format(ad=ad.pk)}"


def test_who_is_not_signed_in_is_asked_to(visitor, ad):
    client, before = visitor("anonymous"), everything()

    for path in EVERYBODYS_PAGES + VIEWERS_PAGES + MANAGERS_PAGES + MANAGERS_BUTTONS:
        for answer in (client.get(address(path, ad)), client.post(address(path, ad), EVIL)):
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/en/accounts/login/")
    assert everything() == before


@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize("who", ["stranger", "moderator", "other owner"])
def test_who_acts_for_another_seller_or_none_finds_nothing_and_changes_nothing(visitor, ad, who):
    client, before = visitor(who), everything()

    for path in VIEWERS_PAGES + MANAGERS_PAGES + MANAGERS_BUTTONS:
        if path == "acts/":
            continue
        answers = [client.get(address(path, ad)), client.post(address(path, ad), EVIL)]
        assert {answer.status_code for answer in answers} <= {404, 405}, path
    client.post(address("acts/", ad), EVIL | {"all": "", "ad": [ad.pk]})
    client.post(address("acts/", ad), EVIL)

    assert everything() == before
    pages = "".join(client.get(address(path, ad)).content.decode() for path in EVERYBODYS_PAGES)
    assert "Canary" not in pages


def test_a_viewer_comes_no_farther_than_looking(visitor, ad):
    client, before = visitor("viewer"), everything()

    for path in MANAGERS_PAGES + MANAGERS_BUTTONS:
        for answer in (client.get(address(path, ad)), client.post(address(path, ad), EVIL)):
            assert answer.status_code in (403, 405), path
    assert client.get(address("new/", ad)).status_code == 403
    assert client.post(address("new/", ad), EVIL).status_code == 403

    assert everything() == before


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("viewer", ["", *VIEWERS_PAGES]),
        ("manager", EVERYBODYS_PAGES + VIEWERS_PAGES + MANAGERS_PAGES),
        ("owner", EVERYBODYS_PAGES + VIEWERS_PAGES + MANAGERS_PAGES),
        ("stranger", [""]),
    ],
)
def test_each_opens_what_is_theirs_as_proper_html_that_no_cache_keeps(visitor, ad, who, paths):
    client = visitor(who)

    for path in paths:
        for language in ("en", "ru", "kk"):
            answer = client.get(f"/{language}{address(path, ad)[3:]}")
            assert answer.status_code == 200, path
            assert_valid(answer)
            assert "no-store" in answer["Cache-Control"]
            assert "private" in answer["Cache-Control"]
            assert 'name="robots" content="noindex"' in answer.content.decode()


@pytest.mark.parametrize("who", ["manager", "owner"])
def test_managers_and_owners_change_ads(visitor, ad, who):
    client = visitor(who)

    client.post(address("{ad}/edit/", ad), {"act": "save", "title": "Changed by a colleague"})
    client.post(address("{ad}/delete/", Listing.objects.get(title="Canary live")))
    client.post(address("acts/", ad), EVIL | {"ad": []})

    ad.refresh_from_db()
    assert ad.title == "Changed by a colleague"
    assert Listing.objects.get(title="Canary live").state == "paused"


def test_every_address_of_the_account_is_among_those_tried():
    paths = EVERYBODYS_PAGES + VIEWERS_PAGES + MANAGERS_PAGES + MANAGERS_BUTTONS
    tried = {f"account/listings/{path}".replace("{ad}", "<int:pk>") for path in paths}

    private = {
        str(entry.pattern)
        for entry in urls.urlpatterns
        if "account/listings/" in str(entry.pattern)
        and not re.search(rf"<int:pk>/({'|'.join(ELSEWHERE)})", str(entry.pattern))
    }

    assert private == tried
