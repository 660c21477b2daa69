from celery import shared_task
from django.conf import settings

from letters.after_commit import after_commit
from listings import board, expiry, rates
from listings.leftovers import clear
from listings.models import Document, Photo, Rate
from listings.preparing import prepare, prepare_waiting
from listings.reindexing import reindex
from listings.statistics import fold
from listings.vocabulary import learn

ROWS_A_DELETE = 500


@shared_task
def fold_counts():
    """What was looked at since the last time."""
    fold()


@shared_task
def count_market():
    """For the home page."""
    board.count()


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


@shared_task
def fetch_rates():
    """Of today, where the operator has named an address."""
    if settings.RATES_URL and rates.store(rates.fetch(settings.RATES_URL), Rate.Source.FILE):
        after_commit(refresh_prices, 0)


@shared_task
def refresh_prices(behind_pk):
    if (last := rates.refresh(behind_pk)) is not None:
        after_commit(refresh_prices, last)


@shared_task
def refile_documents(behind_pk):
    """What a moved category, a lost message or a command of the database left behind."""
    if (last := reindex(behind=behind_pk)) is not None:
        after_commit(refile_documents, last)


@shared_task
def learn_words():
    learn()


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
