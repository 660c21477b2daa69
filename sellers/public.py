"""What everybody may see of a seller, and where a seller is found now."""

from django.http import Http404
from django.shortcuts import redirect

from sellers.hours import spans
from sellers.models import Seller
from sellers.organization import organization


def shown_of(seller):
    hours = spans(list(seller.working_days.all()))
    return {
        "seller": seller,
        "hours": hours,
        "shipping": seller.shipping.all(),
        "payment": seller.payment.all(),
        "verification": seller.verifications.filter(ended_at=None).first(),
        "has_phones": seller.phones.exists(),
        "organization": organization(seller, hours),
    }


def moved(slug):
    """To the present address of the seller that was here once."""
    seller = Seller.objects.public().filter(former_slugs__slug=slug).first()
    if seller is None:
        raise Http404
    return redirect(seller, permanent=True)
