import logging

from celery import shared_task

from privacy import tombstones
from privacy.restoring.store import Away, Forged

log = logging.getLogger(__name__)

TROUBLE = (Away, Forged, tombstones.Behind)


@shared_task
def store_acts():
    """What waits is tried again every minute."""
    try:
        tombstones.flush()
    except TROUBLE as trouble:
        log.error("acts wait for the store", extra={"reason": type(trouble).__name__})


@shared_task
def forget_digests():
    try:
        tombstones.forget_digests()
    except TROUBLE as trouble:
        log.error("digests stay in the store", extra={"reason": type(trouble).__name__})
