from celery import shared_task

from listings import expiry


@shared_task
def expire_listings():
    """Also those that ended while nothing ran."""
    if expiry.expire_overdue() == expiry.AT_ONCE:
        expire_listings.delay()


@shared_task
def remind_of_ends():
    if expiry.remind() == expiry.AT_ONCE:
        remind_of_ends.delay()


@shared_task
def put_away():
    """Into the archive, and from there for good."""
    if max(expiry.archive_rested(), expiry.purge()) == expiry.AT_ONCE:
        put_away.delay()
