"""A moderator takes off the page of a seller what breaks the rules."""

import pytest

from moderation import storefronts
from moderation.models import Removal
from sellers.logos import keep, read
from sellers.models import Logo, Member, Payment, Seller, Shipping
from tests.html import assert_valid
from tests.listings.photos.pictures import picture, sent


@pytest.fixture
def seller(seller):
    """With everything on the page that a person writes."""
    Seller.objects.filter(pk=seller.pk).update(
        about_ru="Звоните моему соседу Ивану Петрову.",
        about_kk="Астық сатамыз.",
        website="https://spam.example",
    )
    Shipping.objects.create(seller=seller, method="pickup", conditions="Ждём на складе.")
    Payment.objects.create(seller=seller, method="cash", conditions="Только наличные.")
    seller.phones.update(note="Спросить Ивана.")
    keep(seller, read(sent(picture())))
    seller.refresh_from_db()
    return seller


def address(seller):
    return f"/admin/moderation/storefront/{seller.pk}/"


def seen(seller):
    seller.refresh_from_db()
    return storefronts.edition(storefronts.said_by(seller))


def everything():
    return [
        Seller.objects.values().get(),
        *Shipping.objects.values("conditions"),
        *Logo.objects.values("stem"),
        *Removal.objects.values(),
    ]


@pytest.mark.clause("P3.1l")
def test_what_breaks_a_rule_goes_with_a_letter_that_brings_the_words_back(
    moderator, seller, client, mailoutbox, make_user
):
    Member.objects.create(
        seller=seller, user=make_user("viewer@example.com", language="ru"), role="viewer"
    )
    linked = moderator.get(f"/admin/sellers/seller/{seller.pk}/change/").content.decode()
    assert address(seller) in linked
    page = moderator.get(address(seller))
    assert_valid(page)
    assert "Звоните моему соседу" in page.content.decode()

    moderator.post(
        address(seller),
        {
            "parts": ["logo", "about_ru", "conditions"],
            "reasons": ["personal", "others_photo"],
            "note": "Имя соседа.",
            "seen": seen(seller),
        },
    )

    seller.refresh_from_db()
    assert (seller.logo, seller.about_ru, seller.about_kk) == ("", "", "Астық сатамыз.")
    assert not Logo.objects.exists()
    assert not seller.shipping.exclude(conditions="").exists()
    assert not seller.payment.exclude(conditions="").exists()
    assert seller.phones.get().note == "Спросить Ивана."
    storefront = client.get(seller.get_absolute_url()).content.decode()
    assert "Петров" not in storefront
    assert "/logos/" not in storefront
    removal = Removal.objects.get()
    assert removal.parts == ["logo", "about_ru", "conditions"]
    assert removal.rules == ["rules-posting/1/4.2", "rules-posting/1/2.3"]
    assert removal.by == moderator.user
    assert "Звоните" not in str(Removal.objects.values().get())
    [letter] = mailoutbox
    assert letter.to == ["aigul@example.com"]
    assert letter.subject == "Something was removed from your page as a seller"
    for said in (
        *("Звоните моему соседу Ивану Петрову.", "Ждём на складе.\nТолько наличные.", "- Logo"),
        *("Имя соседа.", "Rules for posting information, version 1, clause 4.2: http"),
    ):
        assert said in letter.body, said
    assert moderator.user.email not in letter.body
    shown = moderator.get(address(seller)).content.decode()
    assert "Имя соседа." in shown
    assert_valid(moderator.get(f"/admin/moderation/removal/{removal.pk}/change/"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"parts": []}, "Tick what breaks the rules."),
        ({"parts": ["name"]}, "Select a valid choice"),
        ({"parts": ["about_en"]}, "Select a valid choice"),
        ({"reasons": []}, "Say why: tick at least one reason."),
        # Of the rules for ads alone.
        ({"reasons": ["title"]}, "Select a valid choice"),
        ({"reasons": ["other"], "note": "x"}, "Every decision names the rule it stands on."),
        ({"reasons": ["untrue"]}, "Write what exactly is wrong, and where."),
        ({"seen": "another"}, "The page has changed since you opened it."),
    ],
)
def test_without_part_reason_rule_or_reading_nothing_is_removed(
    moderator, seller, mailoutbox, given, said
):
    before = everything()
    whole = {"parts": ["about_ru"], "reasons": ["personal"], "seen": seen(seller)}

    answer = moderator.post(address(seller), whole | given)

    assert said in answer.content.decode()
    assert everything() == before
    assert not mailoutbox


def test_who_acts_for_the_seller_or_has_no_right_removes_nothing(
    make_moderator, moderator, seller, browser, client
):
    before = everything()
    given = {"parts": ["about_ru"], "reasons": ["personal"], "seen": seen(seller)}
    Member.objects.create(seller=seller, user=moderator.user, role="viewer")

    own = moderator.post(address(seller), given)

    assert "You act for this seller: another moderator decides." in own.content.decode()
    for one in (make_moderator("staff@example.com", may=False), browser, client):
        assert one.post(address(seller), given).status_code in (302, 403)
        assert one.get(address(seller)).status_code in (302, 403)
    assert everything() == before
