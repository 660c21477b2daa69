"""What is remembered of the market as a whole."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from listings.board import KEPT, REMEMBERED
from listings.tasks import count_market
from privacy.registers import CachePrefix, register_cache, register_task

register_cache(
    CachePrefix(
        REMEMBERED,
        what=_("How many ads there are in each category and region, and which are the newest."),
        purpose="service",
        longest=timedelta(seconds=KEPT),
    )
)
register_task(count_market)
