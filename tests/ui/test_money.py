from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize(
    ("language", "amount", "currency", "shown"),
    [
        ("ru", Decimal("98500.00"), "KZT", "98\u00a0500\u00a0₸"),
        ("kk", Decimal("187.4"), "USD", "187,40\u00a0$"),
        ("en", Decimal("7850000"), "KZT", "7\u00a0850\u00a0000\u00a0₸"),
        ("en", Decimal("-1234.5"), "EUR", "-1\u00a0234.50\u00a0€"),
        ("ru", 0, "RUB", "0\u00a0₽"),
    ],
)
def test_money_is_grouped_by_no_break_spaces_and_carries_its_sign_behind(
    language, amount, currency, shown
):
    with translation.override(language):
        html = Template("{{ amount|money:currency }}").render(
            Context({"amount": amount, "currency": currency})
        )

    assert html == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "1\u00a0200.5"), ("kk", "1\u00a0200,5")])
def test_numbers_are_grouped_and_use_the_readers_decimal_sign(language, shown):
    with translation.override(language):
        assert Template("{{ 1200.5|number }}").render(Context()) == shown
