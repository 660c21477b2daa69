"""What an erasure leaves of a ban that is in force: marks by which it is recognised, no more."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Phone as OwnPhone
from moderation.models import Ban, BanMark
from moderation.models.ban import Kind, digest, spelled_phone
from privacy.consequences import OF_DELETING, Consequence
from privacy.erasure.plan import open_fence
from privacy.models import Subject
from privacy.models.identifiers import normal_email
from sellers.models import Member


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
                Ban.objects.filter(pk=ban.pk).update(user=None)


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
    """Of what is proved or shown to be theirs, and nobody else's."""
    emails = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    phones = set(OwnPhone.objects.filter(user=user).values_list("number", flat=True))
    numbers = set()
    member = Member.objects.filter(user=user).select_related("seller").first()
    if member and not member.seller.members.exclude(pk=member.pk).exists():
        numbers = {member.seller.bin, member.seller.iin} - {""}
        phones.update(member.seller.phones.values_list("number", flat=True))
    shared = OwnPhone.objects.exclude(user=user).filter(number__in=phones)
    phones -= set(shared.values_list("number", flat=True))
    return {
        *((Kind.EMAIL, digest(Kind.EMAIL, normal_email(email))) for email in emails),
        *((Kind.PHONE, digest(Kind.PHONE, spelled_phone(phone))) for phone in phones if phone),
        *((Kind.BIN, digest(Kind.BIN, number)) for number in numbers),
    }


OF_DELETING.append(tell_before)
