"""What an erasure leaves of a ban that is in force: marks by which it is recognised, no more."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Phone as OwnPhone
from moderation.models import Ban, BanMark
from moderation.models.ban import Kind, digest, spelled_phone
from privacy.consequences import OF_DELETING, Consequence
from privacy.erasure.plan import open_fence
from privacy.models import Subject
from privacy.models.identifiers import normal_email
from sellers.models import Member, Seller


def keep_bans(people) -> None:
    bans = Ban.objects.in_force().filter(user__subject__pk__among=people)
    for ban in list(bans.select_related("user").order_by("pk")):
        with transaction.atomic():
            open_fence()
            marks = [
                BanMark(ban=ban, subject_id=ban.user.subject_id, kind=kind, digest=mark)
                for kind, mark in marks_of(ban.user)
            ]
            if marks:
                BanMark.objects.bulk_create(marks, ignore_conflicts=True)
                # What staff wrote may name them.
                Ban.objects.filter(pk=ban.pk).update(user=None, reason="")


def forget_whose(people) -> None:
    """Once it is certified how many there are."""
    BanMark.objects.filter(subject__pk__among=people).update(subject=None)


def tell_before(person) -> Iterator[Consequence]:
    """That it goes on, said before the button."""
    bans = Ban.objects.in_force().filter(user__subject__in=Subject.families([person]))
    if bans.exists():
        yield Consequence(
            _("The ban of your account"),
            [
                _(
                    "It goes on for as long as it was meant to. Of your address and numbers only "
                    "marks made with a key are kept for it: they name nobody, and go with the ban."
                )
            ],
        )


def marks_of(user) -> set[tuple[Kind, str]]:
    """Of what is proved to be theirs alone: anybody may type the numbers of somebody else."""
    emails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    phones, numbers = set(), set()
    member = Member.objects.filter(user=user).select_related("seller").first()
    if member and not member.seller.members.exclude(pk=member.pk).exists():
        seller, others = member.seller, Seller.objects.exclude(pk=member.seller_id)
        verified = seller.verifications.filter(ended_at=None).first()
        if verified and verified.checked_number:
            numbers = {seller.bin, seller.iin} - {""}
            taken = others.filter(Q(bin__in=numbers) | Q(iin__in=numbers))
            numbers -= {number for pair in taken.values_list("bin", "iin") for number in pair}
        if verified and verified.called_phone:
            phones = set(seller.phones.values_list("number", flat=True))
            phones -= set(
                others.filter(phones__number__in=phones).values_list("phones__number", flat=True)
            )
            shared = OwnPhone.objects.exclude(user=user).filter(number__in=phones)
            phones -= set(shared.values_list("number", flat=True))
    return {
        *((Kind.EMAIL, digest(Kind.EMAIL, normal_email(email))) for email in emails),
        *((Kind.PHONE, digest(Kind.PHONE, spelled_phone(phone))) for phone in phones if phone),
        *((Kind.BIN, digest(Kind.BIN, number)) for number in numbers),
    }


OF_DELETING.append(tell_before)
