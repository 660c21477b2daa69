from orders.models.cart import Cart, CartLine, Entries
from orders.models.offer import Offer, OfferLine
from orders.models.order import Change, Order, OrderSeller
from orders.models.order_line import OrderLine
from orders.models.timer import Timer

__all__ = [
    "Cart",
    "CartLine",
    "Change",
    "Entries",
    "Offer",
    "OfferLine",
    "Order",
    "OrderLine",
    "OrderSeller",
    "Timer",
]
