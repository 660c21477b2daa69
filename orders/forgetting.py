"""What orders hold of people goes when nobody needs it any more; the deal itself stays."""

from django.db import transaction
from django.utils import timezone

from orders.models import Change, Offer, Order
from privacy.erasure.plan import open_fence

AT_ONCE = 500


def forget_contacts() -> int:
    """Of at most `AT_ONCE` orders closed long enough; how many there were."""
    over = Order.objects.filter(closed_at__lte=timezone.now() - Order.CONTACTS_STAY)
    over = over.exclude(full_name="").order_by("closed_at")
    with transaction.atomic():
        open_fence()  # what is emptied here may be of somebody who is being erased, too
        keys = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
        forget_contacts_of(keys)
    return len(keys)


def forget_contacts_of(keys) -> None:
    with transaction.atomic():
        Change.objects.filter(order__in=keys).exclude(note="").update(note="")
        Offer.objects.filter(order__in=keys).exclude(note="").update(note="")
        Order.objects.filter(pk__in=keys).update(**dict.fromkeys(Order.CONTACTS, ""))
