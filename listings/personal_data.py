"""The catalogue says nothing about anybody; an ad speaks for its seller, who may be a person."""

from django.utils.translation import gettext_lazy as _

from listings.admin import CategoryForm, ChoiceForm
from listings.models import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Change,
    Choice,
    Listing,
    Photo,
    Revision,
)
from privacy.data_map import (
    FreeText,
    NotPersonal,
    People,
    Personal,
    Recipient,
    Source,
    describe,
    not_personal,
)
from privacy.registers import kept_in, register_form
from privacy.retention import WhileAccountExists

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

# Ads. Of a company they say nothing about a person, and lead to nobody.

IN_THE_AD = {
    "purposes": ["service"],
    "kept": WhileAccountExists(),
    "shown_to": (Recipient.EVERYBODY, Recipient.COLLEAGUES, Recipient.STAFF),
    "edit": "listings:mine",
}
BY_THE_PORTAL = IN_THE_AD | {"source": Source.PORTAL}
CHOSEN = ["deal_type", "category", "language"]
ROW_NUMBER = not_personal(_("the number of the row"), "id")
OF_THE_AD = not_personal(_("points to the ad"), "listing")

CONTENT = {
    **dict.fromkeys(CHOSEN, Personal("content.ad", **IN_THE_AD)),
    "title": FreeText("content.ad", **IN_THE_AD),
    "description": FreeText("content.ad", **IN_THE_AD),
    "answers": Personal(
        "content.ad",
        **IN_THE_AD,
        keys={
            **not_personal(_("points to the attribute of the catalogue"), "attribute"),
            "value": FreeText("content.ad", **IN_THE_AD),
        },
    ),
    **not_personal(_("points to the photos of the ad"), "photo_order"),
}
OFFER = [
    *("price_kind", "price", "price_to", "currency", "unit", "vat"),
    *("quantity", "minimum_order", "step"),
]
describe(
    Listing,
    title=_("Your ads"),
    people=People.HOLDERS,
    subject="seller__subject",
    fields={
        **CONTENT,
        **dict.fromkeys(OFFER, Personal("content.ad", **IN_THE_AD)),
        **dict.fromkeys(("price_kzt", "price_kzt_on"), Personal("content.ad", **BY_THE_PORTAL)),
        **dict.fromkeys(("region", "settlement"), Personal("contact.address", **IN_THE_AD)),
        "village": FreeText("contact.address", **IN_THE_AD),
        "phone": Personal("contact.phone", **IN_THE_AD),
        "state": Personal("trace.action", **BY_THE_PORTAL),
        **dict.fromkeys(
            ("created_at", "touched_at", "first_published_at", "sort_at", "expires_at"),
            Personal("trace.time", **BY_THE_PORTAL),
        ),
        "waiting_since": Personal("trace.time", **BY_THE_PORTAL),
        **not_personal(_("counts changes, without what they were"), "version"),
        **not_personal(_("points to the seller"), "seller"),
        **ROW_NUMBER,
    },
)
FOR_THE_SELLER = IN_THE_AD | {"shown_to": (Recipient.COLLEAGUES, Recipient.STAFF)}
describe(
    Revision,
    title=_("Changes of your ads that wait for a moderator"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        **CONTENT,
        "state": Personal("trace.action", **FOR_THE_SELLER | {"source": Source.PORTAL}),
        "touched_at": Personal("trace.time", **FOR_THE_SELLER | {"source": Source.PORTAL}),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
)
describe(
    Change,
    title=_("What became of your ads"),
    people=People.HOLDERS,
    subject="by__subject",
    fields={
        **dict.fromkeys(
            ("act", "role", "before", "after"),
            Personal("trace.action", **FOR_THE_SELLER | {"source": Source.PORTAL}),
        ),
        "at": Personal("trace.time", **FOR_THE_SELLER | {"source": Source.PORTAL}),
        **not_personal(_("points to the account that did it"), "by"),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
)
describe(
    Photo,
    title=_("Photos of your ads"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        "stem": Personal("content.photo", **IN_THE_AD),
        "uploaded_at": Personal("trace.time", **FOR_THE_SELLER | {"source": Source.PORTAL}),
        **not_personal(_("how a picture is kept"), "state", "widths", "width", "height"),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
)

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
