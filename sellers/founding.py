"""How a seller begins, becomes somebody else in law, and ends."""

from django.db import transaction

from accounts.models import User
from privacy.forgetting import forget
from privacy.models import Subject
from sellers.letters import tell
from sellers.models import Member, Phone, Seller
from sellers.verification import VERIFIED, end


class AlreadySelling(Exception):
    """One account acts for one seller."""


class OthersIdentity(Exception):
    """The page is a person's own, and this is not the person."""


def found(seller: Seller, owner: User, phone=None) -> Seller:
    """Save a new seller whose owner this account is."""
    with transaction.atomic():
        # The lock lets a button pressed twice make one seller.
        owner = User.objects.select_for_update(no_key=True).get(pk=owner.pk)
        if Member.objects.filter(user=owner).exists():
            raise AlreadySelling
        seller.subject = None if seller.is_company else owner.subject
        seller.rename(seller.name)
        seller.save()
        Member.objects.create(seller=seller, user=owner, role=Member.Role.OWNER)
        if phone:
            Phone.objects.create(seller=seller, number=phone)
    return seller


def identify(seller: Seller, by: User) -> None:
    """Save who the seller is now in law. What was verified is not, if it is something else now.

    The caller holds the seller's lock.
    """
    was = Seller.objects.get(pk=seller.pk)
    if was.subject_id not in (None, by.subject_id):
        raise OthersIdentity
    seller.subject = None if seller.is_company else by.subject
    seller.rename(seller.name)
    seller.save()
    if seller.verified_at and any(getattr(was, name) != getattr(seller, name) for name in VERIFIED):
        end(seller)


def close(seller: Seller, by: User) -> None:
    """Delete the seller and everything kept with them; whoever else acted for them is told."""
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        others = [m.user for m in seller.members.exclude(user=by).select_related("user")]
        people = [
            *Subject.objects.filter(authorised_for__seller=seller),
            *Subject.objects.filter(seller_invitations__seller=seller),
        ]
        for user in others:
            tell(user, "closed", seller)
        seller.delete()
        forget(people)
