"""What buyer and seller do to an order, by the buttons of its page."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Phone
from listings.models import Listing
from orders import life
from orders.life import Terms
from orders.models import Change, Offer, Order
from orders.states import TRANSITIONS, Act, Role, State
from orders.telling import NEXT, WHAT, remind
from tests.conftest import BUYER, PASSWORD

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate
EVERY_ACT = [
    *("accept", "offer", "decline", "pay", "ship"),
    *("agree", "turn-down", "complete", "cancel", "dispute"),
]


def address(order, act=""):
    return f"/en/orders/{order.reference}/{act and f'{act}/'}"


def press(client, order, act, **given):
    """The page that follows, as text."""
    answer = client.post(address(order, act), given, follow=True)
    assert answer.status_code in (200, 400), answer.status_code
    return answer.content.decode()


def offered(quantity="10", price="95 000", day="", line=1, **others):
    return {
        f"quantity_{line}": quantity,
        f"price_{line}": price,
        f"delivery_on_{line}": str(day),
    } | others


def left_of(listing):
    return Listing.objects.values_list("quantity", flat=True).get(pk=listing.pk)


def acts_of(order):
    return list(order.history.values_list("act", "role"))


# The whole way


def test_an_order_runs_from_its_opening_to_completed_with_a_history_and_letters(
    selling, buying, order, wheat, now, mailoutbox
):
    mailoutbox.clear()

    selling.get(address(order))
    assert "The order is accepted" in press(selling, order, "accept")
    paid = press(selling, order, "pay", paid_on=TODAY(), payment_document="ПП 118")
    shipped = press(selling, order, "ship", shipped_on=TODAY(), carrier="ҚТЖ", waybill="ЭБ 771 204")
    done = press(buying, order, "complete")

    assert "ПП 118" in paid
    assert "ЭБ 771 204" in shipped
    assert "The delivery is confirmed" in done
    order = now(order)
    assert (order.state, order.closed_at is not None) == (State.COMPLETED, True)
    assert acts_of(order) == [
        (Act.SEND, Role.BUYER),
        (Act.SEE, Role.SELLER),
        (Act.ACCEPT, Role.SELLER),
        (Act.PAY, Role.SELLER),
        (Act.SHIP, Role.SELLER),
        (Act.COMPLETE, Role.BUYER),
    ]
    assert left_of(wheat) == 90
    assert [(letter.to, letter.subject) for letter in mailoutbox] == [
        ([to], f"Order {order.reference}. {what}")
        for to, what in (
            ("buyer@example.com", "The seller opened the order"),
            ("buyer@example.com", "The seller accepted the order"),
            ("buyer@example.com", "The seller marked the order as paid"),
            ("buyer@example.com", "The seller shipped the order"),
            ("aigul@example.com", "The buyer confirmed the delivery"),
        )
    ]
    assert "ЭБ 771 204" in mailoutbox[3].body
    assert "?key=" in mailoutbox[3].body
    assert "?key=" not in mailoutbox[4].body


def test_every_change_has_words_and_every_state_says_what_comes_next():
    told = {(act, role) for role, acts in TRANSITIONS.items() for act in acts}

    assert told <= set(WHAT)
    assert {(state, role) for state, sides in NEXT.items() for role in sides} == {
        (state, role) for state in State for role in (Role.BUYER, Role.SELLER)
    }


# Opening it


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_SEC_FETCH_DEST": "image"},
    ],
)
def test_what_a_browser_loads_beforehand_or_inside_another_page_nobody_has_read(
    selling, order, now, headers
):
    selling.get(address(order), **headers)
    selling.head(address(order))

    assert now(order).state == State.NEW


def test_it_is_seen_once_and_not_by_who_only_reads(
    selling, enter, make_member, order, now, mailoutbox
):
    enter(make_member("viewer")).get(address(order))
    assert now(order).state == State.NEW

    mailoutbox.clear()
    for _ in range(2):
        selling.get(address(order))

    assert now(order).seen_at is not None
    assert acts_of(order).count((Act.SEE, Role.SELLER)) == 1
    assert [letter.to for letter in mailoutbox] == [["buyer@example.com"]]


# Counter-offers


def test_an_accepted_counter_offer_changes_the_lines_and_what_is_set_aside(
    selling, buying, order, wheat, now, mailoutbox
):
    day = TODAY() + timedelta(days=9)
    press(selling, order, "offer", **offered("25,5", "95 500", day, note="Келесі аптада"))
    page = buying.get(address(order)).content.decode()

    assert "Келесі аптада" in page
    assert "25.5" in page
    assert left_of(wheat) == 90
    assert "The counter-offer is accepted" in press(buying, order, "agree", round=1)

    line = now(order).lines.get()
    assert (line.quantity, line.price, line.delivery_on) == (Decimal("25.5"), 95_500, day)
    assert (line.ordered_quantity, line.ordered_price, line.reserved) == (
        10,
        98_000,
        Decimal("25.5"),
    )
    assert left_of(wheat) == Decimal("74.5")
    assert (now(order).state, Offer.objects.get().answer) == (State.ACCEPTED, "agreed")
    assert "2 435 250" in mailoutbox[-1].body.replace("\u00a0", " ")


def test_less_that_is_agreed_comes_back_and_puts_the_ad_on_sale_again(
    selling, buying, wheat, make_order, marat
):
    order = make_order(wheat, quantity=100, user=marat)
    assert Listing.objects.get(pk=wheat.pk).state == "paused"

    press(selling, order, "offer", **offered("60", "98 000"))
    press(buying, order, "agree", round=1)

    wheat.refresh_from_db()
    assert (wheat.quantity, wheat.state) == (40, "published")


def test_more_than_is_left_is_refused_to_the_buyer_with_what_there_is(
    selling, buying, order, wheat, now
):
    press(selling, order, "offer", **offered("90"))
    Listing.objects.filter(pk=wheat.pk).update(quantity=30)

    page = press(buying, order, "agree", round=1)

    assert "does not have so much any more" in page
    assert "40 t" in page
    assert now(order).state == State.CHANGED
    assert (order.lines.get().quantity, left_of(wheat)) == (10, 30)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (offered("0"), "Order more than nothing."),
        (offered("1", "0"), "A price is more than nothing."),
        (offered("105"), "Only 100 t are left."),
        (offered("7"), "The quantity grows in steps of 5 t."),
        (offered("", ""), "This field is required."),
        (offered("many"), "Enter a number."),
        (offered("NaN"), "Enter a number."),
        (offered("1e400"), "Ensure that there are no more than 14 digits in total."),
        (offered(day="2020-01-01"), "This day is over."),
        (offered(day="soon"), "Enter a valid date."),
        (offered(note="ж" * 513), "Ensure this value has at most 512 characters (it has 513)."),
        ({}, "This field is required."),
    ],
)
def test_an_offer_that_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    selling, order, wheat, now, given, fault
):
    Listing.objects.filter(pk=wheat.pk).update(step=5)

    page = press(selling, order, "offer", **given)

    assert fault in page
    assert "Nothing has been saved or sent." in page
    if note := given.get("note"):
        assert note in page
    assert now(order).state == State.NEW
    assert not Offer.objects.exists()


def test_an_offer_of_what_was_ordered_is_none(selling, order, now):
    assert "says what the order says" in press(selling, order, "offer", **offered("10", "98000"))

    assert not Offer.objects.exists()
    assert now(order).state == State.SEEN


def test_five_counter_offers_and_no_sixth(selling, buying, order, now):
    for number in range(1, 6):
        press(selling, order, "offer", **offered(price=str(98_000 - number)))
        if number == 2:
            assert "The counter-offer is declined" in press(buying, order, "turn-down", round=2)
            assert now(order).state == State.SEEN

    page = press(selling, order, "offer", **offered(price="90000"))

    assert "There can be 5 counter-offers, and they are made." in page
    assert "Propose a change" not in page
    answers = list(Offer.objects.values_list("answer", flat=True))
    assert answers == ["over", "no", "over", "over", ""]


def test_the_buyer_agrees_to_the_offer_that_was_read_and_to_no_newer_one(
    selling, buying, order, now
):
    press(selling, order, "offer", **offered(price="90 000"))
    press(selling, order, "offer", **offered(price="97 000"))

    for act in ("agree", "turn-down"):
        for round in (1, 9, "x", "", "1" * 5000):
            page = press(buying, order, act, round=round)
            assert "The seller has made a newer offer meanwhile." in page

    assert now(order).state == State.CHANGED
    assert order.lines.get().price == 98_000


def test_a_request_for_a_price_is_answered_by_naming_it(
    selling, buying, seller, make_listing, make_order, marat, now
):
    barley = make_listing("Ячмень", seller=seller, category="barley", quantity=50)
    order = make_order(barley, user=marat)

    assert "Accept the order" not in selling.get(address(order)).content.decode()
    assert "The buyer asks for your price" in press(selling, order, "accept")
    assert now(order).state == State.SEEN
    assert "This field is required." in press(selling, order, "offer", **offered(price=""))
    press(selling, order, "offer", **offered(price="71 000"))
    press(buying, order, "agree", round=1)

    assert (now(order).state, order.lines.get().price) == (State.ACCEPTED, 71_000)


# The end


@pytest.mark.parametrize(
    ("who", "act", "state"),
    [("seller", "decline", "declined"), ("buyer", "cancel", "cancelled")],
)
def test_what_was_set_aside_goes_back_once_with_the_reason_to_the_other_side(
    selling, buying, wheat, make_order, marat, now, mailoutbox, who, act, state
):
    order = make_order(wheat, quantity=100, user=marat)
    one = selling if who == "seller" else buying
    mailoutbox.clear()

    for _ in range(2):
        press(one, order, act, reason="Астық сатылып кетті")

    wheat.refresh_from_db()
    assert (wheat.quantity, wheat.state) == (100, "published")
    assert order.lines.get().reserved is None
    assert now(order).state == state
    assert len(mailoutbox) == 1
    assert "Астық сатылып кетті" in mailoutbox[0].body
    assert "Астық" not in mailoutbox[0].subject


def test_the_seller_cancels_what_was_accepted(selling, order, wheat, now):
    press(selling, order, "accept")

    press(selling, order, "cancel", reason="Вагондар жоқ")

    assert (now(order).state, left_of(wheat)) == (State.CANCELLED, 100)


@pytest.mark.parametrize("fate", ["sold", "expired", "archived", "gone", "other unit", "uncounted"])
def test_what_comes_back_wakes_no_ad_that_is_off_sale(
    selling, order, wheat, make_listing, now, fate
):
    if fate == "gone":
        wheat.delete()
    elif fate == "other unit":
        Listing.objects.filter(pk=wheat.pk).update(unit="kg", quantity=5_000)
    elif fate == "uncounted":
        Listing.objects.filter(pk=wheat.pk).update(quantity=None)
    else:
        Listing.objects.filter(pk=wheat.pk).update(state=fate)

    press(selling, order, "decline", reason="—")

    assert now(order).state == State.DECLINED
    assert order.lines.get().reserved is None
    expected = {
        "gone": [],
        "other unit": [("published", 5_000)],
        "uncounted": [("published", None)],
    }
    found = list(Listing.objects.filter(pk=wheat.pk).values_list("state", "quantity"))
    assert found == expected.get(fate, [(fate, 100)])


def test_whoever_has_paid_is_not_told_that_nobody_owes_anything(
    selling, buying, order, now, mailoutbox
):
    press(selling, order, "accept")
    press(selling, order, "pay", paid_on=timezone.localdate().isoformat())

    page = press(buying, order, "cancel", reason="—")

    assert now(order).state == State.CANCELLED
    letter = mailoutbox[-1].body
    assert "agree with the seller on what goes back" in page
    assert "agree with the buyer on what goes back" in letter
    assert "Nobody owes anything" not in page + letter


def test_what_comes_back_on_top_of_as_much_as_an_ad_can_say_ends_the_order_all_the_same(
    buying, order, wheat, now
):
    most = Decimal("99999999999.999")
    Listing.objects.filter(pk=wheat.pk).update(quantity=most)

    press(buying, order, "cancel", reason="—")

    assert now(order).state == State.CANCELLED
    assert Listing.objects.get(pk=wheat.pk).quantity == most


@pytest.mark.parametrize("reason", ["", "  \r\n ", "ж" * 513], ids=["none", "blank", "long"])
def test_an_end_needs_a_reason_of_a_length_that_can_be_read(selling, buying, order, now, reason):
    for one, act in ((selling, "decline"), (buying, "cancel"), (buying, "dispute")):
        if act == "dispute":
            press(selling, order, "accept")
        page = press(one, order, act, reason=reason)
        assert "Nothing has been saved or sent." in page
        assert reason.strip() in page

    assert now(order).state == State.ACCEPTED


def test_512_characters_are_counted_after_line_ends_are_made_one(buying, order, now):
    reason = "ж" * 255 + "\r\n" + "😀" * 256

    press(buying, order, "cancel", reason=reason)

    assert now(order).history.last().note == reason.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("act", "given", "fault"),
    [
        ("pay", {"paid_on": "2999-01-01"}, "This day has not come yet."),
        ("pay", {"paid_on": "2001-01-01"}, "write that day or a later one"),
        ("pay", {"paid_on": ""}, "This field is required."),
        ("ship", {"shipped_on": "yesterday"}, "Enter a valid date."),
        ("ship", {"shipped_on": "2999-01-01", "carrier": "КТЖ"}, "This day has not come yet."),
    ],
)
def test_days_of_payment_and_shipment_lie_between_the_order_and_today(
    selling, order, now, act, given, fault
):
    press(selling, order, "accept")

    assert fault in press(selling, order, act, **given)

    assert now(order).state == State.ACCEPTED


def test_the_money_may_come_after_the_goods_and_only_once(selling, order, now):
    press(selling, order, "accept")
    press(selling, order, "ship", shipped_on=TODAY())
    press(selling, order, "pay", paid_on=TODAY(), payment_document="1")

    page = press(selling, order, "pay", paid_on=TODAY(), payment_document="2")

    assert "This is done already. The seller marked the order as paid" in page
    assert (now(order).state, now(order).payment_document) == (State.SHIPPED, "1")


# Disputes


def test_a_dispute_is_settled_once_by_the_administration(
    selling, buying, order, wheat, make_user, now, mailoutbox
):
    judge = make_user("judge@example.com")
    press(selling, order, "accept")
    press(selling, order, "ship", shipped_on=TODAY())
    press(buying, order, "dispute", reason="Салмағы кем")
    assert now(order).state == State.DISPUTED
    mailoutbox.clear()

    life.settle(order, judge, "Таразы актісі дұрыс")
    page = press(buying, order, "dispute", reason="Келіспеймін")

    assert "The administration settled the dispute: the order stands" in page
    assert now(order).state == State.COMPLETED
    assert left_of(wheat) == 90
    assert sorted(letter.to[0] for letter in mailoutbox) == [
        "aigul@example.com",
        "buyer@example.com",
    ]
    assert all("judge" not in letter.body for letter in mailoutbox)


def test_an_order_undone_in_a_dispute_gives_the_goods_back(
    selling, buying, order, wheat, make_user, now
):
    press(selling, order, "accept")
    press(selling, order, "dispute", reason="Төлем жоқ")

    life.undo(order, make_user("judge@example.com"), "Тараптар келісті")

    assert (now(order).state, left_of(wheat)) == (State.CANCELLED, 100)
    assert now(order).closed_at is not None


def test_a_completed_order_is_disputed_within_fourteen_days(selling, buying, order, now):
    press(selling, order, "accept")
    press(selling, order, "ship", shipped_on=TODAY())
    press(buying, order, "complete")
    Order.objects.update(closed_at=timezone.now() - Order.DISPUTED_WITHIN)

    page = press(buying, order, "dispute", reason="Кеш")
    assert "This cannot be done any more. The buyer confirmed the delivery" in page
    assert now(order).state == State.COMPLETED

    Order.objects.update(closed_at=timezone.now() - timedelta(days=13))
    press(buying, order, "dispute", reason="Ылғалдылығы жоғары")
    assert (now(order).state, now(order).closed_at) == (State.DISPUTED, None)


# Late and wrong


def test_whoever_comes_late_reads_what_happened_meanwhile_by_whom_and_when(
    selling, buying, order, wheat, now
):
    press(buying, order, "cancel", reason="Қажет емес")
    when = timezone.localtime(now(order).closed_at).strftime("%H:%M")

    for act in ("accept", "decline", "ship", "pay", "offer"):
        page = press(selling, order, act)
        assert "This cannot be done any more. The buyer cancelled the order:" in page
        assert f"{when}. Nothing was changed." in page

    assert now(order).state == State.CANCELLED
    assert Change.objects.filter(order=order).count() == 2
    assert left_of(wheat) == 100


def test_a_button_pressed_twice_does_it_once(selling, buying, order, now, mailoutbox):
    press(selling, order, "offer", **offered())
    assert "This is done already." in press(selling, order, "offer", **offered())
    press(buying, order, "agree", round=1)
    mailoutbox.clear()

    assert "This is done already." in press(buying, order, "agree", round=1)

    assert (Offer.objects.count(), mailoutbox) == (1, [])


def test_letters_to_the_seller_say_what_the_buyer_wrote_to_them_and_nothing_else_of_the_buyer(
    order, aigul, marat, mailoutbox
):
    mine = {"surname": "Канарейкин", "first_name": "Канар", "patronymic": "Канарович"}
    type(marat).objects.filter(pk=marat.pk).update(**mine)
    Phone.objects.create(user=marat, number="+77055550000")
    mailoutbox.clear()

    line = order.lines.get()
    for round in (1, 2):
        life.offer(order, aigul, {line.pk: Terms(Decimal(10), Decimal(90 + round), None)})
        if round == 1:
            remind(order, Role.SELLER)
            life.turn_down(order, marat, 1, "Қымбат")
    life.agree(order, marat, 2)
    life.ship(order, aigul, TODAY(), "", "")
    life.dispute(order, Role.BUYER, marat, "Ылғал")
    life.undo(order, aigul, "Келісім")

    read = [letter for letter in mailoutbox if letter.to == [aigul.email]]
    assert len(read) == 5
    words = " ".join(f"{one.subject} {one.body} {one.alternatives[0][0]}" for one in read)
    assert "Қымбат" in words
    for value in (*mine.values(), *BUYER.values(), marat.email, "705 555", "?key="):
        assert value not in words, value


@pytest.mark.parametrize("erased", [True, False])
def test_to_a_forgotten_buyer_nobody_writes(selling, order, now, mailoutbox, erased):
    if erased:
        Order.objects.update(email="")
    mailoutbox.clear()

    press(selling, order, "accept")

    assert now(order).state == State.ACCEPTED
    assert bool(mailoutbox) != erased


def test_a_seller_with_orders_is_not_deleted_and_is_told_why(enter, order, aigul, seller):
    client = enter(aigul)
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})

    answer = client.post("/en/account/seller/close/", follow=True)

    assert "Nothing was deleted: there are orders of this seller" in answer.content.decode()
    assert seller.members.count() == 1
    assert order.lines.get().listing is not None


# At the same moment


def both(*acts):
    """What each of them ended with."""

    def do(act):
        try:
            return act() and "done"
        except Order.Impossible:
            return "impossible"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(do, acts))


@pytest.mark.django_db(transaction=True)
def test_of_buyer_and_sellers_at_the_same_moment_one_is_served(
    order, wheat, aigul, marat, make_member, mailoutbox
):
    manager = make_member("manager")

    ends = both(
        lambda: life.accept(order, aigul),
        lambda: life.accept(order, manager),
        lambda: life.decline(order, manager, "Жоқ"),
        lambda: life.decline(order, aigul, "Жоқ"),
    )

    order.refresh_from_db()
    assert ends == ["done", "impossible", "impossible", "impossible"]
    assert order.history.count() == 2
    assert left_of(wheat) == (90 if order.state == State.ACCEPTED else 100)


@pytest.mark.django_db(transaction=True)
def test_a_buyer_who_cancels_while_the_seller_accepts_gets_the_goods_back_once(
    order, wheat, aigul, marat
):
    both(
        lambda: life.accept(order, aigul),
        lambda: life.cancel(order, Role.BUYER, marat, "Жоқ"),
        lambda: life.cancel(order, Role.BUYER, marat, "Жоқ"),
    )

    order.refresh_from_db()
    assert order.state == State.CANCELLED
    assert left_of(wheat) == 100
    assert [act for act, _role in acts_of(order)].count(Act.CANCEL) == 1


@pytest.mark.django_db(transaction=True)
def test_two_counter_offers_agreed_at_the_same_moment_share_what_is_left(
    wheat, make_order, make_user, aigul, marat
):
    orders = [make_order(wheat, quantity=30, user=user) for user in (marat, make_user("b@x.kz"))]
    for each in orders:
        life.offer(each, aigul, {each.lines.get().pk: Terms(Decimal(60), Decimal(9), None)})

    def agree(order):
        try:
            life.agree(order, None, 1)
        except life.TooLittleLeft as refused:
            return refused.lines[0][1]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(agree, orders))

    assert sorted(ends, key=str) == [Decimal(40), None]
    assert left_of(wheat) == 10
