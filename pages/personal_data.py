from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from privacy.registers import CachePrefix, Cookie, register_cache, register_cookie

register_cookie(
    Cookie(
        name=settings.LANGUAGE_COOKIE_NAME,
        what=_("The language you chose."),
        purpose="service",
        lifetime=timedelta(seconds=settings.LANGUAGE_COOKIE_AGE),
        is_needed=True,
    )
)

register_cache(
    CachePrefix(
        "readyz",
        what=_("A mark that shows whether the cache works."),
        purpose="service",
        longest=timedelta(seconds=5),
    )
)
