"""The catalogue says nothing about anybody: the portal makes it."""

from django.utils.translation import gettext_lazy as _

from listings.admin import CategoryForm, ChoiceForm, OwnAttributeForm
from listings.models import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
)
from privacy.data_map import (
    NotPersonal,
    describe,
    not_personal,
)
from privacy.registers import kept_in, register_form

CATALOGUE = _("a part of the portal's catalogue, the same for everybody")
AS_SHIPPED = _("what the software's own data says of it")

NAMES = ["name_kk", "name_ru", "name_en"]
ORDER = ["order_kk", "order_ru", "order_en"]


def shipped(*names):
    return {"shipped": NotPersonal(AS_SHIPPED, keys=not_personal(AS_SHIPPED, *names))}


CATEGORY = [
    *("slug", *NAMES, "icon", "position", "is_featured", "is_archived"),
    *("deal_types", "units", "price_unit", "price_kinds", "expiry_days"),
]
describe(
    Category,
    fields={
        **not_personal(CATALOGUE, "id", "parent", "ancestors", "place", *CATEGORY),
        **shipped("parent_id", *CATEGORY),
    },
)

ATTRIBUTE = [
    *("code", *NAMES, "help_kk", "help_ru", "help_en", "type", "unit", "decimals"),
    *("minimum", "maximum", "is_filterable", "is_archived"),
]
describe(
    Attribute,
    fields={**not_personal(CATALOGUE, "id", *ATTRIBUTE), **shipped(*ATTRIBUTE)},
)

CHOICE = ["code", *NAMES, "position", "is_archived"]
describe(
    Choice,
    fields={**not_personal(CATALOGUE, "id", "attribute", *CHOICE), **shipped(*CHOICE)},
)

describe(
    CategoryAttribute,
    fields={
        **not_personal(CATALOGUE, "id", "category", "attribute", "position"),
        **not_personal(CATALOGUE, "is_required", "is_hidden", "fact"),
        **shipped("position", "is_required"),
    },
)

describe(CatalogueVersion, fields=not_personal(CATALOGUE, "id", "number"))

register_form(
    "category",
    _("a category of the catalogue"),
    CategoryForm,
    purposes=["service"],
    fields=kept_in(Category, "parent", "deal_types", "units", "price_kinds"),
)
register_form(
    "choice",
    _("a choice of an attribute"),
    ChoiceForm,
    purposes=["service"],
    fields={},
)
register_form(
    "own_attribute",
    _("attribute of the category"),
    OwnAttributeForm,
    purposes=["service"],
    fields={},
)
