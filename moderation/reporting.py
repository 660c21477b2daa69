"""A visitor reports an ad: once a day, and a moderator looks."""

import hmac
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.devices import device_name
from accounts.visitors import network_of
from listings.models import Listing
from moderation.models import Complaint
from ui.limits import is_within

A_DAY = 24 * 60 * 60
MOST_A_DAY = 20


class TooOften(Exception):
    """Somebody reports one ad after the other."""


def report(request, listing: Listing, complaint: Complaint) -> None:
    """Keep it. The same person's second of a day about the same ad changes nothing."""
    visitor = visitor_of(request)
    if not is_within(MOST_A_DAY, A_DAY, f"moderation:reports:{visitor}"):
        raise TooOften
    complaint.listing, complaint.visitor = listing, visitor
    complaint.by = request.user if request.user.is_authenticated else None
    complaint.on = timezone.localdate()
    try:
        with transaction.atomic():
            complaint.save(force_insert=True)
            Listing.objects.filter(pk=listing.pk).ask_for_review()
    except IntegrityError:
        if not Complaint.objects.filter(listing=listing, visitor=visitor, on=complaint.on).exists():
            raise


def visitor_of(request) -> str:
    """The same for a person's reports, and nothing anybody could turn back."""
    if request.user.is_authenticated:
        who = str(request.user.subject_id)
    else:
        browser = device_name(request.headers.get("User-Agent", ""))
        who = f"{network_of(request)} {browser}"
    return hmac.new(settings.PRIVACY_KEY.encode(), f"report {who}".encode(), sha256).hexdigest()
