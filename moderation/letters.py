"""Letters to those who sell: what was decided, by which rule, what to do, and how to appeal.

And to those who reported an ad: whether it stays.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from letters.write import write_letter
from listings.models import Listing
from listings.states import OPEN_BY_ADDRESS
from moderation.models import Decision
from privacy.models import Subject
from sellers.models import Member


def tell(letter: str, listing: Listing, decision: Decision, **facts):
    """Each owner and manager, in the language of their account."""
    deciding = [Member.Role.OWNER, Member.Role.MANAGER]
    members = Member.objects.filter(seller=listing.seller_id, role__in=deciding)
    for member in members.select_related("user").order_by("pk"):
        with override(member.user.language):
            rules = [
                (rule.words, settings.SITE_URL + rule.get_absolute_url()) for rule in decision.cited
            ]
            pages = {
                "page": reverse("moderation:appeal", args=[listing.pk]),
                "public": listing.get_absolute_url(),
                "mine": reverse("listings:mine"),
            }
        write_letter(
            f"moderation/email/{letter}",
            to=member.user.email,
            language=member.user.language,
            listing=listing,
            decision=decision,
            rules=rules,
            **{f"{name}_url": settings.SITE_URL + path for name, path in pages.items()},
            **facts,
        )


def tell_reporters(listing: Listing, complaints):
    """Each once, in their language; of the seller and the moderator it says nothing."""
    accounts = User.objects.filter(
        subject__complaints__in=complaints, subject__state=Subject.State.ACTIVE, is_active=True
    )
    people = dict(complaints.exclude(email="").values_list("email", "language"))
    people |= dict(accounts.values_list("email", "language"))
    for email, language in sorted(people.items()):
        with override(language):
            pages = {"public": listing.get_absolute_url(), "rules": reverse("privacy:rules-ads")}
        write_letter(
            "moderation/email/outcome",
            to=email,
            language=language,
            number=listing.pk,
            is_public=listing.state in OPEN_BY_ADDRESS,
            **{f"{name}_url": settings.SITE_URL + path for name, path in pages.items()},
        )
