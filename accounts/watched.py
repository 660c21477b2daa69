"""Whose rights in the administration somebody has to look at before they end."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy.watch import register_check

# Time enough to find an administrator who is not on leave.
SAID_BEFORE = timedelta(days=14)


def rights_to_review():
    due = timezone.now() + SAID_BEFORE - User.RIGHTS_REVIEWED_WITHIN
    staff = User.objects.filter(is_staff=True, is_active=True, rights_reviewed_at__lt=due)
    yield from map(str, staff.order_by("rights_reviewed_at"))


register_check("rights", _("Rights of staff are to be reviewed within 14 days"), rights_to_review)
