"""Who sees which column where: what is not in the list of a surface does not stand on it."""

from datetime import time

import pytest

from privacy.data_map import DATA_MAP, Recipient
from privacy.models import Subject
from sellers.forms import AboutForm, FoundingForm, IdentityForm, PlaceForm
from sellers.models import (
    AuthorisedPerson,
    Invitation,
    Member,
    Payment,
    Phone,
    Seller,
    Shipping,
    WorkingDay,
)
from sellers.verification import verify
from tests.conftest import IIN

# What to look for in a page when the column is shown.
CANARIES = {
    (Seller, "name"): "Канарейка",
    (Seller, "form"): "Sole proprietor",
    (Seller, "iin"): IIN,
    (Seller, "region"): "Kostanay Region",
    (Seller, "settlement"): "Канаркент",
    (Seller, "street"): "Канарная, 5",
    (Seller, "about_en"): "We sing",
    (Seller, "website"): "canary.example",
    (Seller, "minimum_order"): "777\u00a0000",
    (Phone, "number"): "+7 701 555 9173",
    (Phone, "note"): "Канароводы",
    (WorkingDay, "opens"): "03:33",
    (Shipping, "conditions"): "в клетках",
    (Payment, "conditions"): "зерном вперёд",
    (AuthorisedPerson, "full_name"): "Канареев",
    (AuthorisedPerson, "position"): "главный канар",
    (Invitation, "email"): "canary.guest@example.com",
}
STOREFRONT = {
    (Seller, "name"),
    (Seller, "form"),
    (Seller, "region"),
    (Seller, "settlement"),
    (Seller, "street"),
    (Seller, "about_en"),
    (Seller, "website"),
    (Seller, "minimum_order"),
    (WorkingDay, "opens"),
    (Shipping, "conditions"),
    (Payment, "conditions"),
}
PHONES = {(Phone, "number"), (Phone, "note")}
PROFILE = STOREFRONT | PHONES
SURFACES = {
    ("anonymous", "/en/sellers/"): {
        (Seller, "name"),
        (Seller, "form"),
        (Seller, "region"),
        (Seller, "settlement"),
    },
    ("anonymous", "/en/sellers/kanareyka/"): STOREFRONT,
    ("stranger", "/en/sellers/kanareyka/"): STOREFRONT,
    ("owner", "/en/sellers/kanareyka/"): STOREFRONT,
    ("viewer", "/en/account/seller/"): PROFILE,
    ("manager", "/en/account/seller/"): PROFILE,
    ("owner", "/en/account/seller/"): PROFILE,
    ("owner", "/en/account/seller/members/"): {(Seller, "name"), (Invitation, "email")},
    ("stranger", "/en/account/seller/"): set(),
}
TEXTS = ("CharField", "TextField", "URLField")
# On every page for whoever starts to sell: the form's choices are no data.
ALWAYS_THERE = {"Sole proprietor", "Kostanay Region"}


@pytest.fixture
def canary(make_seller, make_user, aigul):
    """A seller with something recognisable in every column."""
    seller = make_seller(
        "Канарейка",
        owner=aigul,
        form="sole",
        settlement="Канаркент",
        street="Канарная, 5",
        about_en="We sing",
        website="https://canary.example/",
        minimum_order=777000,
    )
    Phone.objects.create(seller=seller, number="+77015559173", note="Канароводы")
    WorkingDay.objects.create(seller=seller, weekday=1, opens=time(3, 33), closes=time(4, 44))
    Shipping.objects.create(seller=seller, method="post", conditions="в клетках")
    Payment.objects.create(seller=seller, method="barter", conditions="зерном вперёд")
    AuthorisedPerson.objects.create(
        seller=seller,
        subject=Subject.objects.create(),
        full_name="Канареев",
        position="главный канар",
    )
    Invitation.objects.create(
        seller=seller,
        subject=Subject.objects.create(),
        email="canary.guest@example.com",
        role="viewer",
        language="ru",
    )
    verify(seller, make_user("moderator@example.com"), checked_number=True)
    return seller


@pytest.mark.clause("P3.2", "P4.2")
@pytest.mark.parametrize(("who", "page"), SURFACES)
def test_each_surface_shows_its_list_and_nothing_else(
    canary, client, sign_in, aigul, marat, join, who, page
):
    if who == "owner":
        client = sign_in(aigul)
    elif who == "stranger":
        client = sign_in(marat)
    elif who != "anonymous":
        client = sign_in(join(canary, who))

    html = client.get(page).content.decode()

    expected = SURFACES[who, page]
    shown = {column for column, canary_words in CANARIES.items() if canary_words in html}
    if page in ("/en/sellers/", "/en/account/seller/") and not expected & PHONES:
        shown -= {column for column in shown - expected if CANARIES[column] in ALWAYS_THERE}
    assert shown == expected


@pytest.mark.clause("P3.2")
def test_the_map_says_of_every_surface_who_sees_it():
    for (who, page), columns in SURFACES.items():
        recipient = Recipient.EVERYBODY if "/sellers/" in page else Recipient.COLLEAGUES
        for model, name in columns:
            assert recipient in DATA_MAP[model].fields[name].shown_to, (who, page, name)


@pytest.mark.clause("P3.2")
def test_every_text_of_a_seller_is_among_the_canaries_or_derived():
    derived = {"slug", "sort_key", "folded_name", "bin", "about_kk", "about_ru", "logo"}

    watched = {name for model, name in CANARIES if model is Seller}

    texts = {
        name
        for name in DATA_MAP[Seller].personal_fields
        if Seller._meta.get_field(name).get_internal_type() in TEXTS
    }
    assert texts - derived == watched - {"minimum_order", "region"}


@pytest.mark.clause("P2.1")
def test_only_what_a_seller_cannot_be_without_is_asked_for():
    required = {
        name
        for form in (FoundingForm, IdentityForm, PlaceForm, AboutForm)
        for name, field in form.base_fields.items()
        if field.required
    }
    needed = {
        field.name
        for field in Seller._meta.local_concrete_fields
        if field.name in DATA_MAP[Seller].personal_fields
        and field.editable
        and not field.blank
        and not field.has_default()
    }

    assert required == needed == {"form", "name", "region", "settlement"}
    assert Member._meta.get_field("role").blank is False
