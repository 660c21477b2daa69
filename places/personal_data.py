"""The places say nothing about anybody."""

from django.utils.translation import gettext_lazy as _

from places.models import Country, District, Region, Settlement
from privacy.data_map import NotPersonal, describe, not_personal

MAP = _("a place on the map, the same for everybody")
AS_SHIPPED = _("what the software's own data says of it")

NAMES = ["name_kk", "name_ru", "name_en"]
ORDER = ["order_kk", "order_ru", "order_en"]


def shipped(*names):
    return {"shipped": NotPersonal(AS_SHIPPED, keys=not_personal(AS_SHIPPED, *names))}


describe(
    Country,
    fields={
        **not_personal(MAP, "code", *NAMES, *ORDER, "is_archived"),
        **shipped(*NAMES, "is_archived"),
    },
)

FULL_NAMES = ["full_name_kk", "full_name_ru", "full_name_en"]
REGION = [*NAMES, *FULL_NAMES, "kind", "latitude", "longitude", "is_archived"]
describe(
    Region,
    fields={
        **not_personal(MAP, "code", "country", *ORDER, *REGION),
        **shipped("country_id", *REGION),
    },
)

describe(District, fields=not_personal(MAP, "id", "region", *NAMES, *ORDER, "is_archived"))

SETTLEMENT = [*NAMES, "latitude", "longitude", "population", "is_archived"]
describe(
    Settlement,
    fields={
        **not_personal(MAP, "id", "geonames_id", "country", "region", "district"),
        **not_personal(MAP, *ORDER, *SETTLEMENT),
        **shipped("country_id", "region_id", *SETTLEMENT),
    },
)
