from django.urls import path, register_converter

from orders.views import cart, order, ordering


class Reference:
    """As it stands on paper; small letters are another way to write it."""

    regex = r"[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4}-[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4}"

    def to_python(self, value):
        return value.upper()

    def to_url(self, value):
        return value


register_converter(Reference, "reference")

app_name = "orders"

urlpatterns = [
    path("cart/", cart.cart, name="cart"),
    path("cart/<slug:slug>/<str:currency>/order/", ordering.ordering, name="ordering"),
    path("orders/<reference:reference>/", order.order, name="order"),
    path("orders/<reference:reference>/open/", order.open_by_key, name="open"),
]
