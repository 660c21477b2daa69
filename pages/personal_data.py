from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from pages.style_guide import ExampleForm, StarredForm
from privacy.registers import (
    CachePrefix,
    Cookie,
    not_kept,
    register_cache,
    register_cookie,
    register_form,
)
from ui.replicas import PINNED

register_cookie(
    Cookie(
        name=settings.LANGUAGE_COOKIE_NAME,
        what=_("The language you chose."),
        purpose="service",
        lifetime=timedelta(seconds=settings.LANGUAGE_COOKIE_AGE),
        is_needed=True,
    )
)

# Set only where there are replicas, yet declared everywhere: a policy is published once.
register_cookie(
    Cookie(
        name=settings.WROTE_COOKIE_NAME,
        what=_("That you have just sent something, so that the next pages show it."),
        purpose="service",
        lifetime=timedelta(seconds=PINNED),
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

# Staff look at these; they have no button that would send them.
register_form(
    "style-guide",
    _("Style guide"),
    ExampleForm,
    StarredForm,
    purposes=["service"],
    fields=not_kept(
        _("It is an example of a form, and is sent nowhere."),
        *ExampleForm.base_fields,
        *StarredForm.base_fields,
    ),
)
