"""The number of the seller: for whoever asks with the button, and in no page before."""

import pytest
from django.test import Client

from sellers.models import Phone
from tests.html import assert_valid
from ui.limits import is_within

FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def listing(make_listing):
    listing = make_listing(price=98_500)
    Phone.objects.create(seller=listing.seller, number="+77012345678", note="Элеватор")
    Phone.objects.create(seller=listing.seller, number="+77019998877")
    listing.seller.working_days.create(weekday=0, opens="09:00", closes="18:00")
    return listing


def ask(client, listing, **headers):
    return client.post(f"/en/listing/{listing.pk}/phone/", **FROM_HERE | headers)


@pytest.mark.clause("P3.2", "P4.2")
def test_the_numbers_are_shown_to_who_asks_with_hours_and_a_warning(client, listing):
    before = client.get(f"/en/listing/{listing.pk}/", follow=True)

    answer = ask(client, listing)

    html = answer.content.decode()
    assert "Show the phone" in before.content.decode()
    for number in ("701 234", "7012345678", "701 999", "Элеватор"):
        assert number not in before.content.decode()
    for words in ("+7 701 234 5678", "+7 701 999 8877", "Элеватор", "09:00–18:00", "Never pay"):
        assert words in html
    assert answer.status_code == 200
    assert_valid(answer)
    assert "no-store" in answer["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in html
    assert "ld+json" not in html
    assert not answer.cookies


def test_an_ad_with_a_phone_of_its_own_shows_only_that(client, listing):
    listing.phone = listing.seller.phones.get(note="")
    listing.save()

    html = ask(client, listing).content.decode()

    assert "+7 701 999 8877" in html
    assert "+7 701 234 5678" not in html


def test_by_its_address_the_page_of_the_number_leads_back_to_the_ad(client, listing):
    answer = client.get(f"/en/listing/{listing.pk}/phone/")

    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/en/listing/{listing.pk}/pshenitsa-3-klassa/")


@pytest.mark.parametrize("headers", [{}, {"HTTP_SEC_FETCH_SITE": "cross-site"}])
def test_another_site_gets_no_number(listing, headers):
    answer = Client(enforce_csrf_checks=True).post(f"/en/listing/{listing.pk}/phone/", **headers)

    assert answer.status_code == 403
    assert "701 234" not in answer.content.decode()


@pytest.mark.parametrize("state", ["paused", "expired", "sold", "draft", "blocked"])
def test_what_is_not_on_offer_has_no_number(client, listing, state):
    listing.state = state
    listing.save()

    answer = ask(client, listing)

    assert answer.status_code == (302 if state in ("paused", "expired", "sold") else 404)
    assert "701 234" not in answer.content.decode()


@pytest.mark.clause("P3.1j")
def test_a_visitor_sees_ten_numbers_an_hour_and_a_member_fifty(client, listing, marat):
    member = Client()
    member.force_login(marat)
    for _ in range(10):
        assert ask(client, listing).status_code == 200
    for _ in range(49):
        is_within(50, 3600, f"listings:phones:{marat.pk}")
    assert ask(member, listing).status_code == 200

    for refused in (ask(client, listing), ask(member, listing)):
        assert refused.status_code == 429
        assert refused["Retry-After"] == "3600"
        assert "701 234" not in refused.content.decode()
        assert "Come back in an hour" in refused.content.decode()
        assert_valid(refused)
    assert ask(client, listing, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_without_valkey_the_number_waits_and_the_page_stays(client, listing, settings):
    client.raise_request_exception = False
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    answer = ask(client, listing)

    assert answer.status_code == 503
    assert answer["Retry-After"]
    page = client.get(f"/en/listing/{listing.pk}/", follow=True, HTTP_USER_AGENT="Mozilla/5.0")
    assert page.status_code == 200


def test_a_seller_without_a_phone_is_said_to_have_none(client, make_listing):
    listing = make_listing()

    html = client.get(f"/en/listing/{listing.pk}/", follow=True).content.decode()

    assert "The seller has given no phone" in html
    assert "Show the phone" not in html
    assert ask(client, listing).status_code == 200
