"""What an erasure asks of accounts: nobody signs in any more, and no session remembers who did."""

from collections.abc import Callable

from django.contrib.sessions.models import Session

from accounts.models import User
from accounts.sessions import SessionStore
from privacy.registers import forget_counters

AT_ONCE = 500


def shut_out(people) -> None:
    """Their sessions have ended already."""
    users = User.objects.filter(subject__pk__among=people)
    users.filter(is_active=True).update(is_active=False)
    forget_counters("account", users.values_list("pk", flat=True))


def forget_sessions(names: Callable[[str], bool]) -> None:
    """Those of accounts that are no more, and those that began to sign in to one."""
    last = ""
    while sessions := list(
        Session.objects.filter(pk__gt=last)
        .order_by("pk")
        .values_list("pk", "session_data")[:AT_ONCE]
    ):
        last = sessions[-1][0]
        decoded = {key: SessionStore().decode(data) for key, data in sessions}
        holders = {key: data.get("_auth_user_id") for key, data in decoded.items()}
        known = User.objects.filter(pk__in=[pk for pk in holders.values() if pk])
        known = {str(pk) for pk in known.values_list("pk", flat=True)}
        gone = [
            key
            for key, data in decoded.items()
            if (holders[key] and holders[key] not in known) or names(str(data))
        ]
        Session.objects.filter(pk__in=gone).delete()
