"""Orders agreed before there was an end for them have half a year from now on."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

AT_ONCE = 1000
ENDS = {"accepted": "expire", "paid": "complete"}


def set_timers(apps, schema_editor):
    order, timer = apps.get_model("orders", "Order"), apps.get_model("orders", "Timer")
    ends_at = timezone.now() + timedelta(days=180)
    last = 0
    while agreed := list(
        order.objects.filter(state__in=ENDS, pk__gt=last)
        .exclude(pk__in=timer.objects.filter(done_at=None).values("order"))
        .order_by("pk")
        .values_list("pk", "state")[:AT_ONCE]
    ):
        last = agreed[-1][0]
        timer.objects.bulk_create(
            timer(order_id=pk, kind=kind, due_at=due_at)
            for pk, state in agreed
            for kind, due_at in (
                ("remind", ends_at - timedelta(days=14)),
                (ENDS[state], ends_at),
            )
        )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0004_erasure_fence")]

    operations = [migrations.RunPython(set_timers, migrations.RunPython.noop, elidable=True)]
