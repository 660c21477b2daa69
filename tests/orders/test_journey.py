"""An order's whole way in the browsers of both sides, each of whom has a language."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from playwright.sync_api import expect

from letters import after_commit
from letters.models import Letter
from letters.tasks import send
from listings.models import Rate
from orders.models import Order
from orders.states import State
from sellers.models import Shipping
from tests.conftest import BIN, OTHER_BIN
from tests.letters.conftest import outbox, post_office  # noqa: F401 fixtures
from tests.orders.conftest import MONDAY
from tests.orders.ordering import TYPED
from tests.sellers.test_in_browser import sign_in

# Each way is gone in another language, and without scripts or with them, every day.
pytestmark = pytest.mark.proof

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
ERRORS = [
    "Full name not specified",
    "Organization not specified",
    "Email is incorrect",
    "Phone not specified",
    "Address not specified",
]
WHAT_HAPPENED = [
    "The buyer sent the order",
    "The seller opened the order",
    "The seller made a counter-offer",
    "The buyer accepted the counter-offer",
    "The seller marked the order as paid",
    "The seller shipped the order",
    "The buyer confirmed the delivery",
]
OF_THE_SELLER = WHAT_HAPPENED[1:3] + WHAT_HAPPENED[4:6]
OF_THE_BUYER = [WHAT_HAPPENED[3], WHAT_HAPPENED[6]]
EXPIRED = "The order expired: the seller did not answer in time"


def words(language):
    """`say = words("kk")`: what the portal says in this language, given what it says in English."""

    def say(sentence, **facts):
        with override(language):
            said = gettext(sentence)
        assert language == "en" or said != sentence, sentence
        return said % facts

    return say


@pytest.fixture(params=[False, True], ids=["without-scripts", "with-scripts"])
def with_scripts(request):
    return request.param


@pytest.fixture
def market(at, policy, make_user, make_seller, make_listing):
    """`market("kk", "ru")`: ads of three sellers in two currencies; the sellers' languages."""

    def open(first, second):
        Rate.objects.create(currency="USD", tenge=500)
        people = zip(["aigul", "marat", "serik"], [first, second, second], strict=True)
        owners = [make_user(f"{name}@example.com", language=code) for name, code in people]
        farm = make_seller("Жарқын дала", owner=owners[0], bin=BIN)
        motors = make_seller("Ертис Моторс", owner=owners[1], bin=OTHER_BIN)
        field = make_seller("Серік Оспанов", owner=owners[2], form="person")
        Shipping.objects.create(seller=farm, method="carrier", conditions="400 km")
        wheat = make_listing("Пшеница 3 класса", seller=farm, price=98_000, quantity=100)
        pump = make_listing(
            "Насос топливный", seller=motors, category="tractors", price=120, currency="USD",
            quantity=5,
        )  # fmt: skip
        barley = make_listing(
            "Ячмень кормовой", seller=field, category="barley", price=71_000, quantity=80
        )
        return [wheat, pump, barley]

    return open


@pytest.fixture
def post(post_office, monkeypatch, settings):  # noqa: F811
    """`post("aigul@example.com")`: what the postman has brought there since the last time, as pairs
    of a subject and a text.
    """
    settings.EMAIL_TIMEOUT = 10
    # No worker takes what waits, the test is the worker.
    monkeypatch.setattr(after_commit, "away_until", float("inf"))

    def read(address):
        for letter in Letter.objects.due().order_by("pk"):
            send(letter.pk)
        assert not Letter.objects.unsent().exists()
        came = [each for each in post_office.took if each[0] == [address]]
        post_office.took = [each for each in post_office.took if each[0] != [address]]
        letters = [message_from_bytes(content, policy=policy.default) for _to, content in came]
        # A folded header begins with the space that stood before the fold.
        return [
            (each["Subject"].strip(), each.get_body(["plain"]).get_content()) for each in letters
        ]

    return read


def link_in(text):
    """Where the letter leads, on the portal of the test."""
    link = urlsplit(re.findall(r"^http\S+", text, re.MULTILINE)[-1])
    return link._replace(scheme="", netloc="").geturl()


def now(order):
    return Order.objects.get(pk=order.pk)


def stock(listing):
    listing.refresh_from_db()
    return f"{listing.quantity:f}".rstrip("0").rstrip(".")


def subjects(letters):
    return [subject for subject, _text in letters]


def told(order, say, sentences):
    """Subjects of the letters that tell so."""
    return [
        say("Order %(reference)s. %(what)s", reference=order.reference, what=say(sentence))
        for sentence in sentences
    ]


def expect_timeline(page, say, sentences):
    steps = page.locator(".timeline__done h3")
    expect(steps).to_have_count(len(sentences))
    expect(steps).to_contain_text([say(sentence) for sentence in sentences])


