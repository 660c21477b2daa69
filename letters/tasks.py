from celery import shared_task

from letters.delivery import deliver
from letters.models import Letter

ROWS_A_DELETE = 5000


@shared_task
def send(letter_pk):
    """Twice is as good as once: a letter that was sent, or is being sent, is not due."""
    deliver(Letter.objects.filter(pk=letter_pk))


@shared_task
def send_waiting():
    """What is to be retried, and what a queue or a worker that was away has left."""
    deliver(Letter.objects.all())


@shared_task
def forget_old():
    old = Letter.objects.old().order_by("created_at").values("pk")
    while Letter.objects.filter(pk__in=old[:ROWS_A_DELETE]).delete()[0] == ROWS_A_DELETE:
        pass
