"""Which sellers may not sell at present.

Whoever shuts them out keeps tables further up, and registers a finder here.
"""

from collections.abc import Callable, Collection

from django.db.models import QuerySet

from sellers.models import Seller

FINDERS: list[Callable[[QuerySet[Seller]], QuerySet[Seller]]] = []


def register(finder: Callable[[QuerySet[Seller]], QuerySet[Seller]]) -> None:
    if finder not in FINDERS:
        FINDERS.append(finder)


def shut_out(sellers: Collection[int]) -> set[int]:
    """Of these sellers, all by their keys."""
    asked = Seller.objects.filter(pk__in=sellers)
    return {pk for find in FINDERS for pk in find(asked).values_list("pk", flat=True)}
