"""The regions of Kazakhstan and its three great cities, by ISO 3166-2."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ui.alphabet import sort_key


@dataclass(frozen=True)
class Region:
    kk: str
    ru: str
    en: str

    def __str__(self):
        return getattr(self, get_language() or settings.LANGUAGE_CODE)


REGIONS = {
    "KZ-71": Region("Астана", "Астана", "Astana"),
    "KZ-75": Region("Алматы", "Алматы", "Almaty"),
    "KZ-79": Region("Шымкент", "Шымкент", "Shymkent"),
    "KZ-10": Region("Абай облысы", "область Абай", "Abai Region"),
    "KZ-11": Region("Ақмола облысы", "Акмолинская область", "Akmola Region"),
    "KZ-15": Region("Ақтөбе облысы", "Актюбинская область", "Aktobe Region"),
    "KZ-19": Region("Алматы облысы", "Алматинская область", "Almaty Region"),
    "KZ-23": Region("Атырау облысы", "Атырауская область", "Atyrau Region"),
    "KZ-27": Region(
        "Батыс Қазақстан облысы", "Западно-Казахстанская область", "West Kazakhstan Region"
    ),
    "KZ-31": Region("Жамбыл облысы", "Жамбылская область", "Zhambyl Region"),
    "KZ-33": Region("Жетісу облысы", "область Жетісу", "Zhetisu Region"),
    "KZ-35": Region("Қарағанды облысы", "Карагандинская область", "Karaganda Region"),
    "KZ-39": Region("Қостанай облысы", "Костанайская область", "Kostanay Region"),
    "KZ-43": Region("Қызылорда облысы", "Кызылординская область", "Kyzylorda Region"),
    "KZ-47": Region("Маңғыстау облысы", "Мангистауская область", "Mangystau Region"),
    "KZ-55": Region("Павлодар облысы", "Павлодарская область", "Pavlodar Region"),
    "KZ-59": Region(
        "Солтүстік Қазақстан облысы", "Северо-Казахстанская область", "North Kazakhstan Region"
    ),
    "KZ-61": Region("Түркістан облысы", "Туркестанская область", "Turkistan Region"),
    "KZ-62": Region("Ұлытау облысы", "область Ұлытау", "Ulytau Region"),
    "KZ-63": Region(
        "Шығыс Қазақстан облысы", "Восточно-Казахстанская область", "East Kazakhstan Region"
    ),
}


def region_choices():
    """In the reader's language and alphabet."""
    named = ((code, str(region)) for code, region in REGIONS.items())
    return sorted(named, key=lambda choice: sort_key(choice[1]))


def validate_region(code: str):
    if code not in REGIONS:
        raise ValidationError(_("There is no such region in Kazakhstan."), code="region")
