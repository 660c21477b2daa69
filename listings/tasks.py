from celery import shared_task

from listings.leftovers import clear
from listings.models import Document, Photo
from listings.preparing import prepare, prepare_waiting
from listings.statistics import fold

ROWS_A_DELETE = 500


@shared_task
def fold_counts():
    """What was looked at since the last time."""
    fold()


@shared_task
def prepare_photo(photo_pk):
    prepare(photo_pk)


@shared_task
def prepare_waiting_photos():
    prepare_waiting()


@shared_task
def clear_leftovers():
    clear()


@shared_task
def forget_unused_files():
    """Photos and documents that no ad shows any more; their files follow."""
    for model in (Photo, Document):
        while unused := list(model.objects.unused().values_list("pk", flat=True)[:ROWS_A_DELETE]):
            model.objects.filter(pk__in=unused).delete()
    clear()
