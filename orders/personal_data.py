"""What orders hold about buyers, and carts about whoever fills them.

A seller's own name on an order leads to the seller; goods and amounts are of both sides' books.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.personal_data import IN_SESSION
from orders import act_forms, erasing, forms, tasks
from orders.access import OPENED
from orders.admin import SettleForm
from orders.forgetting import forget_contacts_of
from orders.listed import ListForm
from orders.models import (
    Cart,
    CartLine,
    Change,
    Entries,
    Offer,
    OfferLine,
    Order,
    OrderLine,
    OrderSeller,
    Timer,
)
from orders.quantities import QuantityForm
from orders.states import CLOSED, Role
from privacy.data_map import (
    IN_PLACE,
    FreeText,
    NotPersonal,
    People,
    Personal,
    Recipient,
    Remove,
    Source,
    describe,
    describe_keys,
    not_personal,
    written,
)
from privacy.erasure import registry
from privacy.erasure.holding import register_hold
from privacy.registers import (
    CachePrefix,
    Column,
    Cookie,
    kept_in,
    not_kept,
    register_cache,
    register_cookie,
    register_form,
    register_task,
)
from privacy.retention import After, AsProof, Until
from privacy.strategies import Empty
from sellers.models import Seller

ROW_NUMBER = not_personal(_("the number of the row"), "id")
OF_THE_ORDER = not_personal(_("points to the order"), "order")

# Orders

WHILE_CONTACTS_ARE_NEEDED = After(
    "closed_at",
    days=Order.CONTACTS_STAY.days,
    sentence=ngettext_lazy(
        "%(days)d day after the order is closed", "%(days)d days after the order is closed", "days"
    ),
)
FOR_THE_SELLER = {
    "purposes": ["orders"],
    "kept": WHILE_CONTACTS_ARE_NEEDED,
    "shown_to": (Recipient.SELLER, Recipient.STAFF, Recipient.MAIL_SERVER),
    "erase": Empty(),
    "edit": IN_PLACE,
}
WHILE_OPEN = _(
    "While an order is open its seller carries it out with these data. Once it is closed you can "
    "remove them."
)
OF_BOTH_BOOKS = {
    "purposes": ["orders"],
    "kept": AsProof(_("as long as the books of both sides; without your name and address")),
    "source": Source.PORTAL,
    "shown_to": (Recipient.SELLER, Recipient.STAFF),
}

describe(
    Order,
    title=_("Your orders"),
    people=People.EVERYBODY,
    subject="buyer",
    erase=None,
    remove=Remove(
        may=lambda orders: orders.filter(state__in=CLOSED).exclude(full_name=""),
        otherwise=WHILE_OPEN,
        carry_out=lambda orders: forget_contacts_of(orders.values("pk")),
    ),
    fields={
        "full_name": Personal("identity.full", **FOR_THE_SELLER),
        "organization": Personal("identity.organization", **FOR_THE_SELLER),
        "email": Personal("contact.email", **FOR_THE_SELLER),
        "phone": Personal("contact.phone", **FOR_THE_SELLER),
        "address": Personal("contact.address", **FOR_THE_SELLER),
        "comment": FreeText("content.order", **FOR_THE_SELLER),
        **not_personal(
            _("terms of the deal; the books of both sides need them"),
            *("state", "currency", "shipping", "payment", "paid_on", "shipped_on"),
        ),
        **written(
            _("terms of the deal; the books of both sides need them"),
            *("shipping_conditions", "payment_conditions"),
            *("payment_document", "carrier", "waybill"),
        ),
        **not_personal(
            _("when the deal went on; the books of both sides need it"),
            *("created_at", "seen_at", "changed_at", "closed_at", "proved_at"),
        ),
        **not_personal(_("the language of the papers"), "language"),
        **not_personal(
            _("random; it leads to nobody once the contacts are gone"),
            *("reference", "token", "link_salt"),
        ),
        **not_personal(_("points to the buyer, who is nobody after erasure"), "buyer"),
        **not_personal(_("points to the seller"), "seller"),
        **not_personal(_("points to the entry of the ledger that proves the consent"), "consent"),
        **ROW_NUMBER,
    },
    beside=(
        *("reference", "created_at", "state", "seller__name", "currency"),
        *("shipping", "shipping_conditions", "payment", "payment_conditions"),
        *("paid_on", "payment_document", "shipped_on", "carrier", "waybill"),
        *("seen_at", "changed_at", "closed_at", "language", "consent"),
    ),
)

describe(
    OrderSeller,
    title=_("Your name on orders you received"),
    people=People.HOLDERS,
    subject="order__seller__subject",
    erase=None,
    fields={
        **dict.fromkeys(
            ("name", "bin", "place"), Personal("seller.name", **OF_BOTH_BOOKS, erase=Empty())
        ),
        **OF_THE_ORDER,
    },
    beside=("order__reference", "order__created_at"),
)

# About goods, and so part of a copy of the orders' data; erasure leaves it to the books.
describe(
    OrderLine,
    title=_("What you ordered"),
    subject="order__buyer",
    erase=None,
    beside=(
        *("order__reference", "position", "listing_number", "title", "facts", "unit", "vat"),
        *("ordered_quantity", "ordered_price", "quantity", "price", "delivery_on"),
    ),
    fields={
        **not_personal(
            _("what was ordered; the books of both sides need it"),
            *("position", "listing", "listing_number", "unit", "vat"),
            *("picture", "picture_width"),
            *("ordered_quantity", "ordered_price", "quantity", "price", "delivery_on", "reserved"),
        ),
        **written(_("what was ordered; the books of both sides need it"), "title"),
        "facts": NotPersonal(
            _("what was ordered; the books of both sides need it"),
            keys=written(_("what the ad said of the goods"), "name", "value"),
        ),
        **OF_THE_ORDER,
        **ROW_NUMBER,
    },
)

SAID = {
    "purposes": ["orders"],
    "kept": After(
        "order__closed_at",
        days=Order.CONTACTS_STAY.days,
        sentence=WHILE_CONTACTS_ARE_NEEDED.sentence,
    ),
    "shown_to": (Recipient.SELLER, Recipient.STAFF),
    "erase": Empty(),
    "edit": IN_PLACE,
}
describe(
    Change,
    title=_("What became of your orders"),
    people=People.EVERYBODY,
    subject="order__buyer",
    erase=None,
    remove=Remove(
        may=lambda changes: changes.filter(role=Role.BUYER, order__closed_at__isnull=False).exclude(
            note=""
        ),
        otherwise=WHILE_OPEN,
        carry_out=lambda changes: changes.update(note=""),
    ),
    fields={
        "note": FreeText("content.order", **SAID),
        **not_personal(
            _("how the deal went; the books of both sides need it"),
            *("act", "role", "before", "after", "at"),
        ),
        **not_personal(_("points to the account that did it"), "by"),
        **OF_THE_ORDER,
        **ROW_NUMBER,
    },
    beside=("order__reference", "act", "role", "before", "after", "at"),
)
describe(
    Offer,
    title=_("Counter-offers on your orders"),
    people=People.EVERYBODY,
    subject="order__buyer",
    erase=None,
    fields={
        "note": FreeText("content.order", **SAID | {"edit": ""}, source=Source.OTHERS),
        **not_personal(
            _("how the deal went; the books of both sides need it"),
            *("round", "at", "answer", "answered_at"),
        ),
        **not_personal(_("points to the account that did it"), "by"),
        **OF_THE_ORDER,
        **ROW_NUMBER,
    },
    beside=("order__reference", "round", "at", "answer", "answered_at"),
)
describe(
    OfferLine,
    title=_("What counter-offers on your orders say of each position"),
    subject="offer__order__buyer",
    erase=None,
    beside=(
        "offer",
        "line__order__reference",
        "line__position",
        "quantity",
        "price",
        "delivery_on",
    ),
    fields={
        **not_personal(
            _("terms of the deal; the books of both sides need them"),
            *("quantity", "price", "delivery_on"),
        ),
        **not_personal(_("points to the counter-offer"), "offer"),
        **not_personal(_("points to the position of the order"), "line"),
        **ROW_NUMBER,
    },
)
describe(
    Timer,
    fields={
        **not_personal(_("when the portal does what to an order"), "kind", "due_at", "done_at"),
        **OF_THE_ORDER,
        **ROW_NUMBER,
    },
)

# Carts. That of a browser leads to nobody.

IN_THE_CART = {
    "purposes": ["orders"],
    "kept": After(
        "touched_at",
        days=Cart.LASTS.days,
        sentence=ngettext_lazy(
            "%(days)d day after you last used the cart",
            "%(days)d days after you last used the cart",
            "days",
        ),
    ),
}
describe(
    Cart,
    title=_("Your cart"),
    people=People.EVERYBODY,
    subject="user__subject",
    fields={
        "touched_at": Personal("trace.time", **IN_THE_CART, source=Source.PORTAL),
        **not_personal(_("of a random number in a cookie; it leads to nobody"), "token_digest"),
        **not_personal(_("points to the account it belongs to"), "user"),
        **ROW_NUMBER,
    },
)
IN_A_LINE = IN_THE_CART | {
    "kept": After("cart__touched_at", days=Cart.LASTS.days, sentence=IN_THE_CART["kept"].sentence)
}
describe(
    CartLine,
    title=_("What lies in your cart"),
    people=People.EVERYBODY,
    subject="cart__user__subject",
    fields={
        "listing": Personal("content.interest", **IN_A_LINE, edit="orders:cart"),
        "quantity": Personal("content.interest", **IN_A_LINE, edit="orders:cart"),
        "added_at": Personal("trace.time", **IN_A_LINE, source=Source.PORTAL),
        **not_personal(
            _("the price of the ad as it was last shown"),
            *("price_kind", "price", "currency", "unit"),
        ),
        **not_personal(_("points to the cart"), "cart"),
        **ROW_NUMBER,
    },
    beside=("listing__title", "price_kind", "price", "currency", "unit"),
)
TYPED = {
    "purposes": ["orders"],
    "kept": Until(
        "expires_at",
        _(
            "for 30 minutes, or until the order is sent; your contacts stay for 30 minutes after "
            "that if the cart holds goods of other sellers"
        ),
    ),
    "edit": "orders:cart",
}
describe(
    Entries,
    title=_("What you typed into an order form and have not sent yet"),
    people=People.EVERYBODY,
    subject="cart__user__subject",
    fields={
        "full_name": Personal("identity.full", **TYPED),
        "organization": Personal("identity.organization", **TYPED),
        "email": Personal("contact.email", **TYPED),
        "phone": Personal("contact.phone", **TYPED),
        "address": Personal("contact.address", **TYPED),
        "comment": FreeText("content.order", **TYPED),
        **not_personal(
            _("which part of the cart it is about, and the terms chosen"),
            *("seller", "currency", "shipping", "payment"),
        ),
        **not_personal(_("when it goes"), "expires_at"),
        **not_personal(_("points to the cart"), "cart"),
        **ROW_NUMBER,
    },
    beside=("seller__name", "currency", "shipping", "payment", "expires_at"),
)

# What is asked of whoever acts on an order. Its reasons stand in its history.

register_form(
    "order_acts",
    _("Acts on an order"),
    *(act_forms.ReasonForm, act_forms.TurnDownForm, act_forms.DisputeForm),
    *(act_forms.NotedDayForm, act_forms.PayForm, act_forms.ShipForm),
    purposes=["orders"],
    fields={
        "reason": Column(Change, "note"),
        **kept_in(Order, "paid_on", "payment_document", "shipped_on", "carrier", "waybill"),
    },
)
register_form(
    "counter_offer",
    _("Counter-offer"),
    act_forms.OfferForm,
    purposes=["orders"],
    fields={
        **kept_in(Offer, "note"),
        # One of each for every position of the order.
        **kept_in(OfferLine, "quantity", "price", "delivery_on"),
    },
)
register_task(tasks.sweep_timers)

describe_keys(
    Session,
    "session_data",
    {OPENED: Personal("access.session", **IN_SESSION | {"purposes": ["orders"]})},
)

register_task(tasks.forget_old_contacts)

register_form(
    "orders-list",
    _("List of orders"),
    ListForm,
    purposes=["orders"],
    fields=not_kept(_("It narrows the list that is shown."), "q", "state", "since", "until"),
)

register_form(
    "order-settle",
    _("Settle the dispute of an order"),
    SettleForm,
    purposes=["orders"],
    fields={**kept_in(Change, "act", "note")},
)
register_cookie(
    Cookie(
        name=settings.CART_COOKIE_NAME,
        what=_(
            "The key to the cart of somebody who is not signed in. It is set when the first ad is "
            "put in, and goes when the cart joins an account."
        ),
        purpose="orders",
        lifetime=Cart.LASTS,
        is_needed=True,
    )
)
register_cookie(
    Cookie(
        name=settings.CART_COUNT_COOKIE_NAME,
        what=_(
            "How many ads lie in the cart, to show it beside the word “Cart”. It is set when the "
            "first ad is put in, and goes with the last one or when you sign out."
        ),
        purpose="orders",
        lifetime=Cart.LASTS,
        is_needed=True,
        # The page itself reads it, and so is the same for everybody.
        http_only=False,
    )
)
register_cache(
    CachePrefix(
        "orders:carts:",
        what=_("How many carts were begun from one place of the net."),
        purpose="security",
        longest=timedelta(hours=1),
        is_digested=True,
    )
)
register_form(
    "order",
    _("order form"),
    forms.OrderForm,
    purposes=["orders"],
    fields={
        **kept_in(Order, *Order.CONTACTS, "shipping", "payment"),
        **not_kept(_("It says what the form showed, and is compared with it."), "seal"),
    },
)

register_cache(
    CachePrefix(
        "orders:sent:",
        what=_("How many orders somebody sent within an hour."),
        purpose="security",
        longest=timedelta(hours=1),
        is_digested=True,
        names=("email",),
    )
)
register_form(
    "quantity",
    _("How much of an ad goes into the cart"),
    QuantityForm,
    purposes=["orders"],
    fields=kept_in(CartLine, "quantity"),
)
register_task(tasks.forget_carts)
register_task(tasks.forget_entries)

# Erasure

for rule in erasing.RULES:
    register_hold(rule)
registry.SETTLE.append(erasing.settle)
registry.SETTLED.setdefault(Seller, set()).update({OrderLine, Change, Offer})
