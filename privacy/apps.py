from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self):
        # What the apps declare is found once all models exist; the checks hold them to it.
        autodiscover_modules("personal_data")
        import_module("privacy.checks")
        import_module("privacy.operator")
        import_module("privacy.restoring.gate")
        import_module("privacy.erasure.outside")
