"""What becomes of the orders of a seller who is shut out, or is public no more."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Phone as OwnPhone
from accounts.models import User
from moderation.models import Ban
from moderation.models.ban import known_by
from moderation.tasks import decline_orders_of_blocked
from orders import life
from orders.models import CartLine, Entries, Order
from orders.states import Role, State
from tests.conftest import BIN
from tests.letters.outside import wait_for_waiting
from tests.listings.conftest import few_places  # noqa: F401 a fixture
from tests.orders.ordering import FROM_HERE, TYPED, fill_cart, form_of, seal_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(few_places):  # noqa: F811
    pass


@pytest.fixture
def wheat(seller, make_listing):
    return make_listing(seller=seller, price=98_000, quantity=100)


@pytest.fixture
def orders(wheat, make_order, aigul):
    """One of each state that matters, of one tonne each; the last are beyond declining."""

    def order(*acts):
        made = make_order(wheat, quantity=1, language="kk")
        for act in acts:
            act(made)
        return made

    def accept(order):
        life.accept(order, aigul)

    def offer(order):
        life.offer(order, aigul, {order.lines.get().pk: life.Terms(1, 5, None)})

    def ship(order):
        life.ship(order, aigul, timezone.localdate(), "", "")

    return [
        order(),
        order(offer),
        order(accept),
        order(accept, lambda order: life.pay(order, aigul, timezone.localdate(), "")),
        order(accept, ship),
        order(lambda order: life.decline(order, aigul, "Жоқ")),
    ]


def states():
    return list(Order.objects.order_by("pk").values_list("state", flat=True))


AS_THEY_WERE = [
    *(State.NEW, State.CHANGED, State.ACCEPTED, State.PAID),
    *(State.SHIPPED, State.DECLINED),
]
DECLINED = [*[State.DECLINED] * 4, State.SHIPPED, State.DECLINED]


def test_a_ban_declines_what_is_undecided_or_agreed_with_a_reason_and_letters_to_both(
    make_moderator, rules, orders, wheat, aigul, mailoutbox
):
    administrator = make_moderator()
    mailoutbox.clear()

    answer = administrator.post(
        "/admin/moderation/ban/add/", {"user": aigul.pk, "reason": "Обман покупателей"}
    )
    assert answer.status_code == 302
    decline_orders_of_blocked()
    decline_orders_of_blocked()

    assert states() == DECLINED
    wheat.refresh_from_db()
    assert wheat.quantity == 99
    last = orders[0].history.last()
    assert (last.role, last.by) == (Role.STAFF, None)
    assert [letter.to for letter in mailoutbox] == [["buyer@example.com"], [aigul.email]] * 4
    assert "Қазір бұл сатушы Kazvek-те сата алмайды." in mailoutbox[0].body
    assert "The seller cannot sell on Kazvek at present." in mailoutbox[1].body
    assert all("Обман" not in letter.body for letter in mailoutbox)


@pytest.mark.parametrize(
    ("known", "is_meant"),
    [
        (("bin", BIN), True),
        (("phone", "+77012345678"), True),
        (("phone", "+77770001122"), True),
        (("email", "*@example.com"), True),
        (("email", "*@*.example.com"), True),
        (("email", "aigul@example.org"), False),
        (("bin", "991240900020"), False),
        (("phone", "+77010000000"), False),
        (("network", "203.0.113.0/24"), False),
    ],
)
def test_a_seller_is_known_by_its_number_its_phones_and_its_owners(orders, aigul, known, is_meant):
    OwnPhone.objects.create(user=aigul, number="+77770001122")
    Ban.objects.create(reason="—", **known_by(*known))

    decline_orders_of_blocked()

    assert states() == (DECLINED if is_meant else AS_THEY_WERE)


def test_a_ban_that_is_over_or_lifted_declines_nothing(orders, aigul):
    now = timezone.now()
    Ban.objects.create(reason="—", user=aigul, until=now)
    Ban.objects.create(reason="—", user=aigul, lifted_at=now)

    decline_orders_of_blocked()

    assert states() == AS_THEY_WERE


def test_a_seller_for_whom_nobody_answers_any_more_has_no_open_orders(orders, aigul, mailoutbox):
    aigul.is_active = False
    aigul.save()
    mailoutbox.clear()

    decline_orders_of_blocked()

    assert states() == DECLINED
    assert {letter.to[0] for letter in mailoutbox} == {"buyer@example.com"}


def test_orders_of_others_are_not_touched(orders, make_seller, make_listing, make_order, aigul):
    other = make_seller("Басқа", bin="991240900020")
    make_order(make_listing(seller=other, price=5, quantity=50))
    Ban.objects.create(reason="—", user=aigul)

    decline_orders_of_blocked()

    assert states() == [*DECLINED, State.NEW]


@pytest.fixture
def form(client, policy, wheat):
    """Its address, for a guest with forty tonnes of wheat in the cart."""
    fill_cart(client, (wheat, 40))
    return form_of(wheat)


@pytest.fixture
def ban(make_moderator, rules, seller):
    """What an administrator sends, in the administration."""
    administrator = make_moderator()

    def ban():
        typed = {"bin": seller.bin, "reason": "Обман покупателей"}
        return administrator.post("/admin/moderation/ban/add/", typed)

    return ban


def test_an_order_that_comes_after_the_ban_is_not_sent_and_what_was_typed_is_kept(
    client, form, ban, wheat
):
    seal = seal_of(client.get(form))
    ban()

    answer = client.post(form, TYPED | {"seal": seal}, **FROM_HERE, follow=True)

    assert answer.redirect_chain == [("/en/cart/", 302)]
    assert "The seller cannot sell on Kazvek at present." in answer.content.decode()
    assert Entries.objects.get().full_name == TYPED["full_name"]
    assert not Order.objects.exists()
    wheat.refresh_from_db()
    assert wheat.quantity == 100


@pytest.mark.django_db(transaction=True)
def test_a_ban_waits_for_the_order_that_is_on_its_way_and_declines_it(client, form, ban):
    seal = seal_of(client.get(form))

    with ThreadPoolExecutor() as pool, transaction.atomic():
        # The order has its seller, and waits for its lines.
        list(CartLine.objects.select_for_update())
        sending = pool.submit(alone, lambda: send(client, form, seal=seal))
        wait_for_waiting(1)
        banning = pool.submit(alone, ban)
        wait_for_waiting(2)
        assert not Order.objects.exists()

    assert sending.result()["Location"] != "/en/cart/"
    assert banning.result().status_code == 302
    assert states() == [State.NEW]
    decline_orders_of_blocked()
    assert states() == [State.DECLINED]


@pytest.mark.django_db(transaction=True)
def test_an_order_waits_for_the_ban_that_is_being_written_and_meets_it(client, form, ban):
    seal = seal_of(client.get(form))

    with ThreadPoolExecutor() as pool, transaction.atomic():
        # The ban has its seller, and waits for the moderator it names.
        User.objects.select_for_update().get(email="moderator@example.com")
        banning = pool.submit(alone, ban)
        wait_for_waiting(1)
        sending = pool.submit(alone, lambda: send(client, form, seal=seal))
        wait_for_waiting(2)

    assert banning.result().status_code == 302
    assert sending.result()["Location"] == "/en/cart/"
    assert not Order.objects.exists()


def alone(act):
    """In a thread, which has a connection of its own."""
    try:
        return act()
    finally:
        connection.close()


def test_who_is_shut_out_reads_the_order_and_answers_nothing(orders, browser, aigul):
    Ban.objects.create(reason="Обман", user=aigul)
    page = f"/en/orders/{orders[0].reference}/"

    assert browser.get(page).status_code == 200
    answer = browser.post(f"{page}accept/")

    assert answer.status_code == 403
    assert "Reason: Обман" in answer.content.decode()
    assert states()[0] == State.SEEN
