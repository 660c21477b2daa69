from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import KnownDevice
from listings.models import Listing
from orders.models import Cart, CartLine, Change, Entries, Order
from privacy.models import ConsentEvidence, RetentionRun
from privacy.tasks import sweep_what_is_over

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def frozen(time_machine):
    def move_to(moment):
        time_machine.move_to(moment, tick=False)

    move_to(timezone.now().replace(microsecond=0))
    return move_to


@pytest.mark.clause("P3.4")
@pytest.mark.clause("P5.3")
def test_the_sweep_takes_each_thing_on_its_day_and_not_before(frozen, aigul, make_order):
    begin = timezone.now()
    order = make_order(comment="Тиеу дүйсенбіден")
    Order.objects.update(state="completed", closed_at=begin)
    Change.objects.update(note="a note")
    LogEntry.objects.create(user=aigul, action_flag=CHANGE, object_repr="№ 1", change_message="")
    KnownDevice.objects.create(user=aigul, digest="d" * 64, seen_at=begin)
    cart = Cart.objects.get(user=None)
    Entries.objects.create(
        cart=cart, seller=order.seller, currency="KZT", full_name="A", expires_at=begin
    )
    evidence = {"network": "203.0.113.0/24", "browser": "Firefox"}
    ConsentEvidence.objects.get_or_create(entry=order.consent, defaults=evidence)

    for days, *held in (
        (7, Cart.objects.filter(pk=cart.pk)),
        (90, KnownDevice.objects, Order.objects.exclude(phone=""), Change.objects.exclude(note="")),
        (365, ConsentEvidence.objects),
        (730, LogEntry.objects),
    ):
        frozen(begin + timedelta(days=days) - SECOND)
        sweep_what_is_over()
        assert all(rows.exists() for rows in held), days
        frozen(begin + timedelta(days=days))
        sweep_what_is_over()
        assert not any(rows.exists() for rows in held), days

    order.refresh_from_db()
    assert order.lines.count() == 1
    assert not Entries.objects.exists()
    assert not CartLine.objects.exists()


def test_a_sweep_counts_what_it_took_and_nothing_twice(frozen, aigul):
    LogEntry.objects.create(user=aigul, action_flag=CHANGE, object_repr="№ 1", change_message="")
    frozen(timezone.now() + timedelta(days=731))

    sweep_what_is_over()
    sweep_what_is_over()

    second, first = RetentionRun.objects.all()
    assert first.swept["django_admin_log"] == 1
    assert "django_admin_log" not in second.swept
    assert not first.late


def test_what_an_app_should_have_put_away_and_did_not_is_named(frozen, make_listing, capsys):
    make_listing(state="draft")
    Listing.objects.update(touched_at=timezone.now() - timedelta(days=400))

    with pytest.raises(CommandError) as refusal:
        call_command("watch", "sweep")

    assert refusal.value.returncode == 1
    assert "listings_listing: 1 rows too late" in capsys.readouterr().err
    assert Listing.objects.count() == 1


def test_nobody_rewrites_the_notes_of_sweeps(frozen):
    sweep_what_is_over()

    for act in ("UPDATE privacy_retentionrun SET late = '{}'", "DELETE FROM privacy_retentionrun"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)
    assert RetentionRun.objects.count() == 1
