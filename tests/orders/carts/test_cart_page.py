"""What a cart shows: parts that can be ordered, and why the rest cannot."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from listings.models import Listing
from moderation.models import Ban
from moderation.models.ban import known_by
from orders import carts
from orders.models import Cart, CartLine
from sellers.models import Seller
from tests.html import assert_valid
from tests.orders.carts.conftest import FROM_HERE

pytestmark = pytest.mark.django_db

CART = "/en/cart/"


def page_of(client, path=CART, **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def press(client, verb, pk, **typed):
    return client.post(f"{CART}{verb}/{pk}/", typed, headers=FROM_HERE)


def parts():
    return carts.parts_of(Cart.objects.get())


def test_an_empty_cart_leads_on(client):
    page = page_of(client)

    assert "<h1>Shopping cart</h1>" in page
    assert "The cart is empty" in page
    assert 'href="/en/listings/"' in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_cart_falls_into_parts_by_seller_and_currency_each_ordered_by_itself(
    client, wheat, barley, pump, make_listing, put
):
    dollars = make_listing("Рапс", seller=wheat.seller, price=500, currency="USD")
    for listing, quantity in ((wheat, "10"), (pump, "2"), (dollars, "3"), (barley, "2,5")):
        put(client, listing, quantity)

    page = page_of(client)

    farm, motors, foreign = parts()
    assert [each.listing for each in farm.rows] == [wheat, barley]
    assert (farm.total, farm.vat) == (Decimal("1087500.00"), "with VAT")
    assert [each.total for each in (motors, foreign)] == [241, 1500]
    assert 'Shopping cart <span class="quiet number">4</span>' in page
    assert "3 orders: each is sent by its own form." in page
    for part in (farm, motors, foreign):
        path = f'href="{CART}{part.seller.slug}/{part.currency}/order/'
        assert f'{path}" data-dialog>Order from this seller</a>' in page
    assert f'href="{farm.order_path}?all" data-dialog>Order from all</a>' in page
    assert "1 087 500 ₸" in page
    assert "до 400 км бесплатно" in page
    assert carts.part_of(Cart.objects.get(), motors.seller, "USD").rows == motors.rows
    assert carts.part_of(Cart.objects.get(), motors.seller, "KZT") is None


def test_lines_without_a_price_make_it_a_request_and_are_counted(client, wheat, oats, put):
    put(client, oats, "3")
    assert "Price by agreement" in page_of(client)

    put(client, wheat, "10")

    page = page_of(client)
    assert "from 985 000 ₸ + 1 position by agreement" in page
    assert "Request for a price" in page
    Listing.objects.filter(pk=oats.pk).update(price=50_000, price_kind="from")
    assert "from 1 135 000 ₸" in page_of(client)


def test_what_is_missing_of_the_sellers_minimum_is_said_also_in_other_currencies(
    client, wheat, pump, put
):
    put(client, wheat, "5")
    put(client, pump, "2")

    page = page_of(client)

    assert "This seller takes orders from 500 000 ₸: 7 500 ₸ are missing." in page
    assert "This seller takes orders from 300 000 ₸: 179 500 ₸ are missing." in page
    assert page.count("Order from this seller") == 2
    put(client, wheat, "5")
    press(client, "change", parts()[1].lines[0].pk, quantity="5")
    assert "are missing" not in page_of(client)


def test_a_new_price_is_shown_beside_the_old_one_and_ordered_only_when_agreed_to(
    client, wheat, barley, put
):
    for listing in (wheat, barley):
        put(client, listing, "10")
    line = CartLine.objects.get(listing=wheat)
    Listing.objects.update(price=50_000)

    page = page_of(client)

    assert page.count("The price has changed. It was:") == 2
    assert "98 500" in page
    assert "1 000 000 ₸" in page
    assert "Order from this seller" not in page
    part = parts()[0]
    # What another page showed, or none, is no agreement.
    for seen in ({}, {f"seen-{line.pk}": "exact 98500.00 KZT t"}, {"seen-x": "", "seen-²": ""}):
        client.post(f"{CART}{part.seller.slug}/KZT/prices/", seen, headers=FROM_HERE)
        assert all(each.row.has_new_price for each in parts()[0].lines)
    press(client, "change", line.pk, quantity="20", seen=line_of(wheat).price_now)
    assert not line_of(wheat).has_new_price
    seen = {f"seen-{each.pk}": each.row.price_now for each in part.lines} | {"order": "1"}
    answer = client.post(f"{CART}{part.seller.slug}/KZT/prices/", seen, headers=FROM_HERE)
    assert answer["Location"] == part.order_path
    assert not parts()[0].has_new_prices
    assert "Order from this seller" in page_of(client)


def line_of(listing):
    return CartLine.objects.select_related("listing").get(listing=listing)


def test_another_quantity_is_counted_at_once_and_what_cannot_be_leaves_the_old_one(
    client, wheat, put
):
    put(client, wheat, "10")
    pk = CartLine.objects.get().pk

    answer = press(client, "change", pk, quantity="20")

    assert answer["Location"] == f"{CART}#line-{pk}"
    assert "1 970 000 ₸" in page_of(client)
    refused = press(client, "change", pk, quantity="21").content.decode()
    assert "The quantity grows in steps of 5 t." in refused
    assert 'value="21"' in refused
    assert CartLine.objects.get().quantity == 20
    assert client.get(f"{CART}change/{pk}/")["Location"] == CART


def test_a_line_goes_and_pressing_again_changes_nothing(client, wheat, barley, put):
    for listing in (wheat, barley):
        put(client, listing)
    pk = CartLine.objects.get(listing=wheat).pk

    answers = [press(client, "remove", pk) for _ in range(2)]

    assert [answer["Location"] for answer in answers] == [CART, CART]
    assert CartLine.objects.get().listing == barley
    assert press(client, "change", pk, quantity="10")["Location"] == CART
    assert client.cookies["cart_count"].value == "1"


def test_what_cannot_be_ordered_stays_in_sight_outside_of_the_sum(client, wheat, barley, put):
    for listing in (wheat, barley):
        put(client, listing, "10")
    remove = f"{CART}remove/{CartLine.objects.get(listing=wheat).pk}/"
    as_it_was = Listing.objects.filter(pk=wheat.pk).values().get()

    for facts, reason in [
        ({"state": "paused"}, "The seller has taken this ad off for a while."),
        ({"state": "paused", "quantity": 0}, "Nothing of it is left now."),
        ({"state": "sold"}, "It is sold."),
        ({"state": "expired"}, "The term of this ad is over."),
        ({"state": "blocked"}, "is not shown any more."),
        ({"state": "archived"}, "is not shown any more."),
        ({"deal_type": "wanted"}, "Whoever posted this ad wants to buy, not to sell."),
        ({"unit": "kg"}, "The seller counts in another unit now: check the quantity."),
        ({"minimum_order": 20}, "The seller&#x27;s minimum is 20 t."),
    ]:
        Listing.objects.filter(pk=wheat.pk).update(**as_it_was | facts)
        page = page_of(client)
        assert reason in page, facts
        assert "410 000 ₸" in page
        assert [part.total for part in parts() if part.lines] == [410_000]
        assert remove in page
        is_shown = facts.get("state") not in ("blocked", "archived")
        assert (wheat.title in page) == is_shown


def test_nothing_is_ordered_from_a_seller_who_is_shut_out(client, wheat, pump, policy, put):
    for listing in (wheat, pump):
        put(client, listing, "10")
    ban = Ban.objects.create(**known_by("bin", wheat.seller.bin), reason="Обман покупателей")

    page = page_of(client)
    added = put(client, wheat, "5").content.decode()
    form = client.get(f"{CART}{wheat.seller.slug}/KZT/order/", follow=True)

    reason = "The seller cannot sell on Kazvek at present."
    for answer in (page, added, form.content.decode()):
        assert reason in answer
        assert "Обман" not in answer
    assert "Add to the cart</button>" not in added
    assert form.redirect_chain == [(CART, 302)]
    assert [part.seller for part in parts() if part.lines] == [pump.seller]
    assert CartLine.objects.get(listing=wheat).quantity == 10
    ban.delete()
    assert reason not in page_of(client)


def test_whoever_offers_it_no_more_is_not_named(client, wheat, put):
    put(client, wheat)
    Seller.objects.get().members.all().delete()

    page = page_of(client)

    assert "Ads that are not shown now" in page
    assert wheat.title not in page
    assert wheat.seller.name not in page


def test_of_what_is_left_all_can_be_taken_as_far_as_the_steps_go(client, wheat, put):
    put(client, wheat, "50")
    Listing.objects.update(quantity=38)

    page = page_of(client)

    assert "Only 38 t are left." in page
    assert "Take what is left: 35 t" in page
    assert not parts()[0].lines
    press(client, "change", CartLine.objects.get().pk, quantity="35")
    assert parts()[0].total == 3_447_500
    Listing.objects.update(quantity=4)
    assert "Take what is left" not in page_of(client)


def test_tonnes_that_became_kilograms_wait_for_the_buyer(client, wheat, put):
    put(client, wheat, "10")
    Listing.objects.update(unit="kg", price="98.50")

    put(client, wheat, "15")

    assert parts()[0].total == Decimal("1477.50")
    Listing.objects.update(unit="t", price=98_500)
    pk = CartLine.objects.get().pk
    press(client, "change", pk, quantity="10", seen="exact 98.50 KZT kg")
    assert not parts()[0].lines
    press(client, "change", pk, quantity="10", seen=line_of(wheat).price_now)
    assert parts()[0].total == 985_000


def test_an_ad_that_turns_out_ones_own_after_signing_in_cannot_be_ordered(
    client, wheat, aigul, put
):
    put(client, wheat)
    wheat.seller.members.update(user=aigul)
    client.force_login(aigul)

    page = page_of(client)

    assert "This is an ad of yours: you cannot order from yourself." in page
    assert not parts()[0].lines
    assert Cart.objects.get().user == aigul


@pytest.mark.clause("F1")
def test_above_another_page_it_comes_without_the_frame(client, wheat, put):
    put(client, wheat)

    response = client.get(CART, headers={"X-Dialog": "1"})

    page = response.content.decode()
    assert response["X-Dialog"] == "1"
    assert "X-Dialog" in response["Vary"]
    assert '<h2 id="dialog-title" tabindex="-1">SHOPPING CART</h2>' in page
    assert "<html" not in page
    assert "<svg" in page
    assert f'action="{CART}remove/{CartLine.objects.get().pk}/" data-dialog>' in page
    assert "X-Dialog" not in client.get(CART)


def test_a_cart_with_everything_in_it_is_proper_html(client, wheat, barley, oats, pump, put):
    for listing in (wheat, barley, oats, pump):
        put(client, listing, "50")
    Listing.objects.filter(pk=wheat.pk).update(quantity=20)
    Listing.objects.filter(pk=oats.pk).update(state="sold")
    Listing.objects.filter(pk=barley.pk).update(price=42_000)

    for path in ("/en/cart/", "/ru/cart/", f"/kk/cart/add/{wheat.pk}/", wheat.get_absolute_url()):
        assert_valid(client.get(path))


def test_a_cart_takes_as_many_queries_however_much_lies_in_it(
    client, wheat, pump, put, make_seller, make_listing, make_user
):
    for listing in (wheat, pump):
        put(client, listing)
    page_of(client)
    few = queries(client)
    for number in range(4):
        owner = make_user(f"{number}@example.com")
        seller = make_seller(f"Ферма {number}", form="person", owner=owner, minimum_order=1)
        for currency in ("USD", "KZT"):
            put(client, make_listing(f"Овёс {number}", seller=seller, price=9, currency=currency))

    many = queries(client)

    assert Cart.objects.get().lines.count() == 10
    assert len(many) == len(few) <= 11, few


def queries(client):
    with CaptureQueriesContext(connection) as asked:
        page_of(client)
    # The catalogue is looked at once a second, whoever asks.
    return [each["sql"] for each in asked if "listings_catalogueversion" not in each["sql"]]
