"""A value lives only while a purpose needs it: the nightly sweep, made from the data map.

The tasks of each app clear away during the day what is over by the app's own rules; the sweep
takes whatever has a date, whoever forgot it, and counts what stayed longer than it may.
"""

from collections import Counter, defaultdict
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from privacy.data_map import DATA_MAP, Described
from privacy.models import RetentionRun
from privacy.retention import After, Until
from privacy.strategies import DeleteRow

AT_ONCE = 500
# Tasks of the apps run at least every hour; what is over for a day was forgotten.
LATE_AFTER = timedelta(days=1)


def sweep() -> RetentionRun:
    started_at = timezone.now()
    swept, late = Counter(), Counter()
    for described in DATA_MAP.values():
        for kept, names in periods_of(described).items():
            if isinstance(kept, After | Until):
                swept[described.table] += end(described, kept, names, started_at)
            late[described.table] += count_late(described, kept, names, started_at)
    return RetentionRun.objects.create(started_at=started_at, swept=dict(+swept), late=dict(+late))


def periods_of(described: Described) -> dict:
    """The names of its personal columns by how long they are kept."""
    periods = defaultdict(list)
    for name, declared in described.personal_fields.items():
        periods[declared.kept].append(name)
    return periods


def end(described, kept, names, now):
    """Of how many rows the time was over."""
    count, last = 0, None
    rows = over(described, kept, names, now).order_by("pk")
    while True:
        following = rows.filter(pk__gt=last) if last is not None else rows
        with transaction.atomic():
            locked = following.select_for_update(of=("self",), skip_locked=True)
            keys = list(locked.values_list("pk", flat=True)[:AT_ONCE])
            end_rows(described, kept, names, described.model._base_manager.filter(pk__in=keys))
        count += len(keys)
        if len(keys) < AT_ONCE:
            return count
        last = keys[-1]


def end_rows(described, kept, names, rows):
    if goes_whole(described, names):
        rows.delete()
        return
    for name in names:
        strategy = getattr(kept, "then", None) or described.fields[name].erase
        if strategy:
            strategy.apply(rows, name)


def over(described, kept, names, now):
    """Rows whose time is over and that still hold something."""
    rows = kept.over(described.model._base_manager.all(), now)
    if goes_whole(described, names):
        return rows
    still = described.model._base_manager.none()
    for name in names:
        strategy = getattr(kept, "then", None) or described.fields[name].erase
        field = described.model._meta.get_field(name)
        still |= rows.filter(strategy.left(field)) if strategy else rows
    return still


def goes_whole(described, names):
    """Every personal column of the row ends together, and the row with them."""
    return isinstance(described.erase, DeleteRow) and set(names) == set(described.personal_fields)


def count_late(described, kept, names, now):
    return over(described, kept, names, now - LATE_AFTER).count()
