from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import gate
from accounts.guards import personal
from accounts.models import User
from accounts.occasions import occasion
from accounts.visitors import network_of
from listings.models import Currency
from orders import carts, entries
from orders.access import let_in
from orders.forms import OrderForm
from orders.models import Order
from orders.proposals import NothingToPropose, propose, read_seal
from orders.sending import OwnSeller, Unavailable, send
from privacy.consents import Changed, NotOffered
from privacy.sentences import order_sentence, order_sentence_with_link
from sellers.models import Seller
from ui.dialogs import leave, render_either
from ui.limits import is_within
from ui.money import with_currency
from ui.origin import same_origin

AN_HOUR = 60 * 60
ORDERS_OF_A_NETWORK = 60
ORDERS_OF_AN_ADDRESS = 20


@personal
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def ordering(request, seller, currency):
    """The order form of one part of the cart."""
    seller = get_object_or_404(Seller.objects.select_related("region"), slug=seller)
    if currency not in Currency.values:
        raise Http404
    cart = carts.cart_of(request)
    seal = read_seal(request.POST.get("seal", ""))
    if order := order_sent_by(request, seal):
        return sent_already(request, cart, order)
    try:
        proposal = propose(cart, seller, currency)
        if request.method == "POST":
            return answer(request, cart, proposal, seal)
    except NothingToPropose as refusal:
        # The same form, pressed twice, may have taken the lines since the question above.
        if order := order_sent_by(request, seal):
            return sent_already(request, cart, order)
        if cart and request.method == "POST":
            entries.keep(cart, seller, currency, request.POST)
        messages.warning(request, refusal.words)
        return redirect("orders:cart")
    begun = entries.begun(cart, seller, currency, user_of(request))
    form = OrderForm(proposal, initial=begun)
    return page(request, proposal, form, seal)


def order_sent_by(request, seal):
    is_sending = request.method == "POST" and "back" not in request.POST
    return Order.objects.filter(token=seal.token).first() if is_sending and seal else None


def sent_already(request, cart, order):
    messages.info(request, _("This order had been sent already, so it was not sent again."))
    return onward(request, cart, order)


def answer(request, cart, proposal, seal):
    seller, currency = proposal.part.seller, proposal.part.currency
    if "back" in request.POST:
        entries.keep(cart, seller, currency, request.POST)
        return redirect("orders:cart")
    form = OrderForm(proposal, request.POST)
    if news := proposal.news_since(seal):
        return page(request, proposal, form, seal, news=news, status=409)
    if not form.is_valid():
        return page(request, proposal, form, seal, status=400)
    entered = form.entered
    gate.refuse_if_banned(request, email=entered.email, phones=[entered.phone])
    if not may_send(request, entered):
        return page(request, proposal, form, seal, status=429)
    try:
        order = send(
            proposal.rows_as_seen(),
            entered,
            token=seal.token,
            seller=seller,
            currency=currency,
            user=user_of(request),
            version=proposal.version,
            sentence=order_sentence(),
            occasion=occasion(request, "order", _("Send order")),
        )
    except (Unavailable, OwnSeller, Changed, NotOffered):
        # Somebody was faster, by so little that only the locks could tell.
        proposal = propose(cart, seller, currency)
        news = proposal.news_since(seal) or [_("Something has changed just now. Send it again.")]
        return page(request, proposal, form, seal, news=news, status=409)
    entries.forget_sent(cart, order, entered)
    words = _("Order %(reference)s has been sent to the seller. A letter to you tells of it, too.")
    messages.success(request, words % {"reference": order.reference})
    return onward(request, cart, order)


def user_of(request):
    return request.user if request.user.is_authenticated else None


def may_send(request, entered):
    return is_within(
        ORDERS_OF_A_NETWORK, AN_HOUR, f"orders:sent:{network_of(request)}"
    ) and is_within(ORDERS_OF_AN_ADDRESS, AN_HOUR, f"orders:sent:{entered.email.lower()}")


def page(request, proposal, form, seal, *, news=(), status=200):
    walks_all = "all" in request.GET
    facts = {
        "part": proposal.part,
        "amount": amount_of(proposal.part),
        "form": form,
        "seal": proposal.seal(seal).signed(),
        "sentence": order_sentence_with_link(proposal.version),
        "news": news,
        "remarks": proposal.remarks(),
        "is_too_often": status == 429,
        "walks_all": walks_all,
        "to_follow": to_follow(request.cart, proposal.part) if walks_all else None,
    }
    if request.method == "POST":
        proposal.note_prices_seen()
    response = render_either(request, "orders/ordering.html", facts, status=status)
    if status == 429:
        response["Retry-After"] = str(AN_HOUR)
    return response


def amount_of(part):
    if part.unpriced and not part.total:
        return format_html("<b>{}</b>", _("on request"))
    amount = format_html('<span class="number">{}</span>', with_currency(part.total, part.currency))
    words = format_html(_("from %(amount)s") % {"amount": "{}"}, amount) if part.is_from else amount
    return format_html("<b>{}</b>", words)


def onward(request, cart, order):
    """To the form of the next part, for whoever orders from all, else to the order."""
    if not User.objects.filter(subject=order.buyer_id).exists():
        let_in(request, order)
    parts = parts_to_order(cart) if cart and "all" in request.GET else []
    if part := next(iter(parts), None):
        following = reverse("orders:ordering", args=[part.seller.slug, part.currency])
        return redirect(f"{following}?all")
    return leave(request, order)


def to_follow(cart, part):
    return sum(each.order_path != part.order_path for each in parts_to_order(cart))


def parts_to_order(cart):
    return [part for part in carts.parts_of(cart) if part.lines]
