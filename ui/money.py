from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol, get_group_symbol, parse_pattern
from django.utils.translation import get_language

NO_BREAK_SPACE = "\u00a0"


def grouped(value: Decimal | int | float, pattern: str = "#,##0.##") -> str:
    """Groups of three parted by a no-break space in every language, decimals as the reader's."""
    return grouped_in(get_language() or "en", value, pattern)


# A page of ads shows a hundred numbers, and babel takes its time for each.
@lru_cache(maxsize=8192)
def grouped_in(language, value, pattern):
    locale = locale_of(language)
    number = pattern_of(pattern).apply(value, locale)
    return number.replace(get_group_symbol(locale), NO_BREAK_SPACE)


locale_of, pattern_of = cache(Locale.parse), cache(parse_pattern)


def with_currency(amount: Decimal | int | float, currency: str) -> str:
    """The same sign behind the amount in every language; English alone would write KZT for ₸."""
    pattern = "#,##0" if amount == int(amount) else "#,##0.00"
    sign = get_currency_symbol(currency, locale_of("kk"))
    return f"{grouped(amount, pattern)}{NO_BREAK_SPACE}{sign}"
