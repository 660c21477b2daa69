"""What may be put into a visitor's browser, and what the browser says about it by itself."""

from privacy.consents import allows
from privacy.registers import COOKIES, HOST_PREFIX, Undeclared


def sends_gpc(request) -> bool:
    """Does the browser object to sale and sharing of data (Global Privacy Control)?"""
    return request.headers.get("Sec-GPC") == "1"


def may_set(request, name: str) -> bool:
    """The only question before a cookie is set, or anything of its kind is stored or loaded.

    What is strictly needed is not asked for. All else wants the person's consent to the purpose
    that the register names, and a browser that objects is not asked.
    """
    cookie = COOKIES.get(name.removeprefix(HOST_PREFIX))
    if cookie is None:
        raise Undeclared(f"The cookie {name} is not in the register.")
    if cookie.is_needed:
        return True
    if sends_gpc(request) or not request.user.is_authenticated:
        return False
    return allows(request.user.subject, cookie.purpose)
