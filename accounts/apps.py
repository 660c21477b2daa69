from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        # Its receiver must stand before the first sign-in; its models exist only now.
        import_module("accounts.sessions")
        import_module("accounts.watched")
