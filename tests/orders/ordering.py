"""A buyer at the order form: what lies in the cart, what is typed, what the page says."""

import html
import re
from decimal import Decimal
from uuid import uuid4

from django.conf import settings

from orders.carts import digest_of
from orders.models import Cart, CartLine

FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}
TYPED = {
    "full_name": "Сейтқазы Айгүл Маратқызы",
    "organization": "Қостанай диірмені",
    "email": "buyer@example.com",
    "phone": "+7 701 234 56 78",
    "address": "Қостанай, Абай даңғылы, 1",
    "comment": "Тиеу дүйсенбіден",
}


def fill_cart(client, *lines, user=None):
    """Each an ad and how much of it; of this browser, or of an account that is signed in there."""
    if user:
        cart, _is_new = Cart.objects.get_or_create(user=user)
    else:
        token = uuid4().hex
        client.cookies[settings.CART_COOKIE_NAME] = token
        cart = Cart.objects.create(token_digest=digest_of(token))
    for listing, quantity in lines:
        listing.refresh_from_db()
        line = CartLine(cart=cart, listing=listing, quantity=Decimal(quantity))
        line.take_price()
        line.save()
    return cart


def form_of(listing, language="en"):
    return f"/{language}/cart/{listing.seller.slug}/{listing.currency}/order/"


def seal_of(response):
    return html.unescape(re.search(r'name="seal" value="([^"]*)"', response.content.decode())[1])


def send(client, form, *, seal=None, **typed):
    """Type it into the form and press the button."""
    seal = seal or seal_of(client.get(form))
    return client.post(form, TYPED | {"seal": seal} | typed, **FROM_HERE)


def words_of(response):
    """What stands on the page, without its marks, its line ends and the width of its spaces."""
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    text = re.sub(r"<[^>]*>", " ", re.sub(r"<svg.*?</svg>", "", body, flags=re.S))
    return " ".join(html.unescape(text).split())
