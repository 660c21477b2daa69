"""Sellers hear when a buyer's data was corrected or deleted: what they keep must follow."""

from uuid import UUID

from django.db import transaction

from letters.write import write_letter
from orders.letters import members_written_to
from orders.models import Order
from orders.states import OPEN
from privacy.models import Disclosure, Notice
from privacy.recipients import FOLLOWERS, TELLERS
from sellers.models import Seller

MOST_NAMED = 20
COLUMNS = {"identity.full": "full_name", "contact.phone": "phone", "contact.email": "email"}


def tell_seller(number: int, act: Notice.Act, about: list[str]) -> None:
    seller = Seller.objects.filter(pk=number).first()
    if act == Notice.Act.RELEASED:
        # What the seller sees no more is not to be used again.
        shown = Order.objects.filter(Order.contacts_shown(), reference__in=about)
        about = list(shown.order_by("pk").values_list("reference", flat=True))
    if seller is None or not about:
        return
    for user in members_written_to(seller):
        write_letter(
            "orders/email/notice",
            to=user.email,
            language=user.language,
            act=act,
            orders=about[:MOST_NAMED],
            more=max(0, len(about) - MOST_NAMED),
        )


def follow(people: set[UUID], category: str, before: str, after: str) -> list[str]:
    """On orders that are still carried out, where it stood as it was given before."""
    column = COLUMNS.get(category)
    if column is None:
        return []
    with transaction.atomic():
        known = Order.objects.filter(buyer__in=people, state__in=OPEN, **{column: before})
        orders = dict(known.order_by("pk").select_for_update().values_list("pk", "reference"))
        Order.objects.filter(pk__in=orders).update(**{column: after})
    return list(orders.values())


FOLLOWERS.append(follow)
TELLERS[Disclosure.Kind.SELLER] = tell_seller
