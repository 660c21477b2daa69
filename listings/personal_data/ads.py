"""An ad speaks for its seller, who may be a person."""

from django.utils.translation import gettext_lazy as _

from listings.models import Change, Listing, Revision
from privacy.data_map import (
    FreeText,
    People,
    Personal,
    Recipient,
    Source,
    describe,
    not_personal,
)
from privacy.retention import WhileAccountExists

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
    **not_personal(_("points to the documents of the ad"), "document_order"),
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
            (
                *("created_at", "touched_at", "first_published_at", "sort_at", "expires_at"),
                "reminded_at",
            ),
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
