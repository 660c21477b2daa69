from celery import shared_task

from orders import clock


@shared_task
def sweep_timers():
    """Also those that came due while nothing ran."""
    if clock.sweep() == clock.AT_ONCE:
        sweep_timers.delay()
