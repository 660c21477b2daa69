"""What a moderator reads before it is public, whoever sells: those who can tell register here."""

from collections.abc import Callable

from listings.models import Listing, Revision

CHECKS: list[Callable[[Listing | Revision], bool]] = []


def register(check: Callable[[Listing | Revision], bool]) -> None:
    if check not in CHECKS:
        CHECKS.append(check)


def must_be_read_first(content: Listing | Revision) -> bool:
    return any(check(content) for check in CHECKS)
