"""What a seller gets of a buyer: pages, letters, tables and papers hold the disclosed fields, and
nothing else that the portal knows of the person.
"""

import io
import zipfile

import pytest
from pypdf import PdfReader

from accounts.models import Address, Phone
from orders import life
from orders.models import Entries
from privacy.models import Disclosure
from sellers.models import Shipping
from tests.conftest import BUYER

pytestmark = [pytest.mark.django_db, pytest.mark.clause("P4.1a"), pytest.mark.clause("P4.2")]

# Of the account, each a value that stands nowhere else.
UNDISCLOSED = {
    "account e-mail": "mark-account@example.com",
    "surname": "Маркасурнаме",
    "first name": "Маркафирст",
    "patronymic": "Маркапатр",
    "phone": "+77019990001",
    "street": "Марка көшесі 77",
    "settlement": "Маркакент",
    "postcode": "МК9917",
    "unsent": "Марка жіберілмеген",
    "other order": "Маркаөзгеұйым",
}
PICKED_UP = "Маркамекенжай, алып кету"


@pytest.fixture
def buyer(make_user):
    user = make_user(
        UNDISCLOSED["account e-mail"],
        surname=UNDISCLOSED["surname"],
        first_name=UNDISCLOSED["first name"],
        patronymic=UNDISCLOSED["patronymic"],
    )
    Phone.objects.create(user=user, number=UNDISCLOSED["phone"])
    Address.objects.create(
        user=user,
        kind="work",
        region="KZ-39",
        settlement=UNDISCLOSED["settlement"],
        street=UNDISCLOSED["street"],
        postcode=UNDISCLOSED["postcode"],
    )
    return user


@pytest.fixture
def send_with(make_order, wheat, buyer, make_listing, make_seller):
    """An order of this buyer, who has ordered elsewhere, too, and begun a form."""

    def send(method):
        shipping = method and Shipping.objects.create(seller=wheat.seller, method=method)
        elsewhere = make_listing("Ячмень", seller=make_seller("Өзге", form="sole"), price=5)
        make_order(elsewhere, user=buyer, organization=UNDISCLOSED["other order"])
        order = make_order(wheat, user=buyer, shipping=shipping, address=PICKED_UP)
        Entries.objects.create(
            cart=buyer.cart,
            seller=wheat.seller,
            currency="KZT",
            comment=UNDISCLOSED["unsent"],
            expires_at=order.created_at,
        )
        return order

    return send


def everything_the_seller_gets(order, selling, aigul, mailoutbox):
    """As text: whatever a page, a letter, a table or a paper holds."""
    pages = [
        f"/en/orders/{order.reference}/",
        f"/en/orders/{order.reference}/print/",
        "/en/account/sales/",
        f"/en/account/sales/?q={order.reference}",
    ]
    texts = {page: selling.get(page).content.decode() for page in pages}
    pdf = selling.get(f"/en/orders/{order.reference}/pdf/").content
    texts["pdf"] = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    csv = selling.get("/en/account/sales/sales.csv").streaming_content
    texts["csv"] = b"".join(csv).decode()
    xlsx = b"".join(selling.get("/en/account/sales/sales.xlsx").streaming_content)
    with zipfile.ZipFile(io.BytesIO(xlsx)) as book:
        texts["xlsx"] = "".join(book.read(name).decode() for name in book.namelist())
    life.accept(order, aigul)
    life.cancel(order, "buyer", None, "Жоспар өзгерді")
    for number, letter in enumerate(mailoutbox):
        if letter.to == [aigul.email]:
            html = "".join(body for body, _kind in letter.alternatives)
            texts[f"letter {number}"] = f"{letter.subject} {letter.body} {html}"
    texts["after"] = selling.get(f"/en/orders/{order.reference}/").content.decode()
    return texts


def test_a_seller_gets_the_disclosed_fields_and_no_other(send_with, selling, aigul, mailoutbox):
    order = send_with("seller")

    texts = everything_the_seller_gets(order, selling, aigul, mailoutbox)

    assert sum(name.startswith("letter") for name in texts) >= 2
    for place, text in texts.items():
        for field, value in UNDISCLOSED.items():
            assert value not in text, f"{field} in {place}"
    for place in (f"/en/orders/{order.reference}/", "pdf", "csv", "xlsx", "letter 1"):
        for name in ("full_name", "organization", "email", "comment"):
            if place in texts:
                assert BUYER[name] in texts[place], f"{name} not in {place}"
    disclosed = Disclosure.objects.get(about=order.reference)
    assert set(disclosed.fields) == set(BUYER)
    assert PICKED_UP in texts["pdf"]


def test_with_pick_up_the_address_reaches_nobody(send_with, selling, aigul, mailoutbox):
    order = send_with("pickup")

    texts = everything_the_seller_gets(order, selling, aigul, mailoutbox)

    order.refresh_from_db()
    assert order.address == ""
    assert "address" not in Disclosure.objects.get(about=order.reference).fields
    for place, text in texts.items():
        assert PICKED_UP not in text, place
