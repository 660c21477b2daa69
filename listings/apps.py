from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ListingsConfig(AppConfig):
    name = "listings"
    verbose_name = _("Catalogue")

    def ready(self):
        # It fills a registry of a lower floor; its models exist only now.
        import_module("listings.watched")
