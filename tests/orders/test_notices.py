import pytest
from django.utils import timezone

from accounts.models import Phone, User
from orders.models import Order
from privacy.models import Notice, Request
from privacy.requests import file_request
from tests.accounts.conftest import link_in
from tests.conftest import BUYER, PASSWORD

pytestmark = pytest.mark.django_db

PRIVACY = "/en/account/privacy/"


@pytest.mark.clause("P5.1a")
def test_what_somebody_corrects_in_the_account_follows_into_their_open_orders(
    enter, make_order, wheat, marat, aigul, mailoutbox
):
    User.objects.filter(pk=marat.pk).update(surname="Оспанов", first_name="Марат")
    own = Phone.objects.create(user=marat, number="+77011112233")
    given = {"full_name": "Оспанов Марат", "phone": "+77011112233"}
    order, other = make_order(wheat, user=marat, **given), make_order(wheat, user=marat)
    closed = make_order(wheat, user=marat, **given)
    Order.objects.filter(pk=closed.pk).update(state="completed", closed_at=timezone.now())
    browser = enter(marat)
    mailoutbox.clear()

    profile = "/en/account/profile/"
    person = {"surname": "Оспанов", "first_name": "Марат", "patronymic": "Ерланұлы"}
    said = browser.post(f"{profile}person/", person | {"language": "en"}, follow=True)
    changed = {"number": "+77019998877", "purpose": "calls"}
    browser.post(f"{profile}phones/{own.pk}/", changed)
    browser.post(f"{profile}phones/{own.pk}/", changed)

    for each in (order, other, closed):
        each.refresh_from_db()
    assert (order.full_name, order.phone) == ("Оспанов Марат Ерланұлы", "+77019998877")
    assert other.full_name == BUYER["full_name"]
    assert (closed.full_name, closed.phone) == ("Оспанов Марат", "+77011112233")
    assert "It is changed on 1 open order, too" in said.content.decode()
    told = [letter for letter in mailoutbox if letter.to == [aigul.email]]
    assert len(told) == Notice.objects.count() == 2
    for letter in told:
        assert order.reference in letter.body
        assert other.reference not in letter.body
        assert "Ерланұлы" not in letter.body


@pytest.mark.clause("P5.1a")
def test_a_new_address_follows_once_its_letter_is_opened(
    enter, make_order, wheat, marat, mailoutbox
):
    order = make_order(wheat, user=marat, email=marat.email)
    browser = enter(marat)
    browser.post("/en/accounts/reauthenticate/", {"password": PASSWORD})
    mailoutbox.clear()

    browser.post("/en/accounts/email/", {"email": "new@example.com", "action_add": ""})
    order.refresh_from_db()
    assert order.email == marat.email
    browser.post(link_in(mailoutbox[0]))

    order.refresh_from_db()
    assert order.email == "new@example.com"


@pytest.mark.clause("P5.1a")
def test_a_correction_is_passed_on_to_each_seller_who_has_the_data_once(
    staff, make_order, wheat, marat, aigul, mailoutbox
):
    orders = [make_order(wheat, user=marat) for _each in range(2)]
    wish = file_request(marat.subject, Request.Kind.RECTIFICATION, language="en", email="")
    mailoutbox.clear()

    for state in ("in_work", "answered"):
        staff.post(
            f"/admin/privacy/request/{wish.pk}/change/",
            {
                "next_state": state,
                "reason": "It is corrected.",
                "steps-TOTAL_FORMS": 0,
                "steps-INITIAL_FORMS": 0,
            },
        )

    wish.refresh_from_db()
    assert wish.state == "answered"
    [letter] = [letter for letter in mailoutbox if letter.to == [aigul.email]]
    for order in orders:
        assert order.reference in letter.body
    notice = Notice.objects.get()
    assert (notice.act, notice.recipient_number) == ("corrected", wheat.seller_id)
    assert set(notice.about) == {order.reference for order in orders}


@pytest.mark.clause("P5.2a")
def test_a_restriction_and_its_end_are_told_once_to_each_seller_who_has_the_data(
    staff, enter, order, marat, aigul, mailoutbox
):
    browser = enter(marat)
    browser.post("/en/accounts/reauthenticate/", {"password": PASSWORD})

    def told():
        letters = [letter for letter in mailoutbox if letter.to == [aigul.email]]
        mailoutbox.clear()
        return [(letter.subject, order.reference in letter.body) for letter in letters]

    told()
    for asked in ("ask/restriction/", "ask/restriction/", "leave/erasure/"):
        browser.post(f"{PRIVACY}{asked}")
    assert told() == [("A buyer's data may only be stored", True)]
    restriction, erasure = Request.objects.order_by("pk")

    browser.post(f"{PRIVACY}requests/{restriction.pk}/take-back/")
    assert told() == []
    for _twice in range(2):
        browser.post(f"{PRIVACY}requests/{erasure.pk}/take-back/")
    assert told() == [("A buyer's data may be used again", True)]
    browser.post(f"{PRIVACY}ask/objection/", {"purpose": "statistics"})
    assert told() == []

    acts = Notice.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["restricted", "released"]
    held = browser.get(f"/ru{PRIVACY[3:]}data/privacy_notice/").content.decode()
    listed = staff.get("/admin/privacy/notice/", HTTP_ACCEPT_LANGUAGE="ru").content.decode()
    for page in (held, listed):
        assert order.seller.name in page
        assert f"запрос № {restriction.pk}" in page
        assert f"request {restriction.pk}" not in page
