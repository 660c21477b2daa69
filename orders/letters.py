"""To whom letters about an order go, and where their links lead."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from orders.models import Order
from privacy.models import Subject
from sellers.models import Member, Seller


def members_written_to(seller: Seller) -> list[User]:
    """Whoever may do something about it; who asked to be left in peace, if there is nobody else."""
    members = Member.objects.filter(
        seller=seller,
        role__in=[Member.Role.OWNER, Member.Role.MANAGER],
        user__is_active=True,
    )
    for state in (Subject.State.ACTIVE, Subject.State.RESTRICTED):
        asked = members.filter(user__subject__state=state)
        if users := list(User.objects.filter(membership__in=asked).order_by("pk")):
            return users
    return []


def url_for_seller(order: Order) -> str:
    """In the language that is active."""
    return settings.SITE_URL + order.get_absolute_url()


def url_for_buyer(order: Order) -> str:
    """With the key that opens it to whoever has the letter."""
    with override(order.language):
        page = reverse("orders:open", args=[order.reference])
    return f"{settings.SITE_URL}{page}?key={key_of(order)}"


def key_of(order: Order) -> str:
    return signer(order).signature(order.reference)


def is_key_of(order: Order, key: str) -> bool:
    try:
        signer(order).unsign(f"{order.reference}:{key}")
    except BadSignature:
        return False
    return True


def signer(order):
    return Signer(salt=f"orders.link.{order.link_salt}")
