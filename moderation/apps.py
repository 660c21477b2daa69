from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self):
        # They fill registries of lower floors; their models exist only now.
        import_module("moderation.bans")
        import_module("moderation.stop_words")
        import_module("moderation.cases")
