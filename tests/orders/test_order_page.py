"""The page of an order: who sees what of it, and who may do what from there."""

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listings import catalogue as catalogue_memory
from listings.models import Listing, Photo
from orders import life
from orders.forgetting import forget_contacts
from orders.models import Change, Offer, Order, OrderLine, Timer
from orders.states import TRANSITIONS, Act, Role, State
from sellers.models import Shipping
from tests.conftest import BUYER
from tests.html import assert_valid

pytestmark = pytest.mark.django_db

LANGUAGES = ["en", "ru", "kk"]
EVERYTHING = {
    "reason": "Зиянкес",
    "round": "1",
    "quantity_1": "1",
    "price_1": "1",
    "delivery_on_1": "",
    "paid_on": "",
    "payment_document": "666",
    "shipped_on": "",
}


def address(order, act="", language="en"):
    return f"/{language}/orders/{order.reference}/{act and f'{act}/'}"


def html(client, order, language="en"):
    answer = client.get(address(order, language=language))
    assert answer.status_code == 200
    assert_valid(answer)
    return answer.content.decode()


def put(order, state):
    """As if it had come so far."""
    is_over = state in (State.COMPLETED, State.CANCELLED, State.DECLINED, State.EXPIRED)
    Order.objects.filter(pk=order.pk).update(
        state=state, closed_at=timezone.now() if is_over else None
    )


@pytest.fixture
def visitor(order, make_order, wheat, enter, guest, make_member, make_seller, make_user, aigul):
    def people(who):
        match who:
            case "anonymous":
                return Client()
            case "stranger":
                return enter(make_user("stranger@example.com"))
            case "other seller":
                other = make_user("other@example.com")
                make_seller("Басқа", owner=other, bin="991240900020")
                return enter(other)
            case "viewer" | "manager":
                return enter(make_member(who))
            case "owner":
                return enter(aigul)
            case "buyer":
                return enter(order.buyer.user)
            case "guest":
                return guest(order)
            case "guest with a wrong key":
                return guest(order, key="x" * 43)
            case "guest of another order":
                other = make_order(wheat, email="other@example.com")
                return guest(other)
        raise KeyError(who)

    return people


NOBODY = [
    *("anonymous", "stranger", "other seller"),
    *("guest with a wrong key", "guest of another order"),
]
MAY = {"owner": Role.SELLER, "manager": Role.SELLER, "buyer": Role.BUYER, "guest": Role.BUYER}


@pytest.mark.parametrize("who", [*NOBODY, "viewer", *MAY])
def test_each_address_opens_to_whom_it_is_for_and_to_nobody_else(visitor, order, who, mailoutbox):
    client = visitor(who)
    acts = dict.fromkeys([*TRANSITIONS[Role.SELLER], *TRANSITIONS[Role.BUYER]])
    del acts[Act.SEE]
    order.offers.create(round=1).lines.create(line=order.lines.get(), quantity=2, price=2)
    mailoutbox.clear()
    given = EVERYTHING | dict.fromkeys(["paid_on", "shipped_on"], str(timezone.localdate()))

    answer = client.get(address(order))
    assert answer.status_code == (404 if who in NOBODY else 200)
    assert (BUYER["phone"] in answer.content.decode()) == (who not in NOBODY)

    may = TRANSITIONS[MAY[who]] if who in MAY else {}
    for act in acts:
        put(order, state_for(act))
        before, page = whole(order), address(order, act.replace("_", "-"))
        if act in may:
            assert client.get(page).url == address(order)
            assert whole(order) == before
            assert client.post(page, given).url == address(order)
            assert Change.objects.count() == before[-1] + 1, act
            Offer.objects.exclude(round=1).delete()
            Offer.objects.update(answer="")
        else:
            refused = 404 if who in NOBODY else 403
            assert client.post(page, given).status_code == refused, act
            assert client.get(page).status_code == refused, act
            assert whole(order) == before
    assert bool(mailoutbox) == (who in MAY)


def state_for(act):
    """One in which somebody may do it."""
    sides = (TRANSITIONS[role] for role in (Role.SELLER, Role.BUYER))
    return next(iter(next(acts[act] for acts in sides if act in acts)))


def whole(order):
    return (
        Order.objects.filter(pk=order.pk).values().get(),
        list(OrderLine.objects.values()),
        list(Offer.objects.values()),
        list(Listing.objects.order_by("pk").values("state", "quantity")),
        Change.objects.count(),
    )


def test_no_button_works_without_its_token(order, aigul):
    client = Client(enforce_csrf_checks=True)
    client.force_login(aigul)
    client.get(address(order))
    before = whole(order)

    assert client.post(address(order, "accept")).status_code == 403

    assert whole(order) == before


def test_who_is_signed_out_is_shown_the_way_in_and_not_whether_there_is_such_an_order(order):
    there = Client().get(address(order))
    nowhere = Client().get("/en/orders/0000-0000/")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert f"/en/accounts/login/?next=/en/orders/{order.reference}/" in there.content.decode()
    assert there.content.decode().replace(order.reference, "0000-0000") == nowhere.content.decode()


