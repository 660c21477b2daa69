"""Who is shut out: looked up at the gate that every entry passes."""

from django.db.models import Q

from accounts import gate
from accounts.models import Phone as OwnPhone
from moderation.models import Ban
from moderation.models.ban import masks_that_fit, ranges_that_hold
from sellers.models import Member, Phone


def ban_of(asking: gate.Asking) -> Ban | None:
    """In one query; the ban that ends last."""
    seller, user = asking.seller, asking.user
    people, phones = Q(), Q(phone__in=asking.phones) if asking.phones else Q()
    numbers = {
        number for number in (getattr(seller, "bin", ""), getattr(seller, "iin", "")) if number
    }
    if user:
        people |= Q(user=user)
        phones |= Q(phone__in=OwnPhone.objects.filter(user=user).values("number"))
    if seller and seller.pk:
        # Whoever is shut out does not sell through a colleague either.
        owners = Member.objects.owners().filter(seller=seller)
        people |= Q(user__in=owners.values("user"))
        phones |= Q(phone__in=Phone.objects.filter(seller=seller).values("number"))
    known = Q(network__in=ranges_that_hold(asking.address)) | people | phones
    if masks := [mask for email in asking.emails for mask in masks_that_fit(email)]:
        known |= Q(email_mask__in=masks)
    if numbers:
        known |= Q(bin__in=numbers)
    found = list(Ban.objects.in_force().filter(known))
    endless = [ban for ban in found if ban.until is None]
    return endless[0] if endless else max(found, key=lambda ban: ban.until, default=None)


gate.register(ban_of)
