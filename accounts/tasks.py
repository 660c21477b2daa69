from datetime import timedelta

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.devices import REMEMBERED_FOR
from accounts.models import KnownDevice, User

UNVERIFIED_FOR = timedelta(days=7)


@shared_task
def clear_sessions():
    """Forget what has run out: sessions, devices, and accounts whose letter nobody opened."""
    now = timezone.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    KnownDevice.objects.filter(seen_at__lt=now - REMEMBERED_FOR).delete()
    unopened = User.objects.never_verified().without_rights()
    unopened.filter(last_login=None, date_joined__lt=now - UNVERIFIED_FOR).forget()
