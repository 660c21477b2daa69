"""The letters of Kazakh, Russian and English: their order, which are taken for one another, and
how they are written in Latin ones.
"""

import re
import unicodedata

from django.utils.text import slugify

# Kazakh has all letters of Russian, in the Russian order, with its own among them.
LETTERS = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
# Spaces come first, then digits, Cyrillic, Latin; punctuation does not count.
WEIGHTS = {letter: chr(code) for code, letter in enumerate(f"0123456789{LETTERS}{LATIN}", ord("!"))}
WEIGHTS[" "] = WEIGHTS["-"] = " "
# Of Turkish, Uzbek and German names on the map.
WITHOUT_MARKS = str.maketrans("çğıöşüäßʻʼ", "cgiosuas''")
TAKEN_FOR = str.maketrans("әғқңөұүһіё", "агкноуухие")
IN_LATIN = str.maketrans(
    dict(zip("аәбвгғдезийкқлмнңоөпрстуұүфһыіэ", "aabvggdeziykklmnnooprstuuufhyie", strict=True))
    | {"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"}
    | {"ъ": "", "ь": "", "ю": "yu", "я": "ya"}
)


def sort_key(text: str, language: str) -> str:
    """Plain ASCII, which every collation that compares bytes ("C") puts where readers expect the
    name. The database's own order knows neither ә nor ё.
    """
    lower = text.strip().lower().translate(WITHOUT_MARKS)
    if language != "kk":
        # A Russian dictionary has no place of its own for it.
        lower = lower.replace("ё", "е")
    return "".join(WEIGHTS.get(letter, "") for letter in lower)


def folded(text: str) -> str:
    """Words in small letters, without the differences people leave out when they search."""
    return spelled(text).translate(TAKEN_FOR)


def slug(text: str, longest: int) -> str:
    """For an address; empty when nothing of it can be written in Latin letters."""
    return slugify(spelled(text).translate(IN_LATIN))[:longest].strip("-")


def spelled(text):
    """Small letters of the three alphabets and digits; anything else parts words."""
    text = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(
        # The letter without its accent. й and ё are letters of their own.
        letter if letter in WEIGHTS else unicodedata.normalize("NFD", letter)[0]
        for letter in text
    )
    return re.sub(rf"[^0-9{LATIN}{LETTERS}]+", " ", letters).strip()