@pytest.mark.parametrize(
    ("language", "of_seller", "of_others"),
    [("en", "kk", "ru"), ("ru", "en", "kk"), ("kk", "ru", "en")],
)
@pytest.mark.proof(every=3)
def test_a_guest_orders_from_three_sellers_one_order_is_completed_and_the_others_expire(
    open_browser, with_scripts, at, market, post, language, of_seller, of_others
):
    listings = wheat, pump, _barley = market(of_seller, of_others)
    say, sellers_say = words(language), words(of_seller)
    phone = open_browser(**PHONE, java_script_enabled=with_scripts)
    # Above the page, or in its place.
    place = phone.get_by_role("dialog") if with_scripts else phone.locator("main")

    # Three ads go into the cart, each from its page.
    for number, listing in enumerate(listings, 1):
        with override(language):
            phone.goto(listing.get_absolute_url())
        phone.locator("#order [name=quantity]").fill("2")
        phone.locator("#order button").click()
        expect(place.get_by_role("heading", name=listing.title)).to_be_visible()
        expect(place.locator(".cart-line")).to_have_count(number)
    phone.goto(f"/{language}/help/")
    if with_scripts:
        expect(phone.locator("[data-cart-count]").first).to_have_text("3")
    phone.locator(f".header__tools [href='/{language}/cart/']").click()
    expect(place.locator(".cart-line")).to_have_count(3)
    place.get_by_role("link", name=say("Order from all")).click()

    # All that is missing is said at once, and what was typed is still there.
    def expect_form_for(listing):
        form = f"/{language}/cart/{listing.seller.slug}/{listing.currency}/order/?all"
        expect(place.locator(f"form[action='{form}']")).to_be_visible()
        expect(place.locator(".sheet", has_text=listing.seller.name)).to_be_visible()

    def expect_sent(place, listing):
        words = "Order %(reference)s has been sent to the seller. A letter to you tells of it, too."
        order = Order.objects.get(seller=listing.seller)
        expect(place).to_contain_text(say(words, reference=order.reference))

    button = place.get_by_role("button", name=say("Send order"))
    expect_form_for(wheat)
    place.locator("[name=comment]").fill(TYPED["comment"])
    button.click()
    expect(place.locator("[role=alert] a")).to_have_text([say(error) for error in ERRORS])
    expect(place.locator("[name=comment]")).to_have_value(TYPED["comment"])

    # Three forms, of which the second and the third know the buyer.
    for name in ("full_name", "organization", "email", "phone", "address"):
        place.locator(f"[name={name}]").fill(TYPED[name])
    button.click()
    for before, listing in pairwise(listings):
        expect_form_for(listing)
        expect_sent(place, before)
        expect(place.locator("[name=email]")).to_have_value(TYPED["email"])
        expect(place.locator("[name=address]")).to_have_value(TYPED["address"])
        expect(place.locator("[name=comment]")).to_have_value("")
        button.click()
    phone.wait_for_url(f"**/{language}/orders/**")
    first, second, third = orders = [Order.objects.get(seller=each.seller) for each in listings]
    assert phone.url.endswith(f"/{language}/orders/{third.reference}/")
    expect_sent(phone.locator("main"), listings[-1])
    assert [order.currency for order in orders] == ["KZT", "USD", "KZT"]

    # The letter opens the first one in another browser, which knows nothing of it.
    buyers = post(TYPED["email"])
    assert subjects(buyers) == [
        say("Your order %(reference)s has been sent", reference=order.reference) for order in orders
    ]
    buying = open_browser(**PHONE, java_script_enabled=with_scripts)
    page = f"/{language}/orders/{first.reference}/"
    assert buying.goto(page).status == 404
    buying.goto(link_in(buyers[0][1]))
    buying.wait_for_url(f"**{page}")
    expect_timeline(buying, say, WHAT_HAPPENED[:1])

    # Its seller finds it by the letter, and proposes less of it, cheaper, on a day.
    [(subject, text)] = post("aigul@example.com")
    assert subject == sellers_say("New order %(reference)s", reference=first.reference)
    selling = open_browser(java_script_enabled=with_scripts)
    sign_in(selling, wheat.seller.members.get().user, of_seller)
    selling.goto(link_in(text))
    assert selling.url.endswith(f"/{of_seller}/orders/{first.reference}/")
    expect(selling.locator("main")).to_contain_text(TYPED["full_name"])
    expect(selling.locator("main")).to_contain_text(TYPED["comment"])
    day = timezone.localdate() + timedelta(days=7)
    offer = selling.locator(".act", has=selling.locator("form[action$='/offer/']"))
    offer.locator("summary").click()
    offer.locator("[name=quantity_1]").fill("1.5" if of_seller == "en" else "1,5")
    offer.locator("[name=price_1]").fill("96 500")
    offer.locator("[name=delivery_on_1]").fill(str(day))
    offer.locator("[name=note]").fill("Осы аптада тиейміз")
    offer.get_by_role("button", name=sellers_say("Send the counter-offer")).click()
    expect(selling.locator("main")).to_contain_text(
        sellers_say("The counter-offer is made. The buyer is told by letter.")
    )

    # The buyer comes by the key of that letter and accepts.
    seen, offered = post(TYPED["email"])
    assert subjects([seen, offered]) == told(first, say, OF_THE_SELLER[:2])
    assert "Осы аптада тиейміз" in offered[1]
    buying.goto(link_in(offered[1]))
    buying.wait_for_url(f"**{page}")
    terms = buying.locator("[aria-labelledby=offer] tbody tr")
    with override(language):
        expect(terms).to_contain_text(date_format(day, "DATE_FORMAT"))
    expect(terms).to_contain_text("1.5" if language == "en" else "1,5")
    expect(terms).to_contain_text(re.compile(r"96\s500"))
    expect(terms).to_contain_text(re.compile(r"144\s750"))
    buying.get_by_role("button", name=say("Accept the counter-offer")).click()
    expect(buying.locator("main")).to_contain_text(
        say("The counter-offer is accepted. The seller is told by letter.")
    )

    # Money and goods are noted, and the delivery is confirmed.
    [(subject, text)] = post("aigul@example.com")
    assert [subject] == told(first, sellers_say, OF_THE_BUYER[:1])
    selling.goto(link_in(text))
    for act, given, done in (
        (
            "pay",
            {"payment_document": "ПП 118"},
            "The order is marked as paid. The buyer is told by letter.",
        ),
        (
            "ship",
            {"carrier": "Қазтеміртранс", "waybill": "ЭБ 771 204"},
            "The order is marked as shipped. The buyer is told by letter.",
        ),
    ):
        form = selling.locator(f"form[action$='/{act}/']")
        selling.locator(".act", has=form).locator("summary").click()
        for name, typed in given.items():
            form.locator(f"[name={name}]").fill(typed)
        form.get_by_role("button").click()
        expect(selling.locator("main")).to_contain_text(sellers_say(done))
    paid, shipped = post(TYPED["email"])
    assert subjects([paid, shipped]) == told(first, say, OF_THE_SELLER[2:])
    assert "ПП 118" in paid[1]
    for said in ("Қазтеміртранс", "ЭБ 771 204", say("Carrier"), say("Waybill")):
        assert said in shipped[1]
    buying.goto(link_in(shipped[1]))
    buying.wait_for_url(f"**{page}")
    for said in ("Қазтеміртранс", "ЭБ 771 204"):
        expect(buying.locator("main")).to_contain_text(said)
    buying.get_by_role("button", name=say("Confirm the delivery")).click()
    expect(buying.locator("main")).to_contain_text(
        say("The delivery is confirmed. The seller is told by letter.")
    )
    expect_timeline(buying, say, WHAT_HAPPENED)
    [(subject, text)] = post("aigul@example.com")
    assert [subject] == told(first, sellers_say, OF_THE_BUYER[1:])
    selling.goto(link_in(text))
    expect_timeline(selling, sellers_say, WHAT_HAPPENED)
    assert (now(first).state, stock(wheat)) == (State.COMPLETED, "98.5")

    # Nobody answers the others: their sellers are reminded twice, then they expire.
    others_say = words(of_others)
    [(subject, _text)] = post("marat@example.com")
    assert subject == others_say("New order %(reference)s", reference=second.reference)
    reminder = others_say("Order %(reference)s. Your answer is awaited", reference=second.reference)
    for days in (1, 2):
        at(MONDAY + timedelta(days=days, hours=1))
        assert subjects(post("marat@example.com")) == [reminder]
        assert post(TYPED["email"]) == []
        assert now(second).state == State.NEW
    at(MONDAY + timedelta(days=3, hours=1))
    assert subjects(post("marat@example.com")) == told(second, others_say, [EXPIRED])
    buyers = post(TYPED["email"])
    assert subjects(buyers) == [
        *told(second, say, [EXPIRED]),
        *told(third, say, [EXPIRED]),
    ]
    buying.goto(link_in(buyers[0][1]))
    buying.wait_for_url(f"**/{language}/orders/{second.reference}/")
    expect_timeline(buying, say, [WHAT_HAPPENED[0], EXPIRED])
    expect(buying.locator("form[action$='/cancel/']")).to_have_count(0)
    expect(buying.locator("main")).to_contain_text(
        say("Nobody owes anything. What was set aside for you is on sale again.")
    )
    assert [now(order).state for order in orders] == [State.COMPLETED, *[State.EXPIRED] * 2]
    assert (stock(wheat), stock(pump)) == ("98.5", "5")
