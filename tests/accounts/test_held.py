"""What is held on somebody, on one page, with its values."""

import pytest
from django.urls import reverse

from accounts.models import Phone
from listings.models import Listing
from moderation.models import Complaint
from orders.models import Change, Order
from privacy.data_map import DATA_MAP, IN_PLACE, Source
from privacy.disclosures import show_to_staff
from privacy.models import Subject
from privacy.record import all_personal
from tests.conftest import BUYER, PASSWORD
from tests.html import assert_valid
from tests.listings.conftest import few_places, small, small_file  # noqa: F401 fixtures

SAME_ORIGIN = {"HTTP_SEC_FETCH_SITE": "same-origin"}
HELD = "/en/account/privacy/data/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def places(few_places):  # noqa: F811
    """A few are enough."""


@pytest.fixture
def catalogue(small):  # noqa: F811
    """A small one is enough."""


@pytest.fixture
def browser(client, aigul):
    client.force_login(aigul)
    return client


@pytest.fixture
def order(make_order, aigul):
    return make_order(user=aigul)


def page(client, path=""):
    response = client.get(f"{HELD}{path}")
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.mark.clause("P4.1b", "P5.3")
def test_each_kind_is_counted_and_leads_to_its_values(browser, aigul, order):
    Phone.objects.create(user=aigul, number="+77012345678")

    overview = page(browser)

    for table, count in (("orders_order", 1), ("accounts_phone", 1), ("accounts_user", 1)):
        assert f'href="{HELD}{table}/"' in overview
        link = overview.partition(f'href="{HELD}{table}/"')[2].partition("</a>")[0]
        assert f'<data value="{count}">' in link
    assert f'href="{HELD}orders_offer/"' not in overview
    values = page(browser, "orders_order/")
    for given in ("full_name", "organization", "email", "address", "comment"):
        assert BUYER[given] in values
    for why in ("A contract with you".lower(), "90 days after the order is closed", "the seller"):
        assert why in values.lower()
    assert "+7 701 234 5678" in page(browser, "accounts_phone/")


@pytest.mark.clause("P4.1a")
def test_who_was_given_it_and_who_looked_stands_there_by_name_and_day(
    browser, aigul, order, make_user
):
    staff = make_user("staff@example.com", is_staff=True)
    show_to_staff(
        aigul.subject,
        staff.subject,
        reason="The seller cannot reach her.",
        fields=["phone"],
        about=order.reference,
    )

    overview, values = page(browser), page(browser, "orders_order/")

    assert order.seller.name in overview
    assert "The seller cannot reach her." in overview
    assert "staff@example.com" not in overview + values
    assert values.count(f"given to {order.seller.name} on ") == 1  # the same for all
    phone = values.partition("<dt>Phone")[2].partition("</div>")[0]
    assert "seen by staff on " in phone
    comment = values.partition("<dt>Comment")[2].partition("</div>")[0]
    assert "seen by staff" not in comment


@pytest.mark.clause("P5.3")
def test_the_day_on_which_it_goes_is_named_once_it_is_known(browser, order, time_machine):
    assert "until " not in page(browser, "orders_order/").partition('id="values"')[2]

    Order.objects.filter(pk=order.pk).update(state="completed", closed_at="2026-11-01T06:00Z")

    assert "until 30 January 2027" in page(browser, "orders_order/").partition('id="values"')[2]


def test_secrets_are_named_and_never_shown(client, aigul):
    client.post("/en/accounts/login/", {"login": aigul.email, "password": PASSWORD})
    key = client.session.session_key

    pages = [
        page(client, f"{table}/")
        for table in ("accounts_user", "django_session", "usersessions_usersession")
    ]

    for shown in pages:
        assert "stored, and never shown" in shown
        assert key not in shown
        assert aigul.password not in shown.replace("&#x3D;", "=")


def every_table():
    return [described for described in DATA_MAP.values() if described.is_personal]


@pytest.mark.proof
@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_every_kind_has_its_page_in_every_language(
    client, make_seller, make_listing, make_order, aigul, marat, language, policy
):
    seller = make_seller(owner=aigul, form="person")
    listing = make_listing(seller=seller, price=98_000, quantity=100)
    make_order(listing, user=marat)
    client.force_login(aigul)

    for described in every_table():
        answer = client.get(f"/{language}/account/privacy/data/{described.table}/")
        assert_valid(answer)
        assert "no-store" in answer["Cache-Control"]
    client.force_login(marat)
    for path in ("", "orders_order/", "privacy_disclosure/", "privacy_consententry/"):
        assert_valid(client.get(f"/{language}/account/privacy/data/{path}"))


