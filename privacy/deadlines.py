"""The law's clock: the operator hears in time that a request has to be answered."""

import math
from datetime import timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from letters.write import write_letter
from privacy.models import Request
from privacy.operator import current_operator
from privacy.requests import address

# When that many days are left; at zero it is late.
STEPS = [7, 3, 1, 0]
MOST_IN_A_LETTER = 500


def warn() -> int:
    """One letter about all requests that came a step nearer; how many they are."""
    with transaction.atomic():
        nearer = list(
            Request.objects.open()
            .filter(came_nearer())
            .order_by("due_at", "pk")
            .select_for_update(skip_locked=True)[:MOST_IN_A_LETTER]
        )
        for request in nearer:
            request.warned_at_days = step_of(request)
        Request.objects.bulk_update(nearer, ["warned_at_days"])
        if nearer:
            write_letter(
                "privacy/email/requests_due",
                to=current_operator().email,
                language=settings.LANGUAGE_CODE,
                requests=nearer,
                late=sum(request.is_overdue for request in nearer),
                url=address("admin:privacy_request_changelist"),
            )
    return len(nearer)


def came_nearer():
    now = timezone.now()
    return reduce(
        or_,
        (
            Q(due_at__lt=now + timedelta(days=step))
            & (Q(warned_at_days=None) | Q(warned_at_days__gt=step))
            for step in STEPS
        ),
    )


def step_of(request):
    """The last one it has passed."""
    left = math.ceil(max(request.due_at - timezone.now(), timedelta()) / timedelta(days=1))
    return min(step for step in STEPS if left <= step)
