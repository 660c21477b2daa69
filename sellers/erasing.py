"""What names a seller who is erased in the books of others."""

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from privacy.erasure.plan import open_fence
from privacy.models import Disclosure
from privacy.registers import forget_counters
from sellers.models import Member, Seller

AT_ONCE = 500


def settle(people) -> None:
    take_companies(people)
    forget_names(people)


def take_companies(people) -> None:
    """A company for which nobody else acts is theirs: its name and number say who they are."""
    owners = Member.objects.owners().filter(user__subject__pk__among=people)
    others = Member.objects.filter(seller=OuterRef("seller"))
    others = others.exclude(user__subject__pk__among=people)
    alone = owners.filter(~Exists(others), seller__form=Seller.Form.COMPANY)
    for seller, person in list(alone.order_by("-joined_at").values_list("seller", "user__subject")):
        with transaction.atomic():
            open_fence()
            Seller.objects.filter(pk=seller, form=Seller.Form.COMPANY).update(
                form=Seller.Form.PERSON, subject=person, iin=F("bin"), bin="", verified_at=None
            )


def forget_names(people) -> None:
    """Buyers still see that a seller got their data, and no more which one."""
    sellers = list(Seller.objects.filter(subject__pk__among=people).values_list("pk", flat=True))
    forget_counters("seller", sellers)
    if not sellers:
        return
    named = Disclosure.objects.filter(kind=Disclosure.Kind.SELLER, recipient_number__in=sellers)
    named = named.exclude(recipient_name="").values("pk")[:AT_ONCE]
    emptied = True
    while emptied:
        with transaction.atomic():
            open_fence()
            emptied = Disclosure.objects.filter(pk__in=named).update(recipient_name="")
