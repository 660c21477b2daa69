"""What a message asks, by the words of three languages in `wishes.yaml`.

It only proposes: nothing is erased or given before the person has shown that the address is
theirs, and whatever is not clear is left to people.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from privacy.mailbox.message import Message
from privacy.models import Request

FILE = Path(__file__).with_name("wishes.yaml")

# How many words may stand between those of one wish, and in one that begins with "not".
REACH = 9
REACH_OF_NOT = 3
# Kazakh is often written without its own letters.
PLAIN = str.maketrans("ёәғқңөұүһі", "еагкноуухи")
WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
END = re.compile(r"[.!?…;]+|\n\s*\n")
KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
LATIN = re.compile("[a-z]", re.IGNORECASE)
KAZAKH_NO = re.compile(r"[мбп][ае](?!н\b|к\b)")


@dataclass(frozen=True)
class Wishes:
    kinds: list[Request.Kind]
    # In which the writer is answered.
    language: str


@dataclass(frozen=True)
class Pattern:
    kind: Request.Kind
    language: str
    # Of each group one word; of a word its beginning, or the whole when it ends in "$".
    groups: tuple[re.Pattern, ...]
    denies: bool


def wishes_of(message: Message) -> Wishes:
    text = message.words
    if not message.is_reply:
        text = f"{message.subject}.\n\n{text}"
    text = unicodedata.normalize("NFC", text)
    found = [pattern for sentence in END.split(fold(text)) for pattern in asked_in(sentence)]
    kinds = {pattern.kind for pattern in found}
    return Wishes(
        [kind for kind in Request.Kind if kind in kinds],
        language_of(message.words or text, {pattern.language for pattern in found}),
    )


def asked_in(sentence):
    words = WORD.findall(sentence)
    patterns, denials, questions = known()
    if any(word in questions for word in words[:3]):
        return
    for pattern in patterns:
        first, *others = pattern.groups
        for place, word in enumerate(words):
            match = first.match(word)
            if not match:
                continue
            reach = REACH_OF_NOT if pattern.denies else REACH
            near = words[max(0, place - reach) : place + reach + 1]
            if not all(any(other.match(word) for word in near) for other in others):
                continue
            if not pattern.denies and (
                denials.intersection(words[max(0, place - 3) : place])
                or (pattern.language == "kk" and KAZAKH_NO.match(word, match.end()))
            ):
                continue
            yield pattern
            break


def language_of(text, languages):
    if KAZAKH.search(text) or languages == {"kk"}:
        return "kk"
    if len(CYRILLIC.findall(text)) >= len(LATIN.findall(text)):
        return "ru"
    return "en"


@cache
def known():
    with FILE.open(encoding="utf-8") as file:
        data = yaml.safe_load(file)
    patterns = []
    denials = {fold(word) for words in data["denials"].values() for word in words}
    for kind, languages in data["wishes"].items():
        for language, lines in languages.items():
            for line in lines:
                line = line.format_map(data["groups"][language])
                groups = [fold(group) for group in line.split()]
                patterns.append(
                    Pattern(
                        Request.Kind(kind),
                        language,
                        tuple(re.compile(group_pattern(group)) for group in groups),
                        any(word.strip("$") in denials for g in groups for word in g.split("|")),
                    )
                )
    return patterns, denials, {fold(w) for words in data["questions"].values() for w in words}


def group_pattern(group):
    return "|".join(
        rf"{re.escape(word[:-1])}\Z" if word.endswith("$") else re.escape(word)
        for word in group.split("|")
    )


def fold(text):
    return text.casefold().replace("’", "'").replace("ʼ", "'").translate(PLAIN)
