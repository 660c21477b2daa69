"""What a row or card shows of an ad."""

from collections.abc import Iterable
from dataclasses import dataclass

from listings.answers import Answer, unpack
from listings.catalogue import current_catalogue
from listings.models import Category, Listing, Photo


@dataclass(frozen=True)
class Card:
    listing: Listing
    category: Category
    photo: Photo | None
    # In the places that the category gives them; None where the ad does not tell.
    facts: list[Answer | None]


def cards_of(listings: Iterable[Listing]) -> list[Card]:
    """Listings come from `.for_cards()`. One query for all the photos."""
    listings, catalogue = list(listings), current_catalogue()
    mains = [listing.photo_order[0] for listing in listings if listing.photo_order]
    photos = Photo.objects.filter(state=Photo.State.READY).in_bulk(mains) if mains else {}
    return [card_of(listing, catalogue, photos) for listing in listings]


def card_of(listing, catalogue, photos):
    category = catalogue.categories[listing.category_id]
    answers = {answer.attribute.pk: answer for answer in unpack(listing.answers, catalogue)}
    facts = [answers.get(question.attribute.pk) for question in catalogue.facts_of(category)]
    photo = photos.get(listing.photo_order[0]) if listing.photo_order else None
    return Card(listing, category, photo, facts)
