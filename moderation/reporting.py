"""A visitor reports an ad: once a day. A moderator looks, and the visitor hears of the outcome."""

import hmac
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts.devices import device_name
from accounts.visitors import network_of
from listings.models import Listing
from moderation.hiding import hide_if_many
from moderation.models import Complaint
from privacy.models import Subject
from privacy.registers import forget_counters
from ui.limits import is_within

A_DAY = 24 * 60 * 60
MOST_A_DAY = 20
LETTERS_TO_ONE_ADDRESS_A_DAY = 5


class TooOften(Exception):
    """Somebody reports one ad after the other, or has letters sent to one address."""


def report(request, listing: Listing, complaint: Complaint) -> None:
    """Keep it. The same person's second of a day about the same ad changes nothing."""
    visitor, today = visitor_of(request), timezone.localdate()
    refuse_too_many(MOST_A_DAY, visitor)
    if request.user.is_authenticated:
        # The account has an address and a language.
        complaint.email = ""
    elif complaint.email:
        refuse_too_many(LETTERS_TO_ONE_ADDRESS_A_DAY, complaint.email.lower())
        complaint.language = get_language()
    with transaction.atomic():
        # Those who report at one moment are counted one after the other.
        listing = Listing.objects.select_for_update(of=["self"]).get(pk=listing.pk)
        if listing.complaints.filter(visitor=visitor, on=today).exists():
            return
        complaint.listing, complaint.visitor, complaint.on = listing, visitor, today
        complaint.network = digest(f"network {network_of(request)}")
        if request.user.is_authenticated:
            complaint.subject = request.user.subject
        elif complaint.email:
            complaint.subject = Subject.objects.create()
        complaint.save(force_insert=True)
        Listing.objects.filter(pk=listing.pk).ask_for_review()
        hide_if_many(listing)


def refuse_too_many(most, whose):
    if not is_within(most, A_DAY, f"moderation:reports:{whose}"):
        raise TooOften


def forget_reporters(people) -> None:
    forget_counters("reporter", map(reporter, people))


def reporter(person: UUID) -> str:
    return digest(f"report {person}")


def visitor_of(request) -> str:
    """The same for a person's reports."""
    if request.user.is_authenticated:
        return reporter(request.user.subject_id)
    browser = device_name(request.headers.get("User-Agent", ""))
    return digest(f"report {network_of(request)} {browser}")


def digest(text) -> str:
    """Nothing anybody could turn back."""
    return hmac.new(settings.PRIVACY_KEY.encode(), text.encode(), sha256).hexdigest()
