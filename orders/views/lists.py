from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.guards import private
from orders.export import as_csv, as_xlsx
from orders.listed import ListForm, counts_by_state, narrowed
from orders.models import Order
from sellers.guards import for_editors
from sellers.models import Member

ON_A_PAGE = 25


@private
@require_safe
def bought(request):
    orders = Order.objects.bought_by(request.user.subject)
    return render_list(request, "orders/bought.html", orders)


@private
@require_safe
def sold(request):
    member = Member.objects.filter(user=request.user).select_related("seller").first()
    if member is None:
        return render(request, "orders/sold_none_yet.html")
    return render_list(request, "orders/sold.html", Order.objects.of(member), member=member)


def render_list(request, template, orders, **facts):
    form = ListForm(request.GET)
    asked = form.asked
    tabs = counts_by_state(orders)
    found = narrowed(orders, asked).select_related("seller", "seller_then")
    page = Paginator(found.prefetch_related("lines").order_by("-created_at", "-pk"), ON_A_PAGE)
    facts |= {
        "form": form,
        "asked": asked,
        "tabs": tabs,
        "total": sum(number for _state, number in tabs),
        "page": page.get_page(request.GET.get("page")),
        "query": urlencode(asked),
        "query_without_state": urlencode({k: v for k, v in asked.items() if k != "state"}),
    }
    return render(request, template, facts)


@for_editors
@require_safe
def export(request, member, kind):
    """The list as it is filtered, a row for each position."""
    found = narrowed(Order.objects.of(member), ListForm(request.GET).asked)
    found = found.select_related("seller_then").prefetch_related("lines")
    return (as_csv if kind == "csv" else as_xlsx)(found.order_by("-created_at", "-pk"))
