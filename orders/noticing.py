"""Sellers hear when a buyer's data was corrected or deleted: what they keep must follow."""

from letters.write import write_letter
from orders.letters import members_written_to
from privacy.models import Disclosure, Notice
from privacy.recipients import TELLERS
from sellers.models import Seller

MOST_NAMED = 20


def tell_seller(number: int, act: Notice.Act, about: list[str]) -> None:
    seller = Seller.objects.filter(pk=number).first()
    if seller is None:
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


TELLERS[Disclosure.Kind.SELLER] = tell_seller
