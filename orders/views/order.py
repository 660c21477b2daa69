from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import personal
from orders.access import let_in, order_and_role
from orders.letters import is_key_of
from orders.models import Order


@personal
@require_safe
def order(request, reference):
    order, role, member = order_and_role(request, reference)
    lines = list(order.lines.all())
    return render(
        request,
        "orders/order.html",
        {"order": order, "role": role, "member": member, "lines": lines},
    )


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
