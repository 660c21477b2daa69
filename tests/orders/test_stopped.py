"""A seller who asked to be left in peace: all is closed with a word, and all comes back."""

import pytest
from django.test import Client

from listings.models import Listing
from moderation.tasks import decline_orders_of_blocked
from orders.models import Order
from privacy.models import Request
from sellers.models import Member
from tests.conftest import PASSWORD
from tests.html import assert_valid
from tests.orders.ordering import FROM_HERE, TYPED, fill_cart, form_of, seal_of, send, words_of

pytestmark = pytest.mark.django_db

PRIVACY = "/en/account/privacy/"
CLOSED = "This seller is closed at present"


@pytest.fixture
def trusted(selling):
    """Айгүл, who has just proved who she is."""
    selling.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    return selling


def pages_of(listing):
    return [listing.get_absolute_url(), listing.seller.get_absolute_url()]


def phones_of(listing):
    return [f"/en/listing/{listing.pk}/phone/", f"{listing.seller.get_absolute_url()}phones/"]


@pytest.mark.clause("P5.2a")
@pytest.mark.parametrize("asked", ["ask/restriction/", "leave/erasure/"])
def test_ads_storefront_phones_cart_and_orders_close_with_a_word_and_come_back(
    client, trusted, wheat, order, policy, asked
):
    fill_cart(client, (wheat, 40))
    form = form_of(wheat)
    seal = seal_of(client.get(form))
    visitor = Client()
    for page in pages_of(wheat):
        assert visitor.get(page).status_code == 200

    trusted.post(f"{PRIVACY}{asked}")

    for page in pages_of(wheat):
        answer = visitor.get(page)
        assert answer.status_code == 404
        assert_valid(answer)
        assert CLOSED in answer.content.decode()
        assert wheat.seller.name not in answer.content.decode()
    for page in (*phones_of(wheat), f"/en/cart/add/{wheat.pk}/"):
        answer = visitor.post(page, {"quantity": "1"}, **FROM_HERE)
        assert answer.status_code == 404
        assert CLOSED in answer.content.decode()
    assert wheat.title not in visitor.get("/en/listings/").content.decode()
    assert "its seller is closed and takes no orders" in words_of(client.get("/en/cart/"))
    refused = client.post(form, TYPED | {"seal": seal}, **FROM_HERE, follow=True)
    assert refused.redirect_chain == [("/en/cart/", 302)]
    assert "The seller is closed at present and takes no orders." in words_of(refused)
    decline_orders_of_blocked()
    order.refresh_from_db()
    assert (order.state, Order.objects.count()) == ("new", 1)
    told = trusted.get(PRIVACY)
    assert_valid(told)
    assert "It is closed meanwhile" in words_of(told)

    trusted.post(f"{PRIVACY}requests/{Request.objects.get().pk}/take-back/")

    for page in pages_of(wheat):
        assert visitor.get(page).status_code == 200
    assert wheat.title in visitor.get("/en/listings/").content.decode()
    assert send(client, form).status_code == 302
    assert Order.objects.count() == 2
    assert "closed" not in words_of(trusted.get(PRIVACY))


def test_an_objection_to_one_use_closes_nothing_else(client, trusted, wheat, policy):
    trusted.post(f"{PRIVACY}ask/objection/", {"purpose": "statistics"})

    assert Request.objects.get().kind == "objection"
    for page in pages_of(wheat):
        assert client.get(page).status_code == 200


def test_who_is_left_in_peace_still_brings_to_an_end_what_was_ordered(
    trusted, order, policy, mailoutbox, aigul
):
    trusted.post(f"{PRIVACY}ask/restriction/")
    mailoutbox.clear()

    answer = trusted.post(f"/en/orders/{order.reference}/accept/")

    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.state == "accepted"
    assert [letter.to for letter in mailoutbox] == [[order.email]]


@pytest.mark.parametrize("others", [["owner"], ["manager"]])
def test_of_a_company_it_is_said_whether_others_keep_it_open(
    client, trusted, wheat, make_member, policy, others
):
    for role in others:
        make_member(role)
    stays_open = others == ["owner"]
    word = "It stays open" if stays_open else "It is closed meanwhile"

    assert word in words_of(trusted.get(f"{PRIVACY}ask/restriction/"))
    trusted.post(f"{PRIVACY}ask/restriction/")

    assert word in words_of(trusted.get(PRIVACY))
    assert client.get(pages_of(wheat)[0]).status_code == (200 if stays_open else 404)


# What becomes of it when its owner is deleted: said before the button.


@pytest.mark.clause("P5.2b")
@pytest.mark.parametrize(
    ("colleague", "said", "first"),
    [
        (None, "Nobody but you acts for this company, so it goes with you.", True),
        ("viewer", "without one it is shown to nobody, from now on, and nobody can order.", True),
        ("owner", "It stays, with its page, its ads and its orders.", False),
    ],
)
def test_before_deletion_it_is_said_what_becomes_of_the_company(
    trusted, wheat, order, make_member, policy, colleague, said, first
):
    if colleague:
        make_member(colleague)

    page = trusted.get(f"{PRIVACY}leave/erasure/")

    assert_valid(page)
    words = words_of(page)
    assert wheat.seller.name in words
    assert said in words
    assert ("/en/account/seller/members/" in page.content.decode().split("<main")[1]) == first
    assert ("1 order not shipped by then is declined" in words) == first
    assert ("1 ad with its photos." in words) == (colleague is None)


def test_a_proprietor_reads_that_nobody_can_take_over(
    enter, make_seller, make_listing, marat, policy
):
    seller = make_seller("ИП Омаров", form="sole", owner=marat)
    make_listing(seller=seller)
    browser = enter(marat)
    browser.post("/en/accounts/reauthenticate/", {"password": PASSWORD})

    words = words_of(browser.get(f"{PRIVACY}leave/erasure/"))

    assert "ИП Омаров" in words
    assert "It is you, so it goes with you. Nobody else can take it over." in words
    assert "Then its page is deleted, and 1 ad with its photos." in words
    assert (Listing.objects.count(), Member.objects.count()) == (1, 1)
