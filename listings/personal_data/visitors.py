"""Who looks at ads: what they keep of them, and the counts that know nobody."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from listings import expiry, forms, statistics
from listings.models import DailyCount, Favourite, Folding, SavedSearch
from listings.personal_data.ads import OF_THE_AD, ROW_NUMBER, with_the_ad
from listings.tasks import fold_counts
from privacy.data_map import (
    FreeText,
    People,
    Personal,
    Recipient,
    Source,
    describe,
    not_personal,
)
from privacy.registers import (
    CachePrefix,
    kept_in,
    register_cache,
    register_form,
    register_task,
)
from privacy.retention import WhileAccountExists

WHOSE = not_personal(_("points to the account it belongs to"), "user")
KEPT_BY_YOU = {"purposes": ["service"], "kept": WhileAccountExists()}
A_FAVOURITE = KEPT_BY_YOU | {"kept": with_the_ad(_("until you remove it, or the ad is deleted"))}

describe(
    Favourite,
    title=_("Ads you have saved"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "listing": Personal("content.interest", **A_FAVOURITE, edit="listings:favourites"),
        "saved_at": Personal("trace.time", **A_FAVOURITE, source=Source.PORTAL),
        **not_personal(
            _("the price of the ad on the day it was saved"),
            *("price_kind", "price", "price_to", "currency", "unit"),
        ),
        **WHOSE,
        **ROW_NUMBER,
    },
    beside=("listing__title", "price_kind", "price", "price_to", "currency", "unit"),
)
A_SEARCH = KEPT_BY_YOU | {"edit": "listings:searches"}
describe(
    SavedSearch,
    title=_("Searches you have saved"),
    people=People.HOLDERS,
    subject="user__subject",
    fields={
        "name": FreeText("content.interest", **A_SEARCH),
        "query": FreeText("content.interest", **A_SEARCH),
        "category": Personal("content.interest", **A_SEARCH),
        "saved_at": Personal("trace.time", **KEPT_BY_YOU, source=Source.PORTAL),
        **WHOSE,
        **ROW_NUMBER,
    },
)
describe(
    DailyCount,
    title=_("How often your ads were looked at"),
    people=People.HOLDERS,
    subject="listing__seller__subject",
    fields={
        **dict.fromkeys(
            ("day", "views", "reveals", "saves"),
            Personal(
                "content.count",
                purposes=["statistics"],
                kept=with_the_ad(
                    _("12 months after the day, never longer than the ad"), expiry.old_days
                ),
                source=Source.OTHERS,
                shown_to=(Recipient.COLLEAGUES, Recipient.STAFF),
            ),
        ),
        **OF_THE_AD,
        **ROW_NUMBER,
    },
    beside=("listing", "listing__title"),
)
describe(
    Folding,
    fields=not_personal(_("which counts are in the table already"), "id", "last_batch"),
)

register_cache(
    CachePrefix(
        "listings:counts:",
        what=_("How often each ad was looked at, until it is written down; nobody is named."),
        purpose="statistics",
        longest=statistics.KEPT,
    )
)
register_cache(
    CachePrefix(
        statistics.SEEN,
        what=_("That an ad was looked at from one browser, so that it is not counted twice."),
        purpose="statistics",
        longest=timedelta(days=1),
        is_digested=True,
    )
)
register_cache(
    CachePrefix(
        "listings:phones:",
        what=_("How many phones of ads one account, or one place of the net, asked for."),
        purpose="security",
        longest=timedelta(hours=1),
        is_digested=True,
        names=("account",),
    )
)
register_task(fold_counts)

register_form(
    "search-to-save",
    _("Save a search"),
    forms.SaveSearchForm,
    purposes=["service"],
    fields=kept_in(SavedSearch, "category", "query"),
)
register_form(
    "search-name",
    _("Name of a saved search"),
    forms.SearchNameForm,
    purposes=["service"],
    fields=kept_in(SavedSearch, "name"),
)
