"""The order in which readers expect names.

The database's own order knows neither ә nor ё, so sorted names keep a key made here. Its letters
are plain ASCII, which every collation that compares bytes puts in the same order.
"""

# Kazakh has all letters of Russian, in the Russian order, with its own among them.
LETTERS = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
# Of Turkish, Uzbek and German names on the map.
FOLDED = str.maketrans("çğıöşüäßʻʼ", "cgiosuas''")
# Spaces come first, then digits, Cyrillic, Latin; punctuation does not count.
WEIGHTS = {letter: chr(code) for code, letter in enumerate(f"0123456789{LETTERS}{LATIN}", ord("!"))}
WEIGHTS[" "] = WEIGHTS["-"] = " "


def sort_key(text: str, language: str) -> str:
    lower = text.strip().lower().translate(FOLDED)
    if language != "kk":
        # A Russian dictionary has no place of its own for it.
        lower = lower.replace("ё", "е")
    return "".join(WEIGHTS.get(letter, "") for letter in lower)
