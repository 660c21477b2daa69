"""An ad speaks for its seller, who may be a person."""

from django.utils.translation import gettext_lazy as _

from listings import expiry
from listings.answers import unpack
from listings.catalogue import current_catalogue
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
from privacy.export.originals import register_words
from privacy.retention import ByRule


def with_the_ad(words, over=None):
    """As long as the ad, or until `over` finds it before."""

    def rule(rows, now):
        gone = rows.filter(listing__in=expiry.over(Listing.objects.all(), now))
        return gone | over(rows, now) if over else gone

    return ByRule(words, rule)


# Ads. Of a company they say nothing about a person, and lead to nobody.

IN_THE_AD = {
    "purposes": ["service"],
    "kept": ByRule(
        _(
            "until you delete it or close your page as a seller; a draft for 30 days after it was "
            "last touched; an archived or blocked ad for 12 months; what has ended, is sold or was "
            "refused goes into the archive after 30 days"
        ),
        expiry.over,
    ),
    "shown_to": (Recipient.EVERYBODY, Recipient.COLLEAGUES, Recipient.STAFF),
    "edit": "listings:mine",
}
BY_THE_PORTAL = IN_THE_AD | {"source": Source.PORTAL}
ROW_NUMBER = not_personal(_("the number of the row"), "id")
OF_THE_AD = not_personal(_("points to the ad"), "listing")


def content(facts):
    said = FreeText("content.ad", **facts)
    return {
        **dict.fromkeys(("deal_type", "category", "language"), Personal("content.ad", **facts)),
        "title": said,
        "description": said,
        "answers": Personal(
            "content.ad",
            **facts,
            keys={
                **not_personal(_("points to the attribute of the catalogue"), "attribute"),
                "value": said,
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
        **content(IN_THE_AD),
        **dict.fromkeys(OFFER, Personal("content.ad", **IN_THE_AD)),
        **dict.fromkeys(("price_kzt", "price_kzt_on"), Personal("content.ad", **BY_THE_PORTAL)),
        **dict.fromkeys(("region", "settlement"), Personal("contact.address", **IN_THE_AD)),
        "village": FreeText("contact.address", **IN_THE_AD),
        "phone": Personal("contact.phone", **IN_THE_AD),
        "state": Personal("trace.action", **BY_THE_PORTAL),
        **dict.fromkeys(
            (
                *("created_at", "touched_at", "first_published_at", "sort_at", "expires_at"),
                *("reminded_at", "waiting_since"),
            ),
            Personal("trace.time", **BY_THE_PORTAL),
        ),
        **not_personal(_("counts changes, without what they were"), "version"),
        **not_personal(_("points to the seller"), "seller"),
        **ROW_NUMBER,
    },
)

for model in (Listing, Revision):
    register_words(
        model,
        "answers",
        lambda packed: "\n".join(
            f"{answer.attribute}: {answer.words}" for answer in unpack(packed, current_catalogue())
        ),
    )

FOR_THE_SELLER = IN_THE_AD | {
    "kept": with_the_ad(_("as long as the ad is kept")),
    "shown_to": (Recipient.COLLEAGUES, Recipient.STAFF),
}
IN_A_CHANGE = FOR_THE_SELLER | {
    "kept": with_the_ad(
        _(
            "until a moderator has approved it, never longer than the ad; as a draft or refused "
            "for 30 days after it was last touched"
        ),
        expiry.left_changes,
    )
}
describe(
    Revision,
    title=_("Changes of your ads that wait for a moderator"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        **content(IN_A_CHANGE),
        "state": Personal("trace.action", **IN_A_CHANGE | {"source": Source.PORTAL}),
        "touched_at": Personal("trace.time", **IN_A_CHANGE | {"source": Source.PORTAL}),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
    beside=("listing", "listing__title"),
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
    beside=("listing",),
)
