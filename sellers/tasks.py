from celery import shared_task

from sellers.joining import forget_invitations
from sellers.models import Invitation


@shared_task
def forget_old_invitations():
    """Addresses of people who have not answered."""
    forget_invitations(Invitation.objects.over())
