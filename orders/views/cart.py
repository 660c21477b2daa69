from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import personal
from listings.closed import closed
from listings.models import Listing
from orders import carts
from orders.access import order_of_buyer
from orders.models import CartLine
from orders.quantities import QuantityForm, in_field, least
from sellers.models import Seller
from sellers.standing import shut_out
from ui.dialogs import render_either
from ui.origin import same_origin


@personal
@require_safe
def cart(request):
    return page(request, parts_of(request))


@same_origin
@personal
def add(request, pk):
    """By GET, and after what was refused, it asks how much; then it lies in the cart."""
    if Listing.objects.closed().filter(pk=pk).exists():
        return closed(request)
    listing = get_object_or_404(Listing.objects.open_by_address().for_cards(), pk=pk)
    quantity = in_field(least(listing))
    if request.method != "POST":
        return asked(request, listing, QuantityForm({"quantity": quantity}, listing=listing))
    form = QuantityForm({"quantity": request.POST.get("quantity", quantity)}, listing=listing)
    if not form.is_valid():
        return asked(request, listing, form, fault=form.fault)
    try:
        with transaction.atomic():
            line = carts.add(carts.open_cart(request), listing, form.cleaned_data["quantity"])
    except carts.Refused as refused:
        return asked(request, listing, form, fault=refused.sentence, already=refused.already)
    except carts.TooMany:
        response = asked(request, listing, form, is_too_often=True, status=429)
        response["Retry-After"] = str(carts.AN_HOUR)
        return response
    return to(line)


@same_origin
@personal
def change(request, pk):
    line = line_in_cart(request, pk) if request.method == "POST" else None
    if line is None:
        return redirect("orders:cart")  # another tab has removed it
    form = QuantityForm(request.POST, listing=line.listing)
    if form.is_valid():
        carts.change(line, form.cleaned_data["quantity"], request.POST.get("seen", ""))
        return to(line)
    parts = parts_of(request)
    for part in parts:
        for shown in (*part.lines, *part.others):
            if shown.pk == pk:
                shown.fault, shown.typed = form.fault, form.typed
    return page(request, parts)


@same_origin
@personal
def remove(request, pk):
    if request.method == "POST" and (line := line_in_cart(request, pk)):
        line.delete()
    return redirect("orders:cart")


@same_origin
@personal
def take_prices(request, seller, currency):
    """The prices that stood on the page, agreed to; perhaps to order at once."""
    seller = get_object_or_404(Seller.objects.public(), slug=seller)
    cart = carts.cart_of(request)
    part = cart and carts.part_of(cart, seller, currency)
    if request.method != "POST" or part is None:
        return redirect("orders:cart")
    seen = {
        int(pk): price
        for pk, price in ((name[5:], request.POST[name]) for name in request.POST)
        if pk.isdecimal() and len(pk) < 19
    }
    carts.take_prices(part, seen)
    return redirect(part.order_path if "order" in request.POST else "orders:cart")


@personal
@require_POST
def again(request, reference):
    """What was ordered goes into the cart at today's prices; what cannot is named with its why."""
    order = order_of_buyer(request, reference)
    try:
        with transaction.atomic():
            left_out = carts.add_again(carts.open_cart(request), list(order.lines.all()))
    except carts.TooMany:
        messages.error(request, _("Too many carts were begun from your network. Try in an hour."))
        return redirect(order)
    for words in left_out:
        messages.warning(request, words)
    messages.info(
        request, _("Look at today's prices and quantities before you order: they may have changed.")
    )
    return redirect("orders:cart")


def parts_of(request):
    cart = carts.cart_of(request)
    return carts.parts_of(cart) if cart else []


def line_in_cart(request, pk):
    cart = carts.cart_of(request)
    lines = CartLine.objects.select_related("listing__seller").filter(cart=cart, pk=pk)
    return lines.first() if cart else None


def page(request, parts):
    ready = [part for part in parts if part.lines]
    return render_either(
        request,
        "orders/cart.html",
        {
            "parts": parts,
            "count": sum(len(part.lines) + len(part.others) for part in parts),
            "ready": ready,
            "totals": carts.totals_of(parts),
            "first": ready[0] if len(ready) > 1 else None,
        },
    )


def asked(request, listing, form, *, status=200, **why):
    problem = carts.problem_of(listing, set(), shut_out([listing.seller_id]))
    facts = {"listing": listing, "form": form, "problem": problem, **why}
    return render_either(request, "orders/add.html", facts, status=status)


def to(line):
    return redirect(f"{reverse('orders:cart')}#line-{line.pk}")
