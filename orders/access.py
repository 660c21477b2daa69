"""Who sees an order: its buyer, signed in or with the key of a letter, and its seller."""

from django.http import Http404, HttpRequest

from orders.models import Order
from orders.states import Role
from sellers.models import Member

# In the session of a buyer without an account: references of what this browser may open.
OPENED = "orders"
MOST_OPENED = 50


def let_in(request: HttpRequest, order: Order) -> None:
    """This browser sent the order, or showed its key."""
    opened = [each for each in request.session.get(OPENED, []) if each != order.reference]
    request.session[OPENED] = [*opened, order.reference][-MOST_OPENED:]
    if not request.user.is_authenticated:
        # Others may use the same computer.
        request.session.set_expiry(0)


def order_of_buyer(request: HttpRequest, reference: str) -> Order:
    """Raises Http404 for everybody else."""
    order = Order.objects.filter(reference=reference).select_related("seller", "buyer").first()
    if order is None or not is_buyer(request, order):
        raise Http404
    return order


def is_buyer(request, order):
    user = request.user
    if user.is_authenticated and user.subject_id in (order.buyer_id, order.buyer.joined_to_id):
        return True
    return order.reference in request.session.get(OPENED, [])


def order_and_role(request: HttpRequest, reference: str) -> tuple[Order, Role, Member | None]:
    """The order as its buyer or its seller sees it; raises Http404 for everybody else.

    A seller who ordered from themselves is impossible: see orders/carts.py.
    """
    order = Order.objects.filter(reference=reference).select_related("seller", "buyer").first()
    if order is None:
        raise Http404
    if is_buyer(request, order):
        return order, Role.BUYER, None
    if request.user.is_authenticated:
        members = Member.objects.filter(user=request.user, seller=order.seller_id)
        if member := members.select_related("seller", "user").first():
            return order, Role.SELLER, member
    raise Http404
