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
    path("cart/add/<int:pk>/", cart.add, name="add"),
    path("cart/change/<int:pk>/", cart.change, name="change"),
    path("cart/remove/<int:pk>/", cart.remove, name="remove"),
    path("cart/<slug:seller>/<str:currency>/prices/", cart.take_prices, name="take_prices"),
    path("cart/<slug:seller>/<str:currency>/order/", ordering.ordering, name="ordering"),
    path("orders/<reference:reference>/", order.order, name="order"),
    path("orders/<reference:reference>/open/", order.open_by_key, name="open"),
]
