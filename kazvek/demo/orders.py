"""Orders of the demo's buyer from the demo's seller, at different points of their lives."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.models import User
from listings.models import Currency, DealType, Listing
from orders import life
from orders.models import Cart, CartLine, Order
from orders.quantities import fault_of, least
from orders.sending import Form, send
from privacy.documents import version_in_force
from privacy.ledger import Occasion
from privacy.models import Document
from privacy.sentences import order_sentence
from sellers.models import Member

COMMENTS = ["", "Погрузка с понедельника, две машины в день.", "Нужен паспорт качества.", ""]


def add_orders(buyer: User, seller: User) -> int:
    """Once; how many were sent."""
    member = Member.objects.filter(user=seller).select_related("seller").first()
    version = version_in_force(Document.Slug.PRIVACY)
    if member is None or version is None or Order.objects.bought_by(buyer.subject).exists():
        return 0
    orders = []
    for number, listing in enumerate(ads_to_order(member.seller)):
        with override(buyer.language):
            orders.append(order_of(listing, number, buyer, member.seller, version))
    for order, live in zip(orders, [countered, shipped, completed], strict=False):
        live(order, seller, buyer)
    return len(orders)


def ads_to_order(seller):
    ads = Listing.objects.live().filter(
        seller=seller, currency=Currency.KZT, price__gt=0, deal_type=DealType.SALE
    )
    ads = ads.for_cards().order_by("pk")
    return [ad for ad in ads[:40] if fault_of(ad, least(ad)) is None][: len(COMMENTS)]


def order_of(listing, number, buyer, seller, version):
    cart, _is_new = Cart.objects.get_or_create(user=buyer)
    line = CartLine(cart=cart, listing=listing, quantity=least(listing))
    line.take_price()
    line.save()
    form = Form(
        full_name=buyer.get_full_name(),
        organization="ТОО «Тобыл Дән»",
        email=buyer.email,
        phone="+77001234567",
        address="Костанай, ул. Абая, 1",
        comment=COMMENTS[number],
        shipping=seller.shipping.first(),
        payment=seller.payment.first(),
    )
    return send(
        [line],
        form,
        token=UUID(int=number + 1),
        seller=seller,
        currency=listing.currency,
        user=buyer,
        version=version,
        sentence=order_sentence(),
        occasion=Occasion("order", gettext("Send order")),
    )


def countered(order, seller, buyer):
    life.see(order, seller)
    on = timezone.localdate() + timedelta(days=10)
    terms = {
        line.pk: life.Terms(line.quantity, discounted(line.price), on) for line in order.lines.all()
    }
    life.offer(order, seller, terms, "Скидка при самовывозе до конца месяца.")


def shipped(order, seller, buyer):
    life.accept(order, seller)
    life.ship(order, seller, timezone.localdate(), "КТЖ Грузовые перевозки", "48210337")


def completed(order, seller, buyer):
    shipped(order, seller, buyer)
    life.complete(order, buyer)


def discounted(price):
    return (price * Decimal("0.95")).quantize(Decimal(1))
