"""How a seller begins."""

from django.db import transaction

from accounts.models import User
from sellers.models import Member, Phone, Seller


class AlreadySelling(Exception):
    """One account acts for one seller."""


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
