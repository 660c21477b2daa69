"""The picture on an order is the ad's: its files stay while an order names them."""

from listings import leftovers
from orders.models import OrderLine


def is_on_an_order(stem: str) -> bool:
    return OrderLine.objects.exclude(picture="").filter(picture=stem).exists()


if is_on_an_order not in leftovers.ALSO_NAMED_BY:
    leftovers.ALSO_NAMED_BY.append(is_on_an_order)
