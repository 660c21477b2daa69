from django.conf import settings
from django.utils.translation import get_language


class Translated:
    """The text in the reader's language, from the columns `<name>_kk`, `<name>_ru`, `<name>_en`."""

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, row, owner=None):
        if row is None:
            return self
        return getattr(row, f"{self.name}_{get_language() or settings.LANGUAGE_CODE}")
