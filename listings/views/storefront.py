"""The page of a seller with what they sell: it needs both apps, so it lives in the higher one."""

from django.db.models import Q
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import gate
from accounts.visitors import network_of
from listings.closed import closed
from listings.storefront import shelf_of
from sellers.models import Seller
from sellers.public import moved, shown_of
from ui.limits import is_within
from ui.origin import same_origin
from ui.public import public_page

REVEALS = 60
AN_HOUR = 60 * 60


@require_safe
@public_page
def storefront(request, slug):
    seller = Seller.objects.public().filter(slug=slug).first()
    return page(request, seller) if seller else elsewhere(request, slug)


@never_cache
@same_origin
@require_http_methods(["GET", "POST"])
def phones(request, slug):
    """The storefront with the numbers, which stand in no page that an address alone brings."""
    seller = Seller.objects.public().filter(slug=slug).first()
    if seller is None:
        return elsewhere(request, slug)
    if request.method == "GET":
        return redirect(seller)
    gate.refuse_if_banned(request)
    if not is_within(REVEALS, AN_HOUR, f"sellers:phones:{network_of(request)}"):
        answer = page(request, seller, {"is_too_often": True}, status=429)
        answer["Retry-After"] = str(AN_HOUR)
        return answer
    return page(request, seller, {"phones": seller.phones.order_by("pk")})


def elsewhere(request, slug):
    known = Seller.objects.filter(Q(slug=slug) | Q(former_slugs__slug=slug))
    if known.exclude(pk__in=Seller.objects.public().order_by().values("pk")).exists():
        return closed(request)
    return moved(slug)


def page(request, seller, facts=None, status=200):
    facts = shown_of(seller) | {"shelf": shelf_of(seller, request.GET)} | (facts or {})
    return render(request, "listings/storefront.html", facts, status=status)
