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
from moderation.models import Decision, Removal
from privacy.models import Subject
from sellers.models import Member, Seller


def tell(letter: str, listing: Listing, decision: Decision, **facts):
    """Each owner and manager, in the language of their account."""
    for user in who_decide(listing.seller_id):
        with override(user.language):
            pages = {
                "page": reverse("moderation:appeal", args=[listing.pk]),
                "public": listing.get_absolute_url(),
                "mine": reverse("listings:mine"),
            }
        write_letter(
            f"moderation/email/{letter}",
            to=user.email,
            language=user.language,
            listing=listing,
            decision=decision,
            rules=links_to(decision.cited, user.language),
            **{f"{name}_url": settings.SITE_URL + path for name, path in pages.items()},
            **facts,
        )


def tell_of_removal(seller: Seller, removal: Removal, texts: list[tuple[str, str]]):
    """With the texts that stood there: they are kept nowhere else."""
    for user in who_decide(seller.pk):
        with override(user.language):
            url = settings.SITE_URL + reverse("sellers:profile")
        write_letter(
            "moderation/email/removed",
            to=user.email,
            language=user.language,
            removal=removal,
            texts=texts,
            rules=links_to(removal.cited, user.language),
            url=url,
        )


def who_decide(seller_pk):
    roles = [Member.Role.OWNER, Member.Role.MANAGER]
    members = Member.objects.filter(seller=seller_pk, role__in=roles)
    return User.objects.filter(membership__in=members).order_by("membership")


def links_to(rules, language):
    with override(language):
        return [(rule.words, settings.SITE_URL + rule.get_absolute_url()) for rule in rules]


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
