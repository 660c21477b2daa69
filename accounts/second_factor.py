from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from accounts.sessions import end_sessions, sessions_of


class NoSecondFactor(Exception):
    """There is nothing to remove."""


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
