import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from listings.finding import search
from listings.models import Listing, Photo, SearchDocument, Word
from listings.query import Query
from listings.reindexing import reindex
from listings.vocabulary import learn


def documents():
    return {document["listing_id"]: document for document in SearchDocument.objects.values()}


def structure():
    with connection.cursor() as cursor:
        cursor.execute(
            # PostgreSQL spells a condition it has read back another way.
            "SELECT split_part(indexdef, ' WHERE ', 1) FROM pg_indexes "
            "WHERE tablename LIKE 'listings%%' "
            "UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid::regclass::text LIKE 'listings%%' "
            "UNION ALL SELECT tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger "
            "WHERE NOT tgisinternal"
        )
        return sorted(row for (row,) in cursor.fetchall())


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_many_ads_are_what_the_portal_itself_would_have_written(catalogue, settings, tmp_path):
    settings.LOCAL, settings.MEDIA_ROOT = True, tmp_path
    before = structure()

    call_command("many_ads", 150)

    filled = documents()
    published = Listing.objects.filter(state="published")
    prices = dict(published.values_list("pk", "price_kzt"))
    words = set(Word.objects.values_list("word", flat=True))
    assert reindex(behind=0) is None
    assert reindex(behind=0, every=True)
    learn()
    assert documents() == filled
    assert len(filled) == published.count() > 100
    assert dict(published.values_list("pk", "price_kzt")) == prices
    assert set(Word.objects.values_list("word", flat=True)) == words
    assert search(Query()).total == SearchDocument.objects.live().count()
    assert structure() == before
    shown = [pk for order in Listing.objects.values_list("photo_order", flat=True) for pk in order]
    assert sorted(shown) == sorted(Photo.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_many_ads_are_for_a_local_run_only(settings):
    settings.LOCAL = False

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("many_ads", 100)

    assert not Listing.objects.exists()
