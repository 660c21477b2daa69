"""A moderator looks at who a seller is."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from sellers.letters import tell
from sellers.models import Seller, Verification

# What a moderator looks at.
VERIFIED = ["form", "name", "bin", "iin"]


class Overtaken(Exception):
    """The seller is not any more who the moderator has seen."""


class VerifiedElsewhere(Exception):
    """Another seller has been verified with this BIN or IIN."""


def identity_of(seller: Seller) -> str:
    """Names who the seller says they are; another with every change of that."""
    told = [getattr(seller, name) for name in VERIFIED]
    return salted_hmac("sellers.verification", repr(told)).hexdigest()


def verify(
    seller: Seller,
    by: User,
    *,
    seen: str | None = None,
    saw_documents: bool = False,
    checked_number: bool = False,
    called_phone: bool = False,
) -> Verification:
    """Note what was checked now. What was checked before is history from here on.

    Raises `Overtaken` when the seller is not who was seen any more.
    """
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        if seen is not None and seen != identity_of(seller):
            raise Overtaken
        now = timezone.now()
        seller.verifications.filter(ended_at=None).update(ended_at=now)
        verification = Verification.objects.create(
            seller=seller,
            saw_documents=saw_documents,
            checked_number=checked_number,
            called_phone=called_phone,
            at=now,
            by=by,
        )
        seller.verified_at = now
        try:
            with transaction.atomic():
                seller.save(update_fields=["verified_at", "changed_at"])
        except IntegrityError:
            raise VerifiedElsewhere from None
        for owner in seller.members.owners().select_related("user"):
            tell(owner.user, "verified", seller, verification=verification)
    return verification


def withdraw(seller: Seller, reason: str) -> None:
    """A moderator found that it is not so any more; the owners are told why."""
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        if seller.verified_at is None:
            return
        end(seller)
        for owner in seller.members.owners().select_related("user"):
            tell(owner.user, "verification_ended", seller, reason=reason)


def end(seller: Seller) -> None:
    """The caller holds the seller's lock."""
    seller.verifications.filter(ended_at=None).update(ended_at=timezone.now())
    seller.verified_at = None
    seller.save(update_fields=["verified_at", "changed_at"])
