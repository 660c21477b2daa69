"""How accounts come to act for a seller, change their role and leave."""

from django.db import transaction

from accounts.models import User
from privacy.forgetting import forget
from privacy.models import Subject
from sellers.founding import AlreadySelling
from sellers.letters import tell, tell_address
from sellers.models import Invitation, Member, Seller
from ui.limits import is_within

MOST_MEMBERS = 50
DAY = 24 * 60 * 60
INVITATIONS_A_DAY = 20
LETTERS_TO_ONE_ADDRESS_A_DAY = 3


class AlreadyInvited(Exception):
    """An invitation to this address waits for its answer."""


class AlreadyMember(Exception):
    """The account of this address acts for the seller."""


class TooMany(Exception):
    """As many act for the seller, or are invited, as may."""


class TooOften(Exception):
    """So many invitations were sent today that it looks like mail nobody asked for."""


class LastOwner(Exception):
    """A seller has at least one owner."""


class Proprietor(Exception):
    """The page is this person's own: it can be closed, but not left to others."""


def invite(seller: Seller, email: str, role: Member.Role, language: str) -> Invitation:
    """Write to a stranger, once, on behalf of the seller."""
    with transaction.atomic():
        seller = Seller.objects.select_for_update().get(pk=seller.pk)
        addresses = {"user__emailaddress__email__iexact": email}
        if seller.members.filter(**addresses, user__emailaddress__verified=True).exists():
            raise AlreadyMember
        forget_invitations(seller.invitations.over().filter(email=email))
        if seller.invitations.filter(email=email).exists():
            raise AlreadyInvited
        if seller.members.count() + seller.invitations.current().count() >= MOST_MEMBERS:
            raise TooMany
        if not (
            is_within(INVITATIONS_A_DAY, DAY, f"sellers:invitations:{seller.pk}")
            and is_within(LETTERS_TO_ONE_ADDRESS_A_DAY, DAY, f"sellers:invitations:{email}")
        ):
            raise TooOften
        invitation = Invitation.objects.create(
            seller=seller,
            subject=Subject.objects.create(),
            email=email,
            role=role,
            language=language,
        )
        tell_address(
            email, language, "invitation", seller, "sellers:invitations", invitation=invitation
        )
    return invitation


def accept(invitation: Invitation, user: User) -> Member:
    """The caller has fetched it through `Invitation.objects.to(user)`."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        # Withdrawn or answered meanwhile: then it is not there any more.
        waiting = Invitation.objects.to(user).select_for_update(of=["self"])
        invitation = waiting.get(pk=invitation.pk)
        if Member.objects.filter(user=user).exists():
            raise AlreadySelling
        member = Member.objects.create(seller=invitation.seller, user=user, role=invitation.role)
        forget_invitations(Invitation.objects.filter(pk=invitation.pk))
        others = invitation.seller.members.owners().exclude(pk=member.pk)
        for owner in others.select_related("user"):
            tell(owner.user, "joined", invitation.seller, member=member)
    return member


def forget_invitations(invitations) -> int:
    """Delete them, and with each the person nothing else is known of."""
    with transaction.atomic():
        people = list(Subject.objects.filter(seller_invitations__in=invitations))
        number, _each = invitations.delete()
        forget(people)
    return number


def change_role(member: Member, role: Member.Role) -> None:
    with transaction.atomic():
        member = locked(member)
        if member.role == role:
            return
        if role != Member.Role.OWNER:
            refuse_if_needed(member)
        member.role = role
        member.save(update_fields=["role"])
        tell(member.user, "role_changed", member.seller, role=member.get_role_display)


def leave(member: Member) -> None:
    with transaction.atomic():
        member = locked(member)
        refuse_if_needed(member)
        member.delete()


def remove(member: Member) -> None:
    """Another owner does it, so the person is told."""
    with transaction.atomic():
        member = locked(member)
        refuse_if_needed(member)
        member.delete()
        tell(member.user, "removed", member.seller)


def locked(member):
    """Under the seller's lock, so that two owners at once do not both leave."""
    seller = Seller.objects.select_for_update().get(pk=member.seller_id)
    return seller.members.select_related("seller", "user").get(pk=member.pk)


def refuse_if_needed(member):
    if member.is_proprietor:
        raise Proprietor
    if member.is_owner and member.seller.members.owners().count() == 1:
        raise LastOwner
