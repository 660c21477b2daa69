"""What waits for a moderator, and how two of them never take the same."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from listings.models import Listing
from moderation.hiding import HIDES_WITH
from moderation.models import Appeal, Claim, Complaint

TOO_LONG = timedelta(minutes=30)
SHOWN = 50


def take_next(moderator: User, skipped=()) -> Listing | None:
    """The longest waiting that nobody has before them and that is not the moderator's own."""
    passed = set(skipped)
    while True:
        waiting = (
            in_turn()
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


def in_turn():
    """What several people have reported comes first."""
    reports = Complaint.objects.open().order_by().values("listing")
    several = reports.annotate(networks=Count("network", distinct=True))
    loud = several.filter(networks__gte=HIDES_WITH).values("listing")
    waiting = Listing.objects.waiting().annotate(is_loud=Q(pk__in=loud))
    return waiting.order_by("-is_loud", "waiting_since", "pk")


def waiting_now():
    """The beginning of the queue, with all that its page names."""
    rows = in_turn().filter(pk__in=in_turn().values("pk")[:SHOWN])
    rows = rows.select_related("seller", "category", "revision", "claim")
    rows = rows.annotate(open_complaints=Count("complaints", filter=Q(complaints__answer=None)))
    return rows.prefetch_related("decisions")


def counts():
    too_long = timezone.now() - TOO_LONG
    waiting = Listing.objects.waiting().order_by()
    appeals = Appeal.objects.filter(answer=None).order_by()
    return waiting.aggregate(
        all=Count("pk"), too_long=Count("pk", filter=Q(waiting_since__lte=too_long))
    ) | appeals.aggregate(
        appeals=Count("pk"), late_appeals=Count("pk", filter=Q(due_at__lt=timezone.now()))
    )
