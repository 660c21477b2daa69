from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.guards import asked_first, personal
from listings.states import OPEN_BY_ADDRESS
from orders import life
from orders.access import let_in, order_and_role
from orders.act_forms import form_for
from orders.letters import is_key_of
from orders.models import Change, Offer, OfferLine, Order, OrderLine
from orders.states import AGREED, WAITS_FOR_SELLER, Act, Role, State
from orders.telling import next_step, what, why
from orders.timers import until
from sellers.models import Seller

# In the order in which they stand on the page; the first of those that can be done is the loud one.
BUTTONS = {
    Act.AGREE: gettext_lazy("Accept the counter-offer"),
    Act.ACCEPT: gettext_lazy("Accept the order"),
    Act.COMPLETE: gettext_lazy("Confirm the delivery"),
    Act.PAY: gettext_lazy("Mark as paid"),
    Act.SHIP: gettext_lazy("Mark as shipped"),
    Act.OFFER: gettext_lazy("Propose a change"),
    Act.TURN_DOWN: gettext_lazy("Decline the counter-offer"),
    Act.DECLINE: gettext_lazy("Decline the order"),
    Act.CANCEL: gettext_lazy("Cancel the order"),
    Act.DISPUTE: gettext_lazy("Open a dispute"),
}
DANGEROUS = [Act.TURN_DOWN, Act.DECLINE, Act.CANCEL, Act.DISPUTE]
# What somebody should know before they press the second button.
BEFORE = {
    Act.OFFER: gettext_lazy(
        "The buyer reads it beside the order and accepts or declines it. Until then nobody is "
        "bound."
    ),
    Act.TURN_DOWN: gettext_lazy(
        "The order stays as you sent it: the seller can accept it, make another offer, or decline."
    ),
    Act.DECLINE: gettext_lazy(
        "This ends the order and cannot be undone. What was set aside is on sale again."
    ),
    Act.CANCEL: gettext_lazy(
        "This ends the order and cannot be undone. What was set aside is on sale again."
    ),
    Act.DISPUTE: gettext_lazy(
        "The administration decides whether the order stands. Talk to the other side first: most "
        "things are settled by a call."
    ),
}


@personal
@asked_first
@require_safe
def order(request, reference):
    try:
        order, role, member = order_and_role(request, reference)
    except Http404:
        if request.user.is_authenticated:
            raise
        # Signed out, or in another browser: the same words whether there is such an order.
        return render(request, "orders/unknown.html", status=404)
    if member and member.may_edit and order.state == State.NEW and is_looked_at(request):
        life.see(order, request.user)
        order.refresh_from_db(fields=["state", "seen_at", "changed_at"])
    return page(request, order, role, member)


def is_looked_at(request):
    """By a person. What browsers load beforehand, or a page elsewhere embeds, nobody has read."""
    headers = request.headers
    purposes = [headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz")]
    is_beforehand = any("prefetch" in each or "prerender" in each for each in purposes)
    is_page = headers.get("Sec-Fetch-Dest", "document") == "document"
    return request.method == "GET" and is_page and not is_beforehand


def page(request, order, role, member, refused=None, status=200):
    """With the forms that were refused, by the act, as they were filled in."""
    fetch(order)
    may_act = member is None or member.may_edit
    acts = [act for act in BUTTONS if may_act and act in life.possible(order, role)]
    ends_at = until(order)
    is_seller = role == Role.SELLER
    pending = next((offer for offer in order.offers.all() if not offer.answer), None)
    is_public = Seller.objects.public().filter(pk=order.seller_id).exists()
    return render(
        request,
        "orders/order.html",
        {
            "order": order,
            "role": role,
            "member": member,
            "is_seller": is_seller,
            "is_seller_public": is_public,
            "rows": rows_of(order, pending, is_public),
            "pending": pending,
            "rounds_left": Offer.MOST_ROUNDS - len(order.offers.all()),
            "acts": [act_of(act, order, role, refused or {}) for act in acts],
            "next": next_step(order, role, ends_at, is_request=order.unpriced > 0),
            "waits_for_me": may_act and side_awaited(order) == role,
            "history": list(history_of(order, is_seller)),
            "is_open": not order.is_closed,
            "are_contacts_hidden": is_seller and order.are_contacts_over,
            "are_contacts_erased": not order.full_name,
        },
        status=status,
    )


def fetch(order):
    """Everything the page shows, in as many queries for one line as for a hundred."""
    prefetch_related_objects(
        [order],
        Prefetch("lines", OrderLine.objects.select_related("listing__category")),
        "offers__lines__line",
        "history",
        "seller_then",
    )


@dataclass(frozen=True)
class Row:
    """A line of the page."""

    line: OrderLine
    # Of the ad, as long as everybody can read it.
    url: str | None
    offered: OfferLine | None


def rows_of(order, pending, is_public):
    offered = {each.line_id: each for each in pending.lines.all()} if pending else {}
    return [
        Row(line, url_of(line.listing) if is_public else None, offered.get(line.pk))
        for line in order.lines.all()
    ]


def url_of(listing):
    if listing and listing.state in OPEN_BY_ADDRESS:
        return listing.get_absolute_url()
    return None


def act_of(act, order, role, refused):
    return {
        "name": act.value,
        "url": reverse(f"orders:{act}", args=[order.reference]),
        "label": BUTTONS[act] if act != Act.OFFER or not order.unpriced else _("Name the price"),
        "before": BEFORE.get(act),
        "form": refused.get(act) or form_for(act, order, role),
        "is_refused": act in refused,
        "is_dangerous": act in DANGEROUS,
    }


@dataclass(frozen=True)
class Step:
    """A change, as the timeline tells it."""

    change: Change
    what: str
    why: str
    offer: Offer | None


def history_of(order, is_seller):
    offers = iter(order.offers.all())
    for change in order.history.all():
        # What the buyer wrote goes with the contacts.
        is_hidden = is_seller and change.role == Role.BUYER and order.are_contacts_over
        offer = next(offers, None) if change.act == Act.OFFER else None
        yield Step(change, what(change), "" if is_hidden else why(change), offer)


def side_awaited(order):
    if order.state in [*WAITS_FOR_SELLER, *AGREED]:
        return Role.SELLER
    return Role.BUYER if order.state in [State.CHANGED, State.SHIPPED] else None


@personal
@require_safe
def open_by_key(request, reference):
    """The link of a letter. The key leaves the address at once: it would stay in the history."""
    order = get_object_or_404(Order, reference=reference)
    if not is_key_of(order, request.GET.get("key", "")):
        raise Http404
    let_in(request, order)
    Order.objects.filter(pk=order.pk, proved_at=None).update(proved_at=timezone.now())
    messages.success(request, _("This browser can open the order until you close it."))
    return redirect(order)
