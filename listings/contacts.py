"""Phones, addresses and names in messengers, where a text of an ad should have none."""

import re

from phonenumbers import Leniency, NumberParseException, PhoneNumberMatcher, is_valid_number, parse

REGION = "KZ"

EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?(?:@|[(\[]\s?(?:at|собака)\s?[)\]]|\sсобака\s)\s?"
    r"[\w-]+(?:\s?(?:\.|[(\[]\s?(?:dot|точка)\s?[)\]]|\sточка\s)\s?[\w-]+)+",
    re.IGNORECASE,
)
URL = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|(?<![\w@.-])(?:[\w-]+\.)+(?:kz|қаз|ru|рф|com|net|org|info|biz|su|by|uz|kg|ua|eu|de|cn|me"
    r"|online|shop|site|store|market|pro|xyz|top|club|link|agency)(?![\w-])(?:/\S*)?",
    re.IGNORECASE,
)
MESSENGER = (
    r"(?:telegram|телеграм+\w?|тг|tg|whats\s?app|wa|[вw]а[тц]с?\s?ап\w?|вотсап\w?|viber|вайбер\w?"
    r"|instagram|insta|инстаграм+\w?|инста|skype|скайп\w?|wechat|signal)"
)
# After the name of a messenger, or as it is written there; a plain word is no name.
HANDLE = re.compile(
    rf"(?<![\w@.])@[a-z][\w.]{{3,31}}"
    rf"|(?<!\w){MESSENGER}\s?[:=–—-]?\s?(?:@?(?=\w*[\d_])[a-z][a-z\d_.]{{3,31}}(?!\w))"
    rf"|(?<!\w){MESSENGER}\s?[:=]\s?@?[a-z][\w.]{{3,31}}",
    re.IGNORECASE,
)
# Eleven digits, whatever stands between them.
SPACED = re.compile(r"(?<!\d)(?:\+\s?7|8)(?:[\s().,_*/–—-]{0,3}\d){10}(?![\s.,_*-]?\d)")
# Letters that pass for digits among digits.
LOOKALIKES = str.maketrans("oоOОзЗlI|", "000033111")
AMONG_DIGITS = re.compile(r"(?<=\d)[oоOОзЗlI|]+(?=[\d\s()-])")

SPELLED = {
    word: digits
    for digits, words in {
        "0": "ноль нуль нөл zero",
        "1": "один бір one",
        "2": "два екі two",
        "3": "три үш three",
        "4": "четыре төрт four",
        "5": "пять бес five",
        "6": "шесть алты six",
        "7": "семь жеті seven",
        "8": "восемь сегіз eight",
        "9": "девять тоғыз nine",
        "10": "десять он ten",
        "11": "одиннадцать eleven",
        "12": "двенадцать twelve",
        "13": "тринадцать thirteen",
        "14": "четырнадцать fourteen",
        "15": "пятнадцать fifteen",
        "16": "шестнадцать sixteen",
        "17": "семнадцать seventeen",
        "18": "восемнадцать eighteen",
        "19": "девятнадцать nineteen",
        "20": "двадцать жиырма twenty",
        "30": "тридцать отыз thirty",
        "40": "сорок қырық forty",
        "50": "пятьдесят елу fifty",
        "60": "шестьдесят алпыс sixty",
        "70": "семьдесят жетпіс seventy",
        "80": "восемьдесят сексен eighty",
        "90": "девяносто тоқсан ninety",
        "100": "сто",
        "200": "двести",
        "300": "триста",
        "400": "четыреста",
        "500": "пятьсот",
        "600": "шестьсот",
        "700": "семьсот",
        "800": "восемьсот",
        "900": "девятьсот",
    }.items()
    for word in words.split()
}
A_NUMBER = "|".join(sorted(SPELLED, key=len, reverse=True))
RUN_OF_NUMBERS = re.compile(
    rf"(?<!\w)(?:(?:{A_NUMBER}|\d{{1,4}})[\s,.+-]+){{4,}}(?:{A_NUMBER}|\d{{1,4}})(?!\w)",
    re.IGNORECASE,
)


def contacts_in(text: str) -> list[str]:
    """Each as it is written, in the order of the text."""
    found = [match.span() for rule in (EMAIL, URL, HANDLE) for match in rule.finditer(text)]
    plain = AMONG_DIGITS.sub(lambda letters: letters[0].translate(LOOKALIKES), text)
    found += [
        (match.start, match.end)
        for match in PhoneNumberMatcher(plain, REGION, leniency=Leniency.VALID)
    ]
    found += [match.span() for match in SPACED.finditer(plain) if is_phone(match[0])]
    found += [match.span() for match in RUN_OF_NUMBERS.finditer(text) if is_phone(said(match[0]))]
    return [text[start:end].strip() for start, end in apart(found)]


def apart(spans):
    """Without those that lie within others."""
    kept = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def is_phone(digits):
    try:
        return is_valid_number(parse(digits, REGION))
    except NumberParseException:
        return False


def said(words):
    """The digits of a number told in words: “семьсот один двадцать три” is 70123."""
    digits, room = "", 0
    for word in re.findall(r"\w+", words.lower()):
        value = SPELLED.get(word, word)
        if value.isdecimal() and len(value) <= room and word in SPELLED and value != "0":
            # It fills the noughts of what stands before: seven hundred and one.
            digits = digits[: -len(value)] + value
        else:
            digits += value
        room = len(value) - len(value.rstrip("0")) if word in SPELLED and len(value) > 1 else 0
        room = min(room, len(digits) - len(digits.rstrip("0")))
    return digits
