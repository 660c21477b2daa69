from datetime import time
from decimal import Decimal

import pytest

from sellers.models import Payment, Shipping, WorkingDay

PAGE = "/en/account/seller/"
STOREFRONT = "/en/sellers/zharkyn-dala/"


def test_one_line_fills_the_week_and_is_said_in_one_line(browser, seller, client):
    browser.post(
        f"{PAGE}hours/",
        {
            "opens_0": "09:00",
            "closes_0": "18:00",
            "like_monday": "on",
            "opens_2": "rubbish",
            "opens_5": "10:00",
            "closes_5": "14:00",
        },
    )

    days = dict(WorkingDay.objects.values_list("weekday", "opens"))
    assert days == {day: time(9) for day in range(5)} | {5: time(10)}
    page = client.get(STOREFRONT).content.decode()
    assert "<dt>Monday – Friday</dt><dd>09:00–18:00</dd>" in page
    assert "<dt>Saturday</dt><dd>10:00–14:00</dd>" in page
    assert "Sunday" not in page
    assert '"openingHours": ["Mo-Fr 09:00-18:00", "Sa 10:00-14:00"]' in page
    assert "<dt>Дүйсенбі – жұма</dt>" in client.get(f"/kk{STOREFRONT[3:]}").content.decode()


def test_round_the_clock_and_until_midnight(browser, seller, client):
    browser.post(
        f"{PAGE}hours/",
        {"opens_0": "00:00", "closes_0": "00:00", "opens_1": "08:00", "closes_1": "00:00"},
    )

    page = client.get(STOREFRONT).content.decode()
    assert "<dt>Monday</dt><dd>round the clock</dd>" in page
    assert "<dt>Tuesday</dt><dd>08:00–00:00</dd>" in page


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ({"opens_0": "09:00"}, "closes_0"),
        ({"closes_6": "18:00"}, "opens_6"),
        ({"opens_3": "18:00", "closes_3": "09:00"}, "closes_3"),
        ({"opens_3": "09:00", "closes_3": "09:00"}, "closes_3"),
        ({"opens_3": "25:00", "closes_3": "09:00"}, "opens_3"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_the_former_stay(browser, seller, hours, field):
    WorkingDay.objects.create(seller=seller, weekday=0, opens=time(8), closes=time(9))

    answer = browser.post(f"{PAGE}hours/", hours)

    assert list(answer.context["form"].errors) == [field]
    assert WorkingDay.objects.get().opens == time(8)


def test_shipping_and_payment_are_ticked_each_with_its_conditions(browser, seller, client):
    browser.post(
        f"{PAGE}shipping/",
        {
            "rail": "on",
            "rail_conditions": "Ст. Тобыл <b>",
            "pickup": "on",
            "post_conditions": "never ticked",
        },
    )
    browser.post(
        f"{PAGE}payment/",
        {"prepaid": "on", "prepaid_conditions": "50 %", "minimum_order": "250000"},
    )

    assert list(Shipping.objects.values_list("method", "conditions")) == [
        ("pickup", ""),
        ("rail", "Ст. Тобыл <b>"),
    ]
    assert Payment.objects.get().conditions == "50 %"
    page = client.get(STOREFRONT).content.decode()
    assert "Ст. Тобыл &lt;b&gt;" in page
    assert "250\u00a0000\u00a0₸" in page
    assert "never ticked" not in page


@pytest.mark.parametrize("amount", ["250000,5", "250 000,50", "250\u00a0000,50"])
def test_an_amount_is_understood_as_the_reader_writes_it(browser, seller, amount):
    browser.post("/ru/account/seller/payment/", {"minimum_order": amount})

    seller.refresh_from_db()
    assert seller.minimum_order == Decimal("250000.50")


def test_terms_are_taken_back_one_by_one(browser, seller):
    browser.post(f"{PAGE}payment/", {"cash": "on", "minimum_order": "1000"})

    browser.post(f"{PAGE}payment/", {"minimum_order": ""})

    seller.refresh_from_db()
    assert seller.minimum_order is None
    assert not Payment.objects.exists()


@pytest.mark.parametrize("amount", ["-1", "0", "many", "1e12", "NaN", "99999999999999"])
def test_a_minimum_order_that_cannot_be_is_refused(browser, seller, amount):
    answer = browser.post(f"{PAGE}payment/", {"cash": "on", "minimum_order": amount})

    assert list(answer.context["form"].errors) == ["minimum_order"]
    seller.refresh_from_db()
    assert seller.minimum_order is None
    assert not Payment.objects.exists()
