"""What waits for a moderator, and how two of them never take the same."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from listings.models import Listing
from moderation.models import Appeal, Claim

TOO_LONG = timedelta(minutes=30)
SHOWN = 50


def take_next(moderator: User, skipped=()) -> Listing | None:
    """The longest waiting that nobody has before them and that is not the moderator's own."""
    passed = set(skipped)
    while True:
        waiting = (
            Listing.objects.waiting()
            .exclude(pk__in=passed)
            .exclude(pk__in=Claim.objects.of_others(moderator).values("listing"))
            .exclude(seller__members__user=moderator)
        )
        with transaction.atomic():
            listing = waiting.select_for_update(skip_locked=True, of=["self"]).first()
            if listing is None:
                return None
            try:
                Claim.take(listing, moderator)
            except Claim.Taken:
                # Between our look and our lock.
                passed.add(listing.pk)
            else:
                return listing


def waiting_now():
    """The beginning of the queue, with all that its page names."""
    rows = Listing.objects.waiting().select_related("seller", "category", "revision", "claim")
    return rows.annotate(open_complaints=Count("complaints", filter=Q(complaints__answer=None)))[
        :SHOWN
    ]


def counts():
    too_long = timezone.now() - TOO_LONG
    waiting = Listing.objects.waiting().order_by()
    appeals = Appeal.objects.filter(answer=None).order_by()
    return waiting.aggregate(
        all=Count("pk"), too_long=Count("pk", filter=Q(waiting_since__lte=too_long))
    ) | appeals.aggregate(
        appeals=Count("pk"), late_appeals=Count("pk", filter=Q(due_at__lt=timezone.now()))
    )
