from decimal import Decimal

from babel.numbers import format_decimal, get_currency_symbol, get_group_symbol
from django.utils.translation import get_language

NO_BREAK_SPACE = "\u00a0"


def grouped(value: Decimal | int | float, pattern: str = "#,##0.##") -> str:
    """Groups of three parted by a no-break space in every language, decimals as the reader's."""
    language = get_language() or "en"
    number = format_decimal(value, format=pattern, locale=language)
    return number.replace(get_group_symbol(language), NO_BREAK_SPACE)


def with_currency(amount: Decimal | int | float, currency: str) -> str:
    """The same sign behind the amount in every language; English alone would write KZT for ₸."""
    pattern = "#,##0" if amount == int(amount) else "#,##0.00"
    sign = get_currency_symbol(currency, "kk")
    return f"{grouped(amount, pattern)}{NO_BREAK_SPACE}{sign}"
