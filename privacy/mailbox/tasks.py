from celery import shared_task

from privacy.mailbox import reading


@shared_task
def read_mailbox():
    """Every minute. Twice at once is as good as once: each message has one worker."""
    reading.read_mailbox()
    reading.forget_old()
