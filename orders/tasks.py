from celery import shared_task
from django.utils import timezone

from orders import carts
from orders.models import Entries


@shared_task
def forget_carts():
    """What nobody has come back to for a week."""
    carts.forget_old()


@shared_task
def forget_entries():
    """What was typed into an order form and not sent."""
    Entries.objects.filter(expires_at__lte=timezone.now()).delete()