# What it shows


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_sides_read_the_whole_order_in_their_language(
    selling, buying, seller, wheat, make_listing, make_order, marat, language
):
    barley = make_listing("Ячмень кормовой", seller=seller, category="barley", currency="KZT")
    photo = Photo.objects.create(
        listing=wheat, state="ready", stem="ab" * 32, widths=[200], width=200, height=150
    )
    Listing.objects.filter(pk=wheat.pk).update(photo_order=[photo.pk])
    order = make_order(
        [wheat, barley],
        user=marat,
        shipping=Shipping(method="carrier", conditions="до 400 км"),
    )
    Order.objects.update(
        payment="bank", payment_conditions="50 % аванс", paid_on="2026-11-20",
        payment_document="ПП 118", shipped_on="2026-11-21", carrier="ҚТЖ", waybill="ЭБ 77",
    )  # fmt: skip

    for one in (selling, buying):
        page = html(one, order, language)
        for said in (
            *(order.reference, wheat.title, barley.title, seller.name, "980 000"),
            *BUYER.values(),
            *("до 400 км", "50 % аванс", "ПП 118", "ҚТЖ", "ЭБ 77"),
            *(f"{'ab' * 32}-200.webp", wheat.get_absolute_url().removeprefix("/ru")),
        ):
            shown = page.replace("\u00a0", " ").replace("+7 701 234 5678", "+77012345678")
            assert said in shown, said


def test_what_was_agreed_stands_beside_what_was_ordered(selling, buying, order, aigul, marat):
    line = order.lines.get()
    life.offer(
        order, aigul, {line.pk: life.Terms(Decimal(8), Decimal(95_000), timezone.localdate())}
    )

    before = html(buying, order)
    life.agree(order, marat, 1)
    after = html(selling, order)

    assert '<s class="quiet">10</s>' not in before
    assert "The seller’s counter-offer" in before
    assert '<s class="quiet">10</s>' in after
    assert "760 000" in after.replace("\u00a0", " ")
    assert "98 000" in after.replace("\u00a0", " ")


def test_the_page_says_until_when_the_answer_is_awaited(selling, buying, order):
    order.timers.filter(kind=Timer.Kind.EXPIRE).update(due_at="2037-11-26T13:40Z")

    assert "Answer by Thursday, 26 November, 18:40: accept" in html(selling, order)
    assert "Жауап беру мерзімі: бейсенбі, 26 қараша, 18:40" in html(selling, order, "kk")
    assert "The seller has until Thursday, 26 November, 18:40 to answer." in html(buying, order)
    assert "Срок ответа продавца: четверг, 26 ноября, 18:40" in html(buying, order, "ru")


def test_an_ad_that_everybody_can_read_no_more_has_no_link(buying, order, wheat):
    link = f"/listing/{wheat.pk}/"
    assert link in html(buying, order)

    Listing.objects.update(state="archived")
    assert link not in html(buying, order)

    wheat.delete()
    page = html(buying, order)
    assert wheat.title in page
    assert link not in page


@pytest.mark.clause("P4.1a")
def test_contacts_vanish_from_the_sellers_view_ninety_days_after_the_end(
    selling, buying, order, marat
):
    life.cancel(order, Role.BUYER, marat, "Марат, 8 705 111 22 33")
    Order.objects.update(closed_at=timezone.now() - timedelta(days=89))
    assert BUYER["full_name"] in html(selling, order)

    Order.objects.update(closed_at=timezone.now() - timedelta(days=90))

    page = html(selling, order)
    for value in [*BUYER.values(), "+7 701 234 5678", "8 705 111 22 33"]:
        assert value not in page
    assert "90 days after an order is closed" in page
    assert "Пшеница 3 класса" in page
    assert BUYER["full_name"] in html(buying, order)


@pytest.mark.clause("P4.1a")
def test_the_address_is_not_there_where_the_shipping_needs_none(selling, wheat, make_order, marat):
    order = make_order(wheat, user=marat, shipping=Shipping(method="pickup"))

    assert BUYER["address"] not in html(selling, order)


def test_to_the_buyer_too_the_page_says_that_the_contacts_are_gone(buying, order, marat):
    life.cancel(order, Role.BUYER, marat, "—")
    Order.objects.update(closed_at=timezone.now() - timedelta(days=91))

    forget_contacts()

    page = html(buying, order)
    assert "The data of the buyer has been deleted." in page
    assert "This is what the seller sees of you" not in page


def test_an_address_that_bids_to_copy_somebody_in_stays_an_address(selling, wheat, make_order):
    order = make_order(wheat, email="a?bcc=spy%40example.com&b=@example.com")

    page = html(selling, order)

    assert "mailto:a%3Fbcc%3Dspy%2540example.com%26b%3D@example.com" in page
    assert "a?bcc" not in page.partition("mailto:")[2].partition('"')[0]


def test_an_erased_buyer_leaves_the_papers_of_the_seller(selling, order):
    Order.objects.update(
        **dict.fromkeys(Order.CONTACTS, ""),
    )

    page = html(selling, order)

    assert "The data of the buyer has been deleted." in page
    assert "980 000" in page.replace("\u00a0", " ")
    assert (
        "The order is accepted"
        in selling.post(address(order, "accept"), follow=True).content.decode()
    )


def test_the_page_costs_the_same_for_one_line_or_twenty(
    selling, seller, order, make_listing, make_order, marat, aigul, operator_is_known, monkeypatch
):
    many = make_order(
        [make_listing(f"Пшеница {each}", seller=seller, price=each + 1) for each in range(20)],
        user=marat,
    )
    for each in (order, many):
        for price in (3, 2, 1):
            terms = {
                line.pk: life.Terms(Decimal(10), Decimal(price + 90), None)
                for line in each.lines.all()
            }
            life.offer(each, aigul, terms)

    def queries(order):
        selling.get(address(order))
        # What a process remembers it looks at once a second, whatever the page.
        monkeypatch.setitem(catalogue_memory.remembered, "until", math.inf)
        with CaptureQueriesContext(connection) as captured:
            selling.get(address(order))
        return len(captured)

    assert queries(order) == queries(many) <= 18
