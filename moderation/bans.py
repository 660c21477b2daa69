"""Who is shut out: looked up at the gate that every entry passes."""

from django.db.models import Q, QuerySet

from accounts import gate
from accounts.models import Phone as OwnPhone
from moderation.models import Ban
from moderation.models.ban import masks_that_fit, ranges_that_hold
from sellers import standing
from sellers.models import Member, Phone, Seller


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


def shut_out(sellers: QuerySet[Seller], bans: QuerySet[Ban] | None = None) -> QuerySet[Seller]:
    """Of these the ones for whom an owner, a number or a phone is banned, whoever of them acts."""
    bans = Ban.objects.in_force() if bans is None else bans
    owners = Member.objects.owners().filter(seller__in=sellers.order_by())
    masks = set(bans.exclude(email_mask="").values_list("email_mask", flat=True))
    by_mail = [
        seller
        for seller, email in (owners.values_list("seller", "user__email") if masks else ())
        if masks.intersection(masks_that_fit(email))
    ]
    phones = bans.exclude(phone="").values("phone")
    numbers = bans.exclude(bin="").values("bin")
    of_owner = Q(user__in=bans.exclude(user=None).values("user")) | Q(
        user__in=OwnPhone.objects.filter(number__in=phones).values("user")
    )
    return sellers.filter(
        Q(pk__in=by_mail)
        | Q(pk__in=owners.filter(of_owner).values("seller"))
        | Q(pk__in=Phone.objects.filter(number__in=phones).values("seller"))
        | Q(bin__in=numbers)
        | Q(iin__in=numbers)
    )


def hold_sellers(ban: Ban) -> None:
    """Orders on their way to whoever it shuts out are waited for; later ones meet the ban.

    Within the transaction that has saved it.
    """
    meant = shut_out(Seller.objects.order_by("pk"), Ban.objects.filter(pk=ban.pk))
    list(meant.select_for_update(no_key=True).values_list("pk"))


gate.register(ban_of)
standing.register(shut_out)
