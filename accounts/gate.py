"""The one gate that whoever writes, publishes or asks for a contact passes.

Who is shut out stands in tables further up: those who keep them register a finder here. Signing in,
one's own data and the way out are never behind it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied

from accounts.models import User


class Ban(Protocol):
    # None: until somebody lifts it.
    until: datetime | None
    reason: str


@dataclass(frozen=True)
class Asking:
    """Who stands at the gate, as far as it is known."""

    address: str
    user: User | None
    # Of the app `sellers`, saved or not.
    seller: object | None
    emails: frozenset[str]
    phones: frozenset[str]


class Banned(PermissionDenied):
    """Answered by a page that says until when, why, and where to turn to."""

    def __init__(self, ban: Ban):
        super().__init__("banned")
        self.ban = ban


FINDERS: list[Callable[[Asking], Ban | None]] = []


def register(finder: Callable[[Asking], Ban | None]) -> None:
    if finder not in FINDERS:
        FINDERS.append(finder)


def refuse_if_banned(request, *, seller=None, email: str = "", phones: Iterable = ()) -> None:
    """Call it before anything is saved or shown; whatever is given is looked up, too."""
    user = request.user if request.user.is_authenticated else None
    asking = Asking(
        address=get_adapter().get_client_ip(request),
        user=user,
        seller=seller,
        emails=frozenset(one.lower() for one in (email, user and user.email) if one),
        phones=frozenset(str(phone) for phone in phones if phone),
    )
    for find in FINDERS:
        if ban := find(asking):
            raise Banned(ban)
