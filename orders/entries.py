"""What was typed into order forms and not sent: for half an hour, in one row and nowhere else."""

from collections.abc import Mapping

from django.utils import timezone

from accounts.models import Address, User
from orders.models import Cart, Entries, Order
from orders.sending import Form, needs_address
from sellers.models import Member, Seller

OF_THE_BUYER = ["full_name", "organization", "email", "phone", "address"]
TYPED = [*OF_THE_BUYER, "comment", "shipping", "payment"]


def keep(cart: Cart, seller: Seller, currency: str, typed: Mapping[str, str]) -> None:
    Entries.objects.update_or_create(
        cart=cart,
        seller=seller,
        currency=currency,
        defaults={
            **{name: fitting(name, typed.get(name, "")) for name in TYPED},
            "expires_at": timezone.now() + Entries.LAST,
        },
    )


def fitting(column, text):
    # PostgreSQL holds no NUL, and somewhere there must be an end.
    return text.replace("\0", "")[: Entries._meta.get_field(column).max_length]


def forget_sent(cart: Cart, order: Order, form: Form) -> None:
    """Its order is sent: only the contacts stay a little, if more of the cart waits for them."""
    if not cart.lines.exists():
        cart.entries.all().delete()
        return
    contacts = {name: getattr(form, name) for name in OF_THE_BUYER}
    if not needs_address(form.shipping):
        contacts["address"] = ""
    keep(cart, order.seller, order.currency, contacts)


def begun(cart: Cart, seller: Seller, currency: str, user: User | None) -> dict[str, str]:
    """With what a form opens: what was typed here, or elsewhere, or what the account knows."""

    def is_here(entries):
        return (entries.seller_id, entries.currency) == (seller.pk, currency)

    known = of_account(user) if user else {}
    kept = cart.entries.filter(expires_at__gt=timezone.now())
    for entries in sorted(kept, key=lambda each: (is_here(each), each.expires_at)):
        names = TYPED if is_here(entries) else OF_THE_BUYER
        known |= {name: text for name in names if (text := getattr(entries, name))}
    return known


def of_account(user):
    phone = user.phones.order_by("pk").first()
    member = Member.objects.filter(user=user).select_related("seller").first()
    addresses = {address.kind: address for address in user.addresses.all()}
    address = addresses.get(Address.Kind.WORK) or addresses.get(Address.Kind.RESIDENCE)
    return {
        "full_name": user.get_full_name(),
        "organization": member.seller.name if member else "",
        "email": user.email,
        "phone": str(phone.number) if phone else "",
        "address": in_one_line(address) if address else "",
    }


def in_one_line(address):
    parts = (address.postcode, address.region, address.settlement, address.street)
    return ", ".join(part for part in parts if part)
