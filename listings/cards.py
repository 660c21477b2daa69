"""What a row or card shows of an ad."""

from collections.abc import Iterable
from dataclasses import dataclass

from listings.answers import Answer, unpack
from listings.catalogue import Question, current_catalogue
from listings.findable import price_words
from listings.models import Category, Currency, Listing, Photo, PriceKind
from listings.units import SIGNS


@dataclass(frozen=True)
class Card:
    listing: Listing
    category: Category
    photo: Photo | None
    # By the key of the attribute.
    answers: dict[int, Answer]
    # What the category tells in its six places, with None where the ad does not.
    facts_in_place: list[tuple[Question, Answer | None]]
    # Of the catalogue and the map.
    edition: int | None = None

    @property
    def marks(self):
        """With these it looks the same."""
        listing, photo = self.listing, self.photo and self.photo.pk
        # Its place is of the edition that was read with it.
        editions = self.edition, getattr(listing, "edition", None)
        return listing.pk, listing.version, listing.seller.changed_at, photo, *editions

    @property
    def told(self) -> list[Answer]:
        return [answer for _question, answer in self.facts_in_place if answer]

    @property
    def is_converted(self):
        """Its price as given is not the one by which it is compared."""
        return (self.listing.currency, self.listing.unit) != (
            Currency.KZT,
            self.category.price_unit,
        )

    @property
    def price_sign(self):
        """Of the price by which it is compared."""
        return f"₸/{SIGNS[self.category.price_unit]}"

    @property
    def price_given(self):
        """In words, where the one number of a table does not say it all."""
        is_all = not self.is_converted and self.listing.price_to is None
        is_plain = is_all and self.listing.price_kind != PriceKind.FROM
        return "" if is_plain else price_words(self.listing)

    @property
    def thumbnail(self):
        return self.photo.url(208, "webp")

    @property
    def picture(self):
        return self.photo.url(320, "webp")

    def of(self, questions: Iterable[Question]) -> list[Answer | None]:
        return [self.answers.get(question.attribute.pk) for question in questions]


def cards_of(listings: Iterable[Listing]) -> list[Card]:
    """Listings come from `.for_cards()`. One query for all the photos."""
    listings, catalogue = list(listings), current_catalogue()
    mains = [listing.photo_order[0] for listing in listings if listing.photo_order]
    photos = Photo.objects.filter(state=Photo.State.READY).in_bulk(mains) if mains else {}
    return [card_of(listing, catalogue, photos) for listing in listings]


def card_of(listing, catalogue, photos):
    category = catalogue.categories[listing.category_id]
    answers = {answer.attribute.pk: answer for answer in unpack(listing.answers, catalogue)}
    facts = [(each, answers.get(each.attribute.pk)) for each in catalogue.facts_of(category)]
    photo = photos.get(listing.photo_order[0]) if listing.photo_order else None
    return Card(listing, category, photo, answers, facts, catalogue.version)
