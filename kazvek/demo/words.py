"""What demo ads say: titles and descriptions made of the answers, in three languages."""

import re
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import get_language, override

from listings.answers import Answer, Type
from listings.models import DealType, Listing
from listings.shipped_catalogue import LOADER
from ui.money import NO_BREAK_SPACE, grouped

HERE = Path(__file__).parent
PLACE = re.compile(r"\{(\w+)(?::(\w))?\}")
LONGEST = Listing._meta.get_field("title").max_length
# Whose ads speak alike: a part of a section before the whole.
GROUPS = {
    "farm-animals": "animals",
    "poultry-bees-fish": "small_stock",
    "grain-oilseeds-pulses": "grain",
    "seeds-agrochemicals": "seeds",
    "livestock-feed": "feed",
    "food-produce": "food",
    "agricultural-machinery": "machines",
    "construction-machinery": "machines",
    "trucks-trailers": "machines",
    "spare-parts": "parts",
    "fuel-chemicals": "fuel",
    "metal": "metal",
    "industrial-equipment": "equipment",
    "building-materials-packaging": "building",
    "land-property": "land",
    "services": "services",
}


@cache
def read(name: str) -> dict:
    return yaml.load((HERE / f"{name}.yaml").read_text(encoding="utf-8"), LOADER)  # noqa: S506 a safe loader


def titled(rng, patterns, answers: dict[str, Answer], language, deal, model, is_service) -> str:
    """One of the patterns, filled in."""
    if isinstance(patterns, dict):
        patterns = patterns[language]
    pattern = rng.choice([patterns] if isinstance(patterns, str) else patterns)
    with override(language):
        title = PLACE.sub(lambda place: word(place, answers, model), pattern)
    heading = read("phrases")["headings"].get(deal)
    if heading and not (deal == DealType.RENT and is_service):
        first = PLACE.match(pattern)
        title = title if first and is_name(first[1]) else small(title)
        # One colon is enough.
        title = heading[language].format(title=title.replace(": ", ", "))
    while len(title) > LONGEST:
        title = title.rpartition(",")[0]
    return title


def word(place, answers, model):
    name, form = place.groups()
    if name == "model":
        return model
    answer = answers[name]
    if form == "n":
        return grouped(answer.value, "#,##0.####")
    words = with_unit(answer)
    return small(words) if form == "l" else words


def with_unit(answer):
    if answer.attribute.type == Type.YEAR:
        return str(answer.value)
    sign = str(answer.attribute.sign)
    return f"{answer.words}{NO_BREAK_SPACE}{sign}" if sign else answer.words


def small(words):
    """Begun with a small letter, unless it is an abbreviation or a code."""
    is_plain = len(words) > 1 and (words[1].islower() or words[1] == "/")
    return words[0].lower() + words[1:] if is_plain else words


def is_name(code):
    return code.endswith(("_make", "_maker", "_origin", "_deposit")) or code.startswith("fits_")


def described(rng, group, answers: dict[str, Answer], language: str, deal: str, title: str) -> str:
    phrases = read("phrases")
    if deal == DealType.WANTED:
        sentences = rng.sample(phrases["wanted"][language], 2)
    elif deal == DealType.RENT and group != "services":
        rent = "rent_of_place" if group == "land" else "rent"
        sentences = [rng.choice(phrases[rent][language])]
    else:
        said = phrases["groups"][group][language]
        sentences = [rng.choice(said["about"]), rng.choice(said["more"])]
    with override(language):
        facts = [
            fact(answer)
            for answer in answers.values()
            if answer.value is not False and with_unit(answer).lower() not in title.lower()
        ]
    if len(facts) > 2:
        heading = phrases["facts_of_grain" if group == "grain" else "facts"][language]
        sentences.insert(1, f"{heading}: {'; '.join(facts[:5])}.")
    if deal != DealType.WANTED and (terms := rng.choice(phrases["terms"][language])):
        sentences.append(terms)
    parting = "\n\n" if rng.random() < 0.4 else " "
    return parting.join(sentences)


def fact(answer):
    code, words = answer.attribute.code, with_unit(answer)
    # Makes and, but in Russian, breeds are names.
    if get_language() == "ru" or (get_language() == "kk" and not code.endswith("_breed")):
        words = words if is_name(code) else small(words)
    return f"{small(str(answer.attribute.name))} — {words}"


def group_of(section, parent) -> str:
    """Whose way of speaking."""
    return GROUPS.get(parent.slug) or GROUPS[section.slug]
