"""Lists of orders, and orders on paper and in spreadsheets."""

import csv
import html
import io
import re
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from pypdf import PdfReader

from listings.models import Listing
from orders import life
from orders.forgetting import forget_contacts
from orders.models import Cart, CartLine, Order
from orders.states import State
from tests.conftest import BUYER

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(make_order, aigul):
    return make_order(user=aigul, quantity=7)


@pytest.fixture
def owner(order):
    return order.seller.members.get().user


def close(order, *, ago=timedelta(0)):
    Order.objects.filter(pk=order.pk).update(state=State.COMPLETED, closed_at=timezone.now() - ago)


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_buyer_finds_their_orders_by_state_goods_seller_and_reference(client, order, aigul):
    client.force_login(aigul)

    def found(query):
        return order.reference in client.get(f"/en/account/orders/?{query}").content.decode()

    assert found("")
    assert found("state=new")
    assert not found("state=completed")
    assert found("q=пшеница")
    assert found("q=дала")
    assert found(f"q={order.reference.lower()}")
    assert not found("q=tractor")
    assert not found("since=2031-01-01")
    assert found("since=nonsense&state=nonsense&page=99")


def test_orders_of_others_are_in_nobodys_list(client, order, marat):
    client.force_login(marat)

    page = client.get("/en/account/orders/")

    assert "You have not ordered yet" in page.content.decode()
    assert order.reference not in page.content.decode()


def test_a_seller_sees_sales_with_counts_and_finds_a_buyer_by_name(client, order, owner):
    client.force_login(owner)

    page = client.get("/en/account/sales/?q=диірмені").content.decode()

    assert order.reference in page
    assert BUYER["organization"] in page
    assert '<data value="1">1</data>' in page


def test_lists_take_the_same_queries_for_one_order_as_for_ten(
    client, order, owner, aigul, make_order, catalogue_stays, django_assert_max_num_queries
):
    for _each in range(9):
        make_order(order.lines.get().listing, user=aigul, quantity=1)

    for person, page in ((owner, "/en/account/sales/"), (aigul, "/en/account/orders/")):
        client.force_login(person)
        with django_assert_max_num_queries(9):
            assert client.get(page).content.decode().count("/en/orders/") == 10


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_order_on_paper_names_both_sides_goods_and_terms(client, order, aigul, language):
    client.force_login(aigul)

    paper = client.get(f"/{language}/orders/{order.reference}/pdf/")
    sheet = client.get(f"/{language}/orders/{order.reference}/print/").content.decode()

    assert paper["Content-Type"] == "application/pdf"
    assert paper["Cache-Control"] == "private, no-store"
    for text in (text_of(paper.content), sheet):
        for known in (order.reference, "Жарқын дала", *BUYER.values()):
            known = "+7 701 234 5678" if known == BUYER["phone"] else known
            assert known in text
        assert "686" in text


def test_a_quantity_is_the_same_everywhere_to_the_gram(client, make_order, aigul):
    order = make_order(user=aigul, quantity="12.345")
    other = make_order(order.lines.get().listing, user=aigul, quantity="7.5")
    client.force_login(aigul)

    def pages(order):
        yield text_of(client.get(f"/en/orders/{order.reference}/pdf/").content)
        for page in ("", "print/"):
            yield client.get(f"/en/orders/{order.reference}/{page}").content.decode()

    assert [page.count("12.345 t") for page in pages(order)] == [1, 1, 1]
    assert [page.count("7.5 t") for page in pages(other)] == [1, 1, 1]


def test_paper_says_to_the_kilogram_how_much_for_what_a_unit_and_when(client, make_order, aigul):
    order = make_order(user=aigul, quantity="12.345")
    by, day = order.seller.members.get().user, timezone.localdate() + timedelta(days=10)
    [line] = order.lines.all()
    life.see(order, by)
    life.offer(order, by, {line.pk: life.Terms(line.quantity, Decimal(97_000), day)})
    life.agree(order, aigul, 1)
    client.force_login(aigul)

    paper = client.get(f"/en/orders/{order.reference}/pdf/").content
    sheet = client.get(f"/en/orders/{order.reference}/print/").content.decode()

    for text in (text_of(paper), html.unescape(sheet)):
        words = " ".join(text.split())
        assert "12.345 t" in words
        assert "97 000 ₸/t" in words
        assert f"Date of delivery: {date_format(day, 'DATE_FORMAT')}" in words


def test_signs_the_font_lacks_spoil_neither_paper_nor_log(client, make_order, aigul, caplog):
    order = make_order(user=aigul, comment="Күтеміз 🚜\nрахмет")
    client.force_login(aigul)

    paper = client.get(f"/ru/orders/{order.reference}/pdf/")

    assert "рахмет" in text_of(paper.content)
    assert "glyph" not in caplog.text


@pytest.mark.parametrize("page", ["", "print/", "pdf/"])
def test_strangers_find_no_order(client, order, marat, make_seller, page):
    address = f"/en/orders/{order.reference}/{page}"

    assert client.get(address).status_code == 404
    client.force_login(marat)
    assert client.get(address).status_code == 404
    make_seller("Другой", owner=marat, form="person")
    assert client.get(address).status_code == 404


