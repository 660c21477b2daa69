from celery import shared_task
from django.utils import timezone

from letters.after_commit import after_commit
from orders import carts, clock, forgetting
from orders.models import Entries


@shared_task
def sweep_timers():
    """Also those that came due while nothing ran."""
    if clock.sweep() == clock.AT_ONCE:
        after_commit(sweep_timers)


@shared_task
def forget_old_contacts():
    if forgetting.forget_contacts() == forgetting.AT_ONCE:
        after_commit(forget_old_contacts)


@shared_task
def forget_carts():
    """What nobody has come back to for a week."""
    carts.forget_old()


@shared_task
def forget_entries():
    """What was typed into an order form and not sent."""
    Entries.objects.filter(expires_at__lte=timezone.now()).delete()
