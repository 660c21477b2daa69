"""The table of cookies as clauses, so that a published version keeps the table it was made with."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from privacy.models import Clause
from privacy.purposes import PURPOSES
from privacy.registers import COOKIES


def cookie_clauses(after) -> list[Clause]:
    """A section of unsaved clauses that follows those given: one clause for each cookie."""
    section = max((clause.parts[0] for clause in after), default=0) + 1
    cookies = sorted(COOKIES.values(), key=lambda cookie: cookie.name)
    clauses = [Clause(number=str(section), is_generated=True)]
    clauses += [
        Clause(number=f"{section}.{place}", is_generated=True)
        for place, _cookie in enumerate(cookies, start=1)
    ]
    for code, _name in settings.LANGUAGES:
        with override(code):
            setattr(clauses[0], f"heading_{code}", _("The cookies of this portal"))
            for clause, cookie in zip(clauses[1:], cookies, strict=True):
                setattr(clause, f"heading_{code}", cookie.name)
                setattr(clause, f"text_{code}", "\n\n".join(described(cookie)))
    return clauses


def described(cookie):
    attributes = [
        "HttpOnly" if cookie.http_only else "",
        "Secure" if settings.SECURE_COOKIES else "",
        f"SameSite={cookie.same_site}",
    ]
    return [
        str(cookie.what),
        _("Purpose: %(purpose)s") % {"purpose": PURPOSES[cookie.purpose].sentence},
        _("How long it is kept: %(lifetime)s.") % {"lifetime": cookie.lifetime_words},
        _("It is strictly needed: without it the portal cannot do what you ask of it.")
        if cookie.is_needed
        else _("It is set only after you have agreed to it."),
        _("Set by this portal and sent to no other. Attributes: %(attributes)s.")
        % {"attributes": "; ".join(filter(None, attributes))},
    ]
