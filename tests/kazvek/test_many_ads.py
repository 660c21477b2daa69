import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.html import escape

from accounts.models import User
from listings.finding import search
from listings.models import Listing, Photo, SearchDocument, Word
from listings.query import Query
from listings.reindexing import reindex
from listings.vocabulary import learn
from orders.clock import sweep
from orders.letters import key_of
from orders.models import Order
from orders.states import TRANSITIONS, Act, State
from privacy.models import Disclosure
from sellers.models import Member


def documents():
    return {document["listing_id"]: document for document in SearchDocument.objects.values()}


def structure():
    with connection.cursor() as cursor:
        cursor.execute(
            # PostgreSQL spells a condition it has read back another way.
            "SELECT split_part(indexdef, ' WHERE ', 1) FROM pg_indexes "
            "WHERE tablename ~ %s "
            "UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid::regclass::text ~ %s "
            "UNION ALL SELECT tgrelid::regclass || tgname || tgenabled::text FROM pg_trigger "
            "WHERE NOT tgisinternal",
            ["^(listings|orders|sellers)_"] * 2,
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


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_orders_of_many_ads_are_such_as_people_send(catalogue, settings, tmp_path, client):
    settings.LOCAL, settings.MEDIA_ROOT = True, tmp_path
    before = structure()

    call_command("many_ads", 200)

    call_command("ledger", "verify")
    orders = Order.objects.filter(email__endswith="@many.example").order_by("created_at")
    assert 6 <= len(orders) <= 16
    assert structure() == before
    assert sweep() == 0
    for order in orders:
        assert order.consent.subject_id == order.buyer_id
        assert order.consent.at == order.created_at
        assert Disclosure.objects.get(about=order.reference).subject_id == order.buyer_id
        assert lived(order) == order.state
    members = User.objects.filter(subject__in=orders.values("buyer")).values("subject")
    assert_both_sides_read(orders.filter(buyer__in=members)[0], client)
    assert_both_sides_read(orders.exclude(buyer__in=members)[0], client)


def lived(order):
    """The state to which its history leads, as the table of states has it."""
    state = State.NEW
    for change in order.history.exclude(act=Act.SEND):
        assert change.before == state
        state = TRANSITIONS[change.role][change.act][state]
        assert change.after == state
    return state


def assert_both_sides_read(order, client):
    sold = order.lines.get(position=1).title
    seller = Member.objects.get(seller=order.seller).user
    client.force_login(seller)
    assert order.full_name in client.get(order.get_absolute_url()).text
    assert order.reference in client.get("/en/account/sales/").text
    assert order.reference in client.get("/en/account/sales/sales.csv").getvalue().decode()
    buyer = User.objects.filter(subject=order.buyer).first()
    if buyer is None:
        client.logout()
        client.get(f"/en/orders/{order.reference}/open/", {"key": key_of(order)})
    else:
        client.force_login(buyer)
        assert order.reference in client.get("/en/account/orders/").text
    assert escape(sold) in client.get(order.get_absolute_url()).text


@pytest.mark.django_db
def test_many_ads_are_for_a_local_run_only(settings):
    settings.LOCAL = False

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("many_ads", 100)

    assert not Listing.objects.exists()
