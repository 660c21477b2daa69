from celery import shared_task
from django.utils import timezone

from moderation import orders_of_blocked
from moderation.models import Ban, Claim, Complaint, Removal, ban, removal
from moderation.models.complaint import KEPT_FOR


@shared_task
def forget_old():
    """Complaints and removals of last year, bans long over, claims nobody holds."""
    now = timezone.now()
    Complaint.objects.filter(at__lte=now - KEPT_FOR).forget()
    counted = Complaint.objects.filter(at__lte=now - Complaint.COUNTS_FOR)
    counted.exclude(network="").update(network="")
    ban.over(Ban.objects.all(), now).delete()
    removal.over(Removal.objects.all(), now).delete()
    Claim.objects.filter(until__lte=now).delete()


@shared_task
def decline_orders_of_blocked():
    """At once after a ban; swept for sellers who ceased to be public otherwise."""
    if orders_of_blocked.decline() == orders_of_blocked.AT_ONCE:
        decline_orders_of_blocked.delay()
