"""The letters of Kazakh, Russian and English: their order, which are taken for one another, and
how they are written in Latin ones.
"""

import re
import unicodedata

from django.utils.text import slugify

# The Kazakh alphabet holds the Russian one.
ORDER = (
    " 0123456789abcdefghijklmnopqrstuvwxyz"
    "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
)  # fmt: skip
PLACES = {letter: f"{place:02}" for place, letter in enumerate(ORDER)}
TAKEN_FOR = str.maketrans("әғқңөұүһіё", "агкноуухие")
IN_LATIN = str.maketrans(
    dict(zip("аәбвгғдезийкқлмнңоөпрстуұүфһыіэ", "aabvggdeziykklmnnooprstuuufhyie", strict=True))
    | {"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch"}
    | {"ъ": "", "ь": "", "ю": "yu", "я": "ya"}
)


def sort_key(text: str, letters: int = 40) -> str:
    """Digits that sort names as readers expect, whatever the database's collation."""
    return "".join(PLACES[letter] for letter in spelled(text))[: 2 * letters]


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
        letter if letter in PLACES else unicodedata.normalize("NFD", letter)[0]
        for letter in text
    )
    return re.sub(rf"[^{ORDER[1:]}]+", " ", letters).strip()
