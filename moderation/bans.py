"""Who is shut out: looked up at the gate that every entry passes.

Of what somebody is known by only keyed digests are kept, so whoever asks is digested, too.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from accounts import gate
from accounts.models import Phone as OwnPhone
from moderation.models import Ban, BanMark
from moderation.models.ban import digest, masks_that_fit, ranges_that_hold, spelled_phone
from sellers import standing
from sellers.models import Member, Phone, Seller

Kind = Ban.Kind


def ban_of(asking: gate.Asking) -> Ban | None:
    """The ban that ends last."""
    seller, user = asking.seller, asking.user
    people, phones = Q(), set(asking.phones)
    if user:
        people |= Q(user=user)
    if seller and seller.pk:
        # Whoever is shut out does not sell through a colleague either.
        people |= Q(user__in=Member.objects.owners().filter(seller=seller).values("user"))
    if user or (seller and seller.pk):
        own = OwnPhone.objects.filter(user=user).values_list("number")
        shown = Phone.objects.filter(seller=seller and seller.pk).values_list("number")
        phones.update(number for (number,) in own.union(shown))
    marks = [
        *marks_of(Kind.NETWORK, ranges_that_hold(asking.address)),
        *marks_of(Kind.EMAIL, (mask for email in asking.emails for mask in masks_that_fit(email))),
        *marks_of(Kind.PHONE, map(spelled_phone, phones)),
        *marks_of(Kind.BIN, (seller.bin, seller.iin) if seller else ()),
    ]
    # Of accounts that are erased.
    left = BanMark.objects.filter(digest__in=marks).values("ban")
    found = list(Ban.objects.in_force().filter(Q(digest__in=marks) | Q(pk__in=left) | people))
    endless = [ban for ban in found if ban.until is None]
    return endless[0] if endless else max(found, key=lambda ban: ban.until, default=None)


def marks_of(kind: Kind, spelled: Iterable[str]) -> Iterator[str]:
    return (digest(kind, value) for value in spelled if value)


def shut_out(sellers: QuerySet[Seller], bans: QuerySet[Ban] | None = None) -> QuerySet[Seller]:
    """Of these the ones for whom an owner, a number or a phone is banned, whoever of them acts."""
    bans = Ban.objects.in_force() if bans is None else bans
    owners = Member.objects.owners().filter(seller__in=sellers.order_by())
    users = bans.exclude(user=None).values("user")
    of_owner = owners.filter(user__in=users).values("seller")
    return sellers.filter(Q(pk__in=of_owner) | Q(pk__in=known_by(sellers, owners, bans)))


def known_by(sellers, owners, bans) -> set[int]:
    """Sellers whom a digest means. Of a kind of which there is no ban nothing is digested."""
    banned = {}
    bans = bans.order_by()
    marks = BanMark.objects.filter(ban__in=bans).values_list("kind", "digest")
    for kind, mark in bans.exclude(digest="").values_list("kind", "digest").union(marks):
        banned.setdefault(kind, set()).add(mark)
    asked = []
    if Kind.EMAIL in banned:
        emails = owners.values_list("seller", "user__email")
        asked += [
            (seller, Kind.EMAIL, mask)
            for seller, email in emails.iterator()
            for mask in masks_that_fit(email)
        ]
    if Kind.PHONE in banned:
        shown = Phone.objects.filter(seller__in=sellers.order_by())
        for phones in (
            shown.values_list("seller", "number"),
            owners.exclude(user__phones=None).values_list("seller", "user__phones__number"),
        ):
            asked += [
                (seller, Kind.PHONE, spelled_phone(number))
                for seller, number in phones.iterator()
                if number
            ]
    if Kind.BIN in banned:
        numbers = sellers.order_by().values_list("pk", "bin", "iin")
        asked += [
            (seller, Kind.BIN, number)
            for seller, *both in numbers.iterator()
            for number in both
            if number
        ]
    return {seller for seller, kind, value in asked if digest(kind, value) in banned[kind]}


def hold_sellers(ban: Ban) -> None:
    """Orders on their way to whoever it shuts out are waited for; later ones meet the ban.

    Within the transaction that has saved it.
    """
    meant = shut_out(Seller.objects.order_by("pk"), Ban.objects.filter(pk=ban.pk))
    list(meant.select_for_update(no_key=True).values_list("pk"))


gate.register(ban_of)
standing.register(shut_out)
