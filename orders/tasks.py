from celery import shared_task

from letters.after_commit import after_commit
from orders import clock, forgetting


@shared_task
def sweep_timers():
    """Also those that came due while nothing ran."""
    if clock.sweep() == clock.AT_ONCE:
        after_commit(sweep_timers)


@shared_task
def forget_old_contacts():
    if forgetting.forget_contacts() == forgetting.AT_ONCE:
        after_commit(forget_old_contacts)
