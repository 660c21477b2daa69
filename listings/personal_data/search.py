"""What searches know of ads, which is less than the ads say; and nothing about who searches."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from listings import tasks
from listings.models import HiddenSeller, Listing, Rate, SearchDocument, Word
from listings.personal_data.ads import BY_THE_PORTAL
from listings.states import State
from privacy.data_map import FreeText, People, Personal, describe, not_personal
from privacy.registers import register_task
from privacy.retention import ByRule


def not_live(documents, now):
    return documents.filter(~Q(listing__state=State.PUBLISHED) | Q(expires_at__lte=now))


WHILE_LIVE = BY_THE_PORTAL | {"kept": ByRule(_("as long as the ad is live"), not_live)}

describe(
    SearchDocument,
    title=_("How your ads are found"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        "bag": FreeText("content.ad", **WHILE_LIVE),
        **dict.fromkeys(
            ("section", "branch", "leaf", "deal_type", "price_kzt", "choices"),
            Personal("content.ad", **WHILE_LIVE),
        ),
        **dict.fromkeys(
            ("region", "latitude", "longitude"), Personal("contact.address", **WHILE_LIVE)
        ),
        **dict.fromkeys(("sort_at", "expires_at"), Personal("trace.time", **WHILE_LIVE)),
        **not_personal(_("counts changes, without what they were"), "version"),
        **not_personal(_("points to the ad"), "listing"),
        **not_personal(_("points to the seller"), "seller"),
    },
    beside=("listing", "listing__title"),
)
describe(
    HiddenSeller,
    fields=not_personal(_("points to a seller whom nobody sees now"), "seller"),
)
describe(
    Word,
    fields=not_personal(_("a word that the catalogue or several sellers write"), "word"),
)
describe(
    Rate,
    fields=not_personal(
        _("what a currency was worth on a day"), "id", "currency", "on", "tenge", "source"
    ),
)

register_task(tasks.fetch_rates)
register_task(tasks.refresh_prices, behind_pk=Listing)
register_task(tasks.refile_documents, behind_pk=Listing)
register_task(tasks.learn_words)
