from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils import timezone

from accounts.devices import device_name, shortened

# allauth keeps the question to a passkey under this name.
CHALLENGE = "mfa.webauthn.state"
CHALLENGE_SECONDS = 10 * 60


class SessionStore(db.SessionStore):
    def _validate_session_key(self, key):
        # A forged cookie may hold what PostgreSQL cannot even look for.
        return super()._validate_session_key(key) and key.isascii() and key.isalnum()

    def save(self, must_create=False):
        """Django takes any trouble of the database for a session that somebody has ended, and
        answers 400; ours asks to come back."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError):
                raise error.__context__ from None
            raise

    def get_session_cookie_age(self):
        """Of somebody who only looked at the sign-in page nothing stays for two weeks."""
        if set(self.keys()) == {CHALLENGE}:
            return CHALLENGE_SECONDS
        return super().get_session_cookie_age()


def sessions_of(user):
    """Where this person is signed in now, the latest first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at")


def end_sessions(sessions):
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


@receiver(pre_save, sender=UserSession)
def keep_less(sender, instance, **kwargs):
    """allauth writes the whole address and the browser's whole description; we keep neither."""
    instance.ip = shortened(instance.ip)
    instance.user_agent = device_name(instance.user_agent)
