"""How a seller finds the place of an ad in the catalogue."""

from listings.catalogue import Catalogue
from listings.models import Category
from ui import alphabet

SHOWN_AT_MOST = 30


def takes_ads(catalogue: Catalogue, category: Category) -> bool:
    return catalogue.is_open(category) and not catalogue.children_of(category)


def found_by(words: str, catalogue: Catalogue) -> list[Category]:
    """In any of the three languages, whatever the ending: пшеницу, бидайды, tractors."""
    stems = [stem(word) for word in alphabet.folded(words).split()]
    found = []
    for category in catalogue.categories.values():
        if stems and takes_ads(catalogue, category):
            own = begins(stems, [category])
            if own or begins(stems, [category, *catalogue.above(category)]):
                found.append((not own, category.place, category.pk, category))
    return [category for *_order, category in sorted(found)[:SHOWN_AT_MOST]]


def begins(stems, categories):
    """Whether each stem begins a word of their names."""
    names = [
        f" {alphabet.folded(name)}"
        for category in categories
        for name in (category.name_kk, category.name_ru, category.name_en)
    ]
    return all(any(f" {each}" in name for name in names) for each in stems)


def stem(word):
    return word[:-2] if len(word) > 5 else word[:-1] if len(word) > 3 else word
