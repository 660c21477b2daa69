from celery import shared_task
from django.conf import settings

from letters.after_commit import after_commit
from listings import rates
from listings.models import Rate
from listings.reindexing import reindex
from listings.vocabulary import learn


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
