from celery import shared_task
from django.utils import timezone

from moderation.models import Ban, Claim, Complaint
from moderation.models.ban import over
from moderation.models.complaint import KEPT_FOR


@shared_task
def forget_old():
    """Complaints of last year, bans long over, claims nobody holds."""
    now = timezone.now()
    Complaint.objects.filter(at__lte=now - KEPT_FOR).forget()
    counted = Complaint.objects.filter(at__lte=now - Complaint.COUNTS_FOR)
    counted.exclude(network="").update(network="")
    over(Ban.objects.all(), now).delete()
    Claim.objects.filter(until__lte=now).delete()
