"""Ads that people keep an eye on."""

from accounts.models import User
from listings.models import Favourite, Listing
from listings.models.favourite import PRICE


def save(user: User, listing: Listing) -> bool:
    """Whether it is new in the list; raises `Favourite.TooMany`."""
    kept = Favourite.objects.filter(user=user)
    if kept.filter(listing=listing).exists():
        return False
    if kept.count() >= Favourite.MOST_PER_PERSON:
        raise Favourite.TooMany
    price = {name: getattr(listing, name) for name in PRICE}
    return Favourite.objects.get_or_create(user=user, listing=listing, defaults=price)[1]


def unsave(user: User, listing_pk: int) -> None:
    Favourite.objects.filter(user=user, listing_id=listing_pk).delete()
