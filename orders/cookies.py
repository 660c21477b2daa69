"""What a browser keeps of a cart: a guest's key to it, and for the header how much lies in it.

The number is read by a script, so that pages stay the same for everybody and ask no database.
"""

from django.conf import settings

from accounts import coming
from orders.carts import cart_of
from orders.models import Cart


def follow_the_cart(get_response):
    """Middleware: after whatever had to do with a cart the cookies are as the cart is."""

    def middleware(request):
        response = get_response(request)
        if hasattr(request, "cart") and response.status_code < 500:
            keep_key(request, response)
            keep_count(request, response)
        return response

    return middleware


def keep_key(request, response):
    name = settings.CART_COOKIE_NAME
    token = request.COOKIES.get(name)
    if request.cart and request.cart.token_digest:
        set_cookie(response, "CART", token)
    elif token:
        response.delete_cookie(name, samesite="Lax")


def keep_count(request, response):
    name = settings.CART_COUNT_COOKIE_NAME
    if count := request.cart.lines.count() if request.cart else 0:
        set_cookie(response, "CART_COUNT", str(count))
    elif name in request.COOKIES:
        response.delete_cookie(name, samesite="Lax")


def set_cookie(response, which, value):
    response.set_cookie(
        getattr(settings, f"{which}_COOKIE_NAME"),
        value,
        max_age=Cart.LASTS,
        secure=getattr(settings, f"{which}_COOKIE_SECURE"),
        httponly=getattr(settings, f"{which}_COOKIE_HTTPONLY"),
        samesite=getattr(settings, f"{which}_COOKIE_SAMESITE"),
    )


def forget(request):
    """The next person at this browser need not know."""
    request.cart = None


if cart_of not in coming.SIGNED_IN:
    coming.SIGNED_IN.append(cart_of)
    coming.SIGNED_OUT.append(forget)
