from celery import shared_task

from letters.after_commit import after_commit
from orders.forgetting import AT_ONCE, forget_contacts


@shared_task
def forget_old_contacts():
    if forget_contacts() == AT_ONCE:
        after_commit(forget_old_contacts)
