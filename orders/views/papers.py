from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guards import personal
from orders.access import order_and_role
from orders.models import Order
from orders.quantities import total_of
from orders.states import Role


@personal
@require_safe
def printed(request, reference):
    """Like the PDF, for whoever prints from the browser."""
    order, with_contacts = order_on_paper(request, reference)
    facts = {
        "order": order,
        "lines": order.lines.all(),
        "with_contacts": with_contacts,
        "total_words": total_of(order),
    }
    return render(request, "orders/printed.html", facts)


@personal
@require_safe
def pdf(request, reference):
    # Only here: it holds 25 MB, and few processes ever write a PDF.
    from orders.paper import order_form

    order, with_contacts = order_on_paper(request, reference)
    return HttpResponse(
        order_form(order, with_contacts=with_contacts),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{order.reference}.pdf"'},
    )


def order_on_paper(request, reference):
    order, role, _member = order_and_role(request, reference)
    orders = Order.objects.select_related("seller_then").prefetch_related("lines")
    order = orders.get(pk=order.pk)
    is_shown = order.contacts_for_seller() if role == Role.SELLER else order.full_name
    return order, bool(is_shown)
