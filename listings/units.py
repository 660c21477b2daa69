"""What amounts are counted in: units of prices, and the signs of these and of attributes."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PriceUnit(models.TextChoices):
    TONNE = "t", _("tonne")
    CENTNER = "centner", _("centner (100 kg)")
    KILOGRAM = "kg", _("kilogram")
    LITRE = "L", _("litre")
    CUBIC_METRE = "m3", _("cubic metre")
    SQUARE_METRE = "m2", _("square metre")
    HECTARE = "ha", _("hectare")
    METRE = "m", _("metre")
    KILOMETRE = "km", _("kilometre")
    TONNE_KILOMETRE = "tkm", _("tonne-kilometre")
    PIECE = "piece", _("piece")
    SET = "set", _("set")
    HEAD = "head", _("head of livestock")
    HOUR = "hour", _("hour")
    SHIFT = "shift", _("shift")
    DAY = "day", _("day")
    MONTH = "month", _("month")
    SERVICE = "service", _("service as a whole")


# What something is let for.
UNITS_OF_TIME = (PriceUnit.HOUR, PriceUnit.SHIFT, PriceUnit.DAY, PriceUnit.MONTH)

# What can be weighed or measured in one another, and how much it is. A shift or a month has no
# size of its own.
SIZES = {
    PriceUnit.KILOGRAM: ("mass", Decimal(1)),
    PriceUnit.CENTNER: ("mass", Decimal(100)),
    PriceUnit.TONNE: ("mass", Decimal(1000)),
    PriceUnit.LITRE: ("volume", Decimal(1)),
    PriceUnit.CUBIC_METRE: ("volume", Decimal(1000)),
    PriceUnit.METRE: ("length", Decimal(1)),
    PriceUnit.KILOMETRE: ("length", Decimal(1000)),
    PriceUnit.SQUARE_METRE: ("area", Decimal(1)),
    PriceUnit.HECTARE: ("area", Decimal(10_000)),
}

# As they stand behind a number.
SIGNS = {
    "%": "%",
    "t": pgettext_lazy("unit", "t"),
    "centner": pgettext_lazy("unit", "centner"),
    "kg": pgettext_lazy("unit", "kg"),
    "L": pgettext_lazy("unit", "L"),
    "m3": pgettext_lazy("unit", "m³"),
    "m2": pgettext_lazy("unit", "m²"),
    "mm2": pgettext_lazy("unit", "mm²"),
    "ha": pgettext_lazy("unit", "ha"),
    "m": pgettext_lazy("unit", "m"),
    "mm": pgettext_lazy("unit", "mm"),
    "km": pgettext_lazy("unit", "km"),
    "in": pgettext_lazy("unit", "in"),
    "tkm": pgettext_lazy("unit", "t·km"),
    "piece": pgettext_lazy("unit", "pc"),
    "set": pgettext_lazy("unit", "set"),
    "head": pgettext_lazy("unit", "head"),
    "service": pgettext_lazy("unit", "service"),
    "s": pgettext_lazy("unit", "s"),
    "min": pgettext_lazy("unit", "min"),
    "h": pgettext_lazy("unit", "h"),
    "hour": pgettext_lazy("unit", "hour"),
    "shift": pgettext_lazy("unit", "shift"),
    "d": pgettext_lazy("unit", "d"),
    "day": pgettext_lazy("unit", "day"),
    "mo": pgettext_lazy("unit", "mo"),
    "month": pgettext_lazy("unit", "month"),
    "a": pgettext_lazy("unit", "y"),
    "hp": pgettext_lazy("unit", "hp"),
    "kW": pgettext_lazy("unit", "kW"),
    "kV.A": pgettext_lazy("unit", "kVA"),
    "V": pgettext_lazy("unit", "V"),
    "A": pgettext_lazy("unit", "A"),
    "A.h": pgettext_lazy("unit", "Ah"),
    "bar": pgettext_lazy("unit", "bar"),
    "g/L": pgettext_lazy("unit", "g/L"),
    "kg/m3": pgettext_lazy("unit", "kg/m³"),
    "kcal/kg": pgettext_lazy("unit", "kcal/kg"),
    "t/h": pgettext_lazy("unit", "t/h"),
    "m3/h": pgettext_lazy("unit", "m³/h"),
    "m3/min": pgettext_lazy("unit", "m³/min"),
    "/min": pgettext_lazy("unit", "rpm"),
}