@pytest.mark.clause("P4.1b")
def test_nobody_reads_or_removes_what_is_held_on_another(browser, client, order, marat):
    Order.objects.filter(pk=order.pk).update(state="completed", closed_at="2026-11-01T06:00Z")
    client.force_login(marat)
    address = f"{HELD}orders_order/{order.pk}/remove/"

    pages = page(client) + "".join(page(client, f"{each.table}/") for each in every_table())

    for secret in (order.reference, BUYER["email"], BUYER["full_name"], "aigul@"):
        assert secret not in pages
    assert {client.get(address).status_code, client.post(address).status_code} == {404}
    order.refresh_from_db()
    assert order.full_name == BUYER["full_name"]


@pytest.mark.clause("P4.1b")
def test_without_signing_in_there_is_nothing_to_see(client, order):
    for path in ("", "orders_order/", f"orders_order/{order.pk}/remove/", "look-for-more/"):
        for answer in (client.get(HELD + path), client.post(HELD + path)):
            assert answer.status_code == 302
            assert "/accounts/login/" in answer["Location"]
    order.refresh_from_db()
    assert order.full_name == BUYER["full_name"]


@pytest.mark.clause("P5.1a")
def test_contacts_of_a_closed_order_are_removed_in_place(browser, order):
    Change.objects.create(
        order=order, act="cancel", role="buyer", before="new", after="cancelled", note="Not needed."
    )
    Order.objects.filter(pk=order.pk).update(state="cancelled", closed_at="2026-11-20T06:00Z")
    address = f"{HELD}orders_order/{order.pk}/remove/"
    assert f'href="{address}"' in page(browser, "orders_order/")

    assert browser.get(address).status_code == 200
    order.refresh_from_db()
    assert order.full_name == BUYER["full_name"]
    browser.post(address)

    order.refresh_from_db()
    assert [getattr(order, name) for name in Order.CONTACTS] == [""] * len(Order.CONTACTS)
    assert not Change.objects.exclude(note="").exists()
    assert order.lines.count() == 1


@pytest.mark.clause("P5.1a")
def test_while_the_order_is_open_its_seller_needs_them(browser, order):
    response = browser.post(f"{HELD}orders_order/{order.pk}/remove/", follow=True)

    assert "While an order is open" in response.content.decode()
    order.refresh_from_db()
    assert order.full_name == BUYER["full_name"]


@pytest.mark.clause("P5.1a")
def test_a_report_is_taken_back_with_everything_in_it(browser, make_listing, aigul, marat):
    listing = make_listing()
    browser.post(
        f"/en/listing/{listing.pk}/report/",
        {"reason": "fraud", "text": "He wants money."},
        **SAME_ORIGIN,
    )
    complaint = Complaint.objects.get()
    assert "He wants money." in page(browser, "moderation_complaint/")

    browser.post(f"{HELD}moderation_complaint/{complaint.pk}/remove/")

    assert not Complaint.objects.exists()
    assert Listing.objects.count() == 1


@pytest.mark.clause("P5.1a")
def test_whatever_came_from_the_person_is_changed_and_removed_somewhere(browser):
    missing, pages = [], set()
    for described in every_table():
        for declared in all_personal(described):
            if declared.source != Source.PERSON:
                continue
            if declared.edit == IN_PLACE:
                if described.remove is None:
                    missing.append(described.table)
            else:
                pages.add(declared.edit)

    assert missing == []
    for name in pages:
        answer = browser.get(reverse(name), follow=True)
        assert answer.status_code == 200, name


def test_what_has_no_removal_is_removed_nowhere(browser, aigul):
    address = f"{HELD}accounts_user/{aigul.pk}/remove/"

    assert browser.post(address).status_code == 404
    assert browser.get(f"{HELD}django_migrations/").status_code == 404
    aigul.refresh_from_db()
    assert aigul.first_name == "Айгүл"


@pytest.mark.clause("P5.1a")
def test_what_was_left_without_signing_in_is_looked_for(browser, aigul, make_order, marat):
    mine = make_order(email=aigul.email.upper())
    other = make_order(email=marat.email)
    assert mine.reference not in page(browser, "orders_order/")

    assert browser.get(f"{HELD}look-for-more/").status_code == 405
    browser.post(f"{HELD}look-for-more/")

    shown = page(browser, "orders_order/")
    assert mine.reference in shown
    assert other.reference not in shown
    assert Subject.objects.get(pk=other.buyer_id).joined_to is None


def test_a_huge_account_is_counted_first_and_shown_page_by_page(
    browser, aigul, django_assert_max_num_queries
):
    Phone.objects.bulk_create(
        Phone(user=aigul, number=f"+7701{number:07}") for number in range(2_000)
    )
    with django_assert_max_num_queries(QUERIES):
        overview = page(browser)
    with django_assert_max_num_queries(15):
        first = page(browser, "accounts_phone/")

    assert '<data value="2000">' in overview
    assert first.count("<dt>Number") == 20
    assert "?page=2" in first
    last = page(browser, "accounts_phone/?page=100")
    assert last.count("<dt>Number") == 20
    Phone.objects.all().delete()
    with django_assert_max_num_queries(QUERIES):
        page(browser)


# One that counts all tables, and one for each column with addresses, by which letters are found.
QUERIES = 40
