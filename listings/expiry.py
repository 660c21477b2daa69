"""What time does to ads: their term ends, they rest, and in the end they go."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from letters.write import write_letter
from listings.models import DailyCount, Listing, Revision
from listings.states import Act, Role, State
from privacy.models import Subject
from sellers.models import Member, Seller

AT_ONCE = 500
REMINDS_BEFORE = timedelta(days=3)
REMINDS_AGAIN_BEFORE = timedelta(days=1)
ARCHIVED_AFTER = timedelta(days=30)
DRAFTS_LAST = timedelta(days=30)
PURGED_AFTER = timedelta(days=365)
NAMED_IN_A_LETTER = 20
SALT = "listings.renewal"
LINK_LASTS = timedelta(days=60)


def expire_overdue() -> int:
    """At most `AT_ONCE`; how many there were. Each seller gets one letter about theirs."""
    overdue = Listing.objects.overdue().order_by("expires_at", "pk")
    return for_each_seller(overdue, Listing.objects.overdue, end)


def end(seller, listings):
    for listing in listings:
        listing.move(Act.EXPIRE, Role.CLOCK)
    tell(seller, "ended", listings)


def remind() -> int:
    """Tell sellers whose ads end in three days, or in one; how many ads were told of."""
    return for_each_seller(ending_soon().order_by("expires_at", "pk"), ending_soon, warn)


def ending_soon():
    """Not by the day they end: what was missed while nothing ran is made up for."""
    now = timezone.now()
    return Listing.objects.filter(
        Q(reminded_at=None)
        | Q(reminded_at__lt=F("expires_at") - REMINDS_BEFORE)
        | Q(
            expires_at__lte=now + REMINDS_AGAIN_BEFORE,
            reminded_at__lt=F("expires_at") - REMINDS_AGAIN_BEFORE,
        ),
        state=State.PUBLISHED,
        expires_at__gt=now,
        expires_at__lte=now + REMINDS_BEFORE,
    )


def warn(seller, listings):
    tell(seller, "ending", listings)
    keys = [listing.pk for listing in listings]
    Listing.objects.filter(pk__in=keys).update(reminded_at=timezone.now())


def for_each_seller(listings, still, act):
    """The act and its letters are one transaction; a second run finds nothing left to do."""
    keys = defaultdict(list)
    found = list(listings.values_list("seller", "pk")[:AT_ONCE])
    for seller, pk in found:
        keys[seller].append(pk)
    for seller in Seller.objects.in_bulk(keys).values():
        with transaction.atomic():
            rows = still().filter(pk__in=keys[seller.pk]).select_related("category")
            # Locked by their keys, as orders do: otherwise the two would wait for each other.
            rows = list(rows.select_for_update(of=["self"]).order_by("pk"))
            if rows:
                act(seller, sorted(rows, key=lambda listing: (listing.expires_at, listing.pk)))
    return len(found)


def tell(seller, letter, listings):
    """Whoever may do something about it, in their language."""
    members = Member.objects.filter(
        seller=seller,
        role__in=[Member.Role.OWNER, Member.Role.MANAGER],
        user__is_active=True,
        user__subject__state=Subject.State.ACTIVE,
    )
    token = renewal_token(seller, listings)
    for user in User.objects.filter(membership__in=members).order_by("pk"):
        with override(user.language):
            url = settings.SITE_URL + reverse("listings:renew_by_letter", args=[token])
        write_letter(
            f"listings/email/{letter}",
            to=user.email,
            language=user.language,
            seller=seller,
            url=url,
            listings=listings[:NAMED_IN_A_LETTER],
            count=len(listings),
            more=max(0, len(listings) - NAMED_IN_A_LETTER),
        )


# The link of a letter: it renews what the letter names, and nothing else.


class NotALink(Exception):
    """Not one of ours, or too old."""


def renewal_token(seller: Seller, listings: list[Listing]) -> str:
    ends = [listing.expires_at.timestamp() for listing in listings]
    return signing.dumps([seller.pk, int(min(ends)), int(max(ends)) + 1], salt=SALT)


def meant_by(token: str):
    """The ads of the letter that have not been renewed or put away since."""
    try:
        seller, first, last = signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature as error:
        raise NotALink from error
    span = [datetime.fromtimestamp(moment, UTC) for moment in (first, last)]
    return Listing.objects.filter(
        Q(state=State.EXPIRED)
        | Q(state=State.PUBLISHED, expires_at__lte=timezone.now() + Listing.RENEWS_BEFORE),
        seller=seller,
        expires_at__range=span,
    ).order_by("expires_at", "pk")


# What nobody needs any more


def archive_rested() -> int:
    rested = Listing.objects.filter(
        state__in=[State.SOLD, State.EXPIRED, State.REJECTED],
        touched_at__lte=timezone.now() - ARCHIVED_AFTER,
    )
    keys = list(rested.order_by("touched_at").values_list("pk", flat=True)[:AT_ONCE])
    for pk in keys:
        with transaction.atomic():
            row = rested.select_related("category").select_for_update(of=["self"])
            if listing := row.filter(pk=pk).first():
                listing.move(Act.ARCHIVE, Role.CLOCK)
    return len(keys)


def purge() -> int:
    """Delete what is over, and days nobody counts any more."""
    now = timezone.now()
    return max(
        delete_some(over(Listing.objects.order_by("touched_at"), now)),
        delete_some(left_changes(Revision.objects.all(), now)),
        delete_some(old_days(DailyCount.objects.all(), now)),
    )


def delete_some(rows):
    keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    # Asked again: somebody may have gone on writing.
    rows.order_by().filter(pk__in=keys).delete()
    return len(keys)


# What is over, for the sweep above and for the data map alike.


def over(listings, now):
    return listings.filter(
        Q(state=State.DRAFT, touched_at__lte=now - DRAFTS_LAST)
        | Q(state__in=[State.ARCHIVED, State.BLOCKED], touched_at__lte=now - PURGED_AFTER)
    )


def left_changes(revisions, now):
    left = [Revision.State.DRAFT, Revision.State.REJECTED]
    return revisions.filter(state__in=left, touched_at__lte=now - DRAFTS_LAST)


def old_days(counts, now):
    return counts.filter(day__lt=timezone.localdate(now) - DailyCount.KEPT_FOR)
