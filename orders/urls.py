from django.urls import path, register_converter

from orders.views import acting, cart, lists, order, ordering, papers


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
    path("account/orders/", lists.bought, name="bought"),
    path("account/sales/", lists.sold, name="sold"),
    path("account/sales/sales.csv", lists.export, {"kind": "csv"}, name="sales_csv"),
    path("account/sales/sales.xlsx", lists.export, {"kind": "xlsx"}, name="sales_xlsx"),
    path("orders/<reference:reference>/again/", cart.again, name="again"),
    path("orders/<reference:reference>/print/", papers.printed, name="print"),
    path("orders/<reference:reference>/pdf/", papers.pdf, name="pdf"),
    path("cart/", cart.cart, name="cart"),
    path("cart/add/<int:pk>/", cart.add, name="add"),
    path("cart/change/<int:pk>/", cart.change, name="change"),
    path("cart/remove/<int:pk>/", cart.remove, name="remove"),
    path("cart/<slug:seller>/<str:currency>/prices/", cart.take_prices, name="take_prices"),
    path("cart/<slug:seller>/<str:currency>/order/", ordering.ordering, name="ordering"),
    path("orders/<reference:reference>/", order.order, name="order"),
    path("orders/<reference:reference>/open/", order.open_by_key, name="open"),
    path("orders/<reference:reference>/accept/", acting.accept, name="accept"),
    path("orders/<reference:reference>/offer/", acting.offer, name="offer"),
    path("orders/<reference:reference>/decline/", acting.decline, name="decline"),
    path("orders/<reference:reference>/pay/", acting.pay, name="pay"),
    path("orders/<reference:reference>/ship/", acting.ship, name="ship"),
    path("orders/<reference:reference>/agree/", acting.agree, name="agree"),
    path("orders/<reference:reference>/turn-down/", acting.turn_down, name="turn_down"),
    path("orders/<reference:reference>/complete/", acting.complete, name="complete"),
    path("orders/<reference:reference>/cancel/", acting.cancel, name="cancel"),
    path("orders/<reference:reference>/dispute/", acting.dispute, name="dispute"),
]
