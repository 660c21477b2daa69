"""What names a seller who is erased in the books of others."""

from django.db import transaction

from privacy.erasure.plan import open_fence
from privacy.models import Disclosure
from sellers.models import Seller

AT_ONCE = 500


def settle(people) -> None:
    """Buyers still see that a seller got their data, and no more which one."""
    sellers = list(Seller.objects.filter(subject__pk__among=people).values_list("pk", flat=True))
    if not sellers:
        return
    named = Disclosure.objects.filter(kind=Disclosure.Kind.SELLER, recipient_number__in=sellers)
    named = named.exclude(recipient_name="").values("pk")[:AT_ONCE]
    emptied = True
    while emptied:
        with transaction.atomic():
            open_fence()
            emptied = Disclosure.objects.filter(pk__in=named).update(recipient_name="")
