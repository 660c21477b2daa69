"""What buyer and seller do to an order: each verb has its address, and its buttons on the page."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from accounts import gate
from accounts.guards import asked_first, personal
from orders import life
from orders.access import order_and_role
from orders.act_forms import form_for
from orders.models import Offer, Order
from orders.quantities import in_words
from orders.states import TRANSITIONS, Act, Role, may
from orders.telling import moment_in_words, what
from orders.views.order import page

DONE = {
    (Act.ACCEPT, Role.SELLER): gettext_lazy("The order is accepted. The buyer is told by letter."),
    (Act.OFFER, Role.SELLER): gettext_lazy(
        "The counter-offer is made. The buyer is told by letter."
    ),
    (Act.DECLINE, Role.SELLER): gettext_lazy("The order is declined. The buyer is told by letter."),
    (Act.PAY, Role.SELLER): gettext_lazy(
        "The order is marked as paid. The buyer is told by letter."
    ),
    (Act.SHIP, Role.SELLER): gettext_lazy(
        "The order is marked as shipped. The buyer is told by letter."
    ),
    (Act.CANCEL, Role.SELLER): gettext_lazy("The order is cancelled. The buyer is told by letter."),
    (Act.DISPUTE, Role.SELLER): gettext_lazy("The dispute is open. The buyer is told by letter."),
    (Act.AGREE, Role.BUYER): gettext_lazy(
        "The counter-offer is accepted. The seller is told by letter."
    ),
    (Act.TURN_DOWN, Role.BUYER): gettext_lazy(
        "The counter-offer is declined. The seller is told by letter."
    ),
    (Act.CANCEL, Role.BUYER): gettext_lazy("The order is cancelled. The seller is told by letter."),
    (Act.COMPLETE, Role.BUYER): gettext_lazy(
        "The delivery is confirmed. The seller is told by letter."
    ),
    (Act.DISPUTE, Role.BUYER): gettext_lazy("The dispute is open. The seller is told by letter."),
}


def acting(act: Act):
    """The view of a verb: for whom it is, its form, and what to say when it cannot be done."""

    def decorate(do: Callable):
        @personal
        @asked_first
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(do)
        def view(request, reference):
            order, role, member = order_and_role(request, reference)
            if act not in TRANSITIONS[role] or (member and not member.may_edit):
                raise PermissionDenied
            if request.method != "POST":
                return redirect(order)  # the page of a refused form, loaded again
            if member:
                gate.refuse_if_banned(request, seller=member.seller)
            if not may(role, act, order.state):
                messages.error(request, refusal(order, act, role))
                return redirect(order)
            form = form_for(act, order, role, request.POST)
            if form is None or form.is_valid():
                try:
                    do(request, order, role, form)
                except Order.Impossible:
                    messages.error(request, refusal(order, act, role))
                    return redirect(order)
                except REFUSALS as refused:
                    messages.error(request, sentence_of(refused))
                    return redirect(order)
                except life.Faulty as refused:
                    form.refuse(refused.faults)
                else:
                    messages.success(request, DONE[act, role])
                    return redirect(order)
            return page(request, order, role, member, refused={act: form}, status=400)

        return view

    return decorate


REFUSALS = (
    life.Unpriced,
    life.TooManyRounds,
    life.NothingNew,
    life.Overtaken,
    life.TooLittleLeft,
)


def refusal(order, act, role):
    """What has happened meanwhile, by whom and when."""
    last = order.history.last()
    facts = {"what": what(last), "when": moment_in_words(last.at)}
    if (last.act, last.role) == (act, role):
        return _("This is done already. %(what)s: %(when)s. Nothing was done twice.") % facts
    return _("This cannot be done any more. %(what)s: %(when)s. Nothing was changed.") % facts


def sentence_of(refused):
    match refused:
        case life.Unpriced():
            return _("The buyer asks for your price: name it in a counter-offer.")
        case life.TooManyRounds():
            return ngettext(
                "There can be %(most)d counter-offer, and it is made. Nothing was changed.",
                "There can be %(most)d counter-offers, and they are made. Nothing was changed.",
                Offer.MOST_ROUNDS,
            ) % {"most": Offer.MOST_ROUNDS}
        case life.NothingNew():
            return _(
                "The offer says what the order says. Accept the order, or change something in it."
            )
        case life.Overtaken():
            return _(
                "The seller has made a newer offer meanwhile. Nothing was changed: read it first."
            )
        case life.TooLittleLeft(lines=lines):
            left = "; ".join(
                f"{line.title}: {in_words(quantity)} {line.unit_sign}" for line, quantity in lines
            )
            return _(
                "The seller does not have so much any more. Nothing was changed: decline the "
                "offer, and the seller can make another one. What is there for you: %(left)s."
            ) % {"left": left}


def account(request):
    return request.user if request.user.is_authenticated else None


# The seller


@acting(Act.ACCEPT)
def accept(request, order, role, form):
    life.accept(order, request.user)


@acting(Act.OFFER)
def offer(request, order, role, form):
    life.offer(order, request.user, form.terms, form.cleaned_data["note"])


@acting(Act.DECLINE)
def decline(request, order, role, form):
    life.decline(order, request.user, form.cleaned_data["reason"])


@acting(Act.PAY)
def pay(request, order, role, form):
    given = form.cleaned_data
    life.pay(order, request.user, given["paid_on"], given["payment_document"])


@acting(Act.SHIP)
def ship(request, order, role, form):
    given = form.cleaned_data
    life.ship(order, request.user, given["shipped_on"], given["carrier"], given["waybill"])


# The buyer


@acting(Act.AGREE)
def agree(request, order, role, form):
    life.agree(order, account(request), round_seen(request))


@acting(Act.TURN_DOWN)
def turn_down(request, order, role, form):
    reason = form.cleaned_data["reason"]
    life.turn_down(order, account(request), round_seen(request), reason)


def round_seen(request):
    """The answer is to the counter-offer that was read, not to one that came meanwhile."""
    number = request.POST.get("round", "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 3 else 0


@acting(Act.COMPLETE)
def complete(request, order, role, form):
    life.complete(order, account(request))


# Both


@acting(Act.CANCEL)
def cancel(request, order, role, form):
    life.cancel(order, role, account(request), form.cleaned_data["reason"])


@acting(Act.DISPUTE)
def dispute(request, order, role, form):
    life.dispute(order, role, account(request), form.cleaned_data["reason"])
