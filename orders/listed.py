"""Which orders a list shows: a buyer's own, or the sales of a seller."""

from datetime import datetime, time

from django import forms
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderLine
from orders.states import State


class ListForm(forms.Form):
    """What makes no sense is ignored: it stands in an address that anybody may write."""

    state = forms.ChoiceField(required=False, choices=State)
    q = forms.CharField(label=_("Reference, goods or name"), required=False, max_length=100)
    since = forms.DateField(
        label=_("Sent from"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Sent until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    @property
    def asked(self):
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def narrowed(orders, asked: dict):
    if state := asked.get("state"):
        orders = orders.filter(state=state)
    if since := asked.get("since"):
        orders = orders.filter(created_at__gte=beginning_of(since))
    if until := asked.get("until"):
        orders = orders.filter(created_at__date__lte=until)
    if words := asked.get("q"):
        goods = OrderLine.objects.filter(order=OuterRef("pk"), title__icontains=words)
        known = Q(reference__icontains=words) | Q(seller_then__name__icontains=words)
        # Whose contacts are over is found by them no longer; the sweep may come a little later.
        named = Q(full_name__icontains=words) | Q(organization__icontains=words)
        orders = orders.filter(Exists(goods) | known | named & Order.contacts_shown())
    return orders


def beginning_of(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def counts_by_state(orders) -> list[tuple[State, int]]:
    counts = dict(orders.values_list("state").annotate(Count("pk")).order_by())
    return [(state, counts[state]) for state in State if state in counts]
