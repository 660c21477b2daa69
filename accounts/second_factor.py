from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from accounts.sessions import end_sessions, sessions_of


class NoSecondFactor(Exception):
    """There is nothing to remove."""


def is_proved(request) -> bool:
    """Whether a second factor that the account still has was used in this very session."""
    records = get_authentication_records(request, request.user)
    used = [record["id"] for record in records if record["method"] == "mfa"]
    return request.user.has_second_factor and (
        request.user.authenticator_set.filter(pk__in=used).exists()
    )


@receiver(authenticator_added)
def end_sessions_without_it(sender, request, user, authenticator, **kwargs):
    """Whoever was signed in by the password alone is not any more, here excepted."""
    factors = user.authenticator_set.exclude(type=Authenticator.Type.RECOVERY_CODES)
    if list(factors) == [authenticator]:
        end_sessions(sessions_of(user).exclude(session_key=request.session.session_key))


def remove_second_factor(user: User, *, by: User, reason: str) -> None:
    """For a person who lost it: all of it goes, every device is signed out, a letter says so."""
    with transaction.atomic():
        factors = Authenticator.objects.filter(user=user)
        if not factors.delete()[0]:
            raise NoSecondFactor
        end_sessions(sessions_of(user))
        LogEntry.objects.log_actions(
            by.pk, [user], CHANGE, f"Second factor removed. {reason}", single_object=True
        )
        get_adapter().send_mail(
            "account/email/second_factor_removed",
            user.email,
            {"user": user, "security_url": settings.SITE_URL + reverse("accounts:security")},
        )