def test_a_table_of_sales_holds_no_formula(client, make_order, make_listing):
    listing = make_listing("=1+2 Пшеница", price=100, quantity=100)
    order = make_order(
        listing,
        full_name="@SUM(A1)",
        organization="\N{ZERO WIDTH SPACE}=3+4",
        address='Абай, 1;"=5+6;-7',
        comment="\t=cmd|' /C calc'!A0\n+8",
    )
    client.force_login(order.seller.members.get().user)

    text = b"".join(client.get("/ru/account/sales/sales.csv").streaming_content).decode("utf-8-sig")
    [headings, row] = csv.reader(io.StringIO(text))
    # As Excel in Russian reads it.
    parted = [cell.strip('"') for cell in re.split(r"[;\r\n]", text)]
    book = zipfile.ZipFile(
        io.BytesIO(b"".join(client.get("/ru/account/sales/sales.xlsx").streaming_content))
    )

    assert {"'=1+2 Пшеница", "'@SUM(A1)", "'+77012345678"} <= set(row)
    for cell in (*row, *parted):
        assert not cell.strip("\N{ZERO WIDTH SPACE}").startswith(("=", "+", "-", "@", "\t"))
    assert "Позиция" in headings
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "=1+2 Пшеница" in sheet
    assert "<f>" not in sheet


def test_a_table_holds_what_the_list_shows_and_only_this_sellers(
    client, order, owner, make_seller, make_listing, make_order
):
    other = make_order(make_listing("Ячмень", seller=make_seller("Другой", form="sole"), price=5))
    client.force_login(owner)

    def rows(query=""):
        content = client.get(f"/en/account/sales/sales.csv{query}").streaming_content
        return b"".join(content).decode("utf-8-sig")

    assert order.reference in rows()
    assert other.reference not in rows()
    assert order.reference not in rows("?state=completed")


def test_a_viewer_takes_no_table_away(client, order, owner):
    order.seller.members.update(role="viewer")
    client.force_login(owner)

    assert client.get("/en/account/sales/").status_code == 200
    assert client.get("/en/account/sales/sales.csv").status_code == 403


@pytest.mark.clause("P4.1a")
def test_contacts_leave_the_sellers_view_90_days_after_closing(client, order, owner):
    close(order, ago=timedelta(days=90))
    client.force_login(owner)

    pages = [
        client.get(f"/en/orders/{order.reference}/print/").content,
        client.get(f"/en/orders/{order.reference}/pdf/").content,
        client.get("/en/account/sales/").content,
        b"".join(client.get("/en/account/sales/sales.csv").streaming_content),
    ]
    pages[1] = text_of(pages[1]).encode()

    for page in pages:
        assert order.reference.encode() in page
        for value in BUYER.values():
            assert value.encode() not in page
    by_name = client.get("/en/account/sales/?q=диірмені").content.decode()
    assert order.reference not in by_name


def test_contacts_go_from_the_database_and_the_deal_stays(order, make_order):
    open_still = make_order(order.lines.get().listing, quantity=1)
    close(order, ago=timedelta(days=90, minutes=1))
    order.history.update(note="Позвоните Айгүл")

    assert forget_contacts() == 1
    assert forget_contacts() == 0

    order.refresh_from_db()
    assert [getattr(order, name) for name in Order.CONTACTS] == [""] * 6
    assert not order.history.exclude(note="").exists()
    assert order.lines.get().quantity == 7
    open_still.refresh_from_db()
    assert open_still.full_name == BUYER["full_name"]


def test_what_was_ordered_goes_into_the_cart_again_at_todays_prices(
    client, make_listing, make_order, aigul
):
    seller = make_listing(price=90, quantity=50)
    sold = make_listing("Ячмень", seller=seller.seller, price=70)
    order = make_order([seller, sold], user=aigul, quantity=5)
    Listing.objects.filter(pk=seller.pk).update(price=95)
    Listing.objects.filter(pk=sold.pk).update(state="sold")
    client.force_login(aigul)

    for _press in range(2):
        page = client.post(f"/en/orders/{order.reference}/again/", follow=True).content.decode()

    assert "Ячмень: It is sold." in html.unescape(page)
    line = CartLine.objects.get()
    assert (line.listing, line.quantity, line.price) == (seller, 5, 95)


def test_ordering_again_takes_as_many_queries_however_much_was_ordered(
    client, make_listing, make_order, aigul, catalogue_stays
):
    few = [make_listing(price=90)]
    many = [make_listing(f"Ячмень {each}", seller=few[0].seller, price=70) for each in range(9)]
    client.force_login(aigul)

    def queries_for(listings):
        order = make_order(listings, user=aigul)
        with CaptureQueriesContext(connection) as queries:
            client.post(f"/en/orders/{order.reference}/again/")
        assert CartLine.objects.count() == len(listings)
        CartLine.objects.all().delete()
        return len(queries)

    assert queries_for(many) == queries_for(few)


def test_a_full_cart_takes_nothing_of_what_is_ordered_again(
    client, make_order, make_listing, aigul, monkeypatch
):
    order = make_order([make_listing(price=90), make_listing("Ячмень", price=70)], user=aigul)
    monkeypatch.setattr(Cart, "MOST_LINES", 1)
    client.force_login(aigul)

    page = client.post(f"/en/orders/{order.reference}/again/", follow=True).content.decode()

    assert "Ячмень: A cart holds at most 100 ads." in page
    assert CartLine.objects.get().listing.title == "Пшеница 3 класса"


def test_nobody_else_orders_it_again(client, order, marat, owner):
    for person in (marat, owner):
        client.force_login(person)
        assert client.post(f"/en/orders/{order.reference}/again/").status_code == 404

    assert not CartLine.objects.exists()
