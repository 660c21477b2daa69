from celery import shared_task

from listings.statistics import fold


@shared_task
def fold_counts():
    """What was looked at since the last time."""
    fold()
