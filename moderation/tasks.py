from celery import shared_task
from django.utils import timezone

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
