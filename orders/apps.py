from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self):
        # They fill registries of lower floors; their models exist only now.
        import_module("orders.pictures")
        import_module("orders.cookies")
        import_module("orders.noticing")
        import_module("orders.leaving")
