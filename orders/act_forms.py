"""What is asked of whoever acts on an order: reasons, dates, terms. By the act."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from listings.listing_form import Line, Lines
from listings.numbers import NumberField
from orders.life import Terms
from orders.models import Order
from orders.states import Act, Role

LONGEST_NOTE = 512


class Day(forms.DateField):
    def __init__(self, **options):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget} | options)


def note_field(**options):
    return Lines(max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3}), **options)


class ReasonForm(forms.Form):
    reason = note_field(label=gettext_lazy("Why?"))

    def __init__(self, data=None, *, order, role, **options):
        super().__init__(data, **options)
        self.fields["reason"].help_text = (
            _("The seller reads it.") if role == Role.BUYER else _("The buyer reads it.")
        )


class TurnDownForm(ReasonForm):
    """The seller can do with a reason and without one."""

    reason = note_field(label=gettext_lazy("Why?"), required=False)


class DisputeForm(ReasonForm):
    reason = note_field(label=gettext_lazy("What is wrong?"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _("The other side and the administration read it.")


class NotedDayForm(forms.Form):
    """About a day between that of the order and today."""

    DAY: str

    def __init__(self, data=None, *, order, role, **options):
        self.order = order
        super().__init__(data, initial={self.DAY: timezone.localdate()}, **options)

    def clean(self):
        given = super().clean()
        day, sent_on = given.get(self.DAY), timezone.localdate(self.order.created_at)
        if day and day > timezone.localdate():
            self.add_error(self.DAY, _("This day has not come yet."))
        elif day and day < sent_on:
            self.add_error(
                self.DAY,
                _("The order was sent on %(day)s: write that day or a later one.")
                % {"day": date_format(sent_on, "DATE_FORMAT")},
            )
        return given


class PayForm(NotedDayForm):
    DAY = "paid_on"

    paid_on = Day(label=gettext_lazy("Paid on"))
    payment_document = Line(
        label=gettext_lazy("Number of the payment"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("For example: of the payment order or the invoice."),
    )


class ShipForm(NotedDayForm):
    DAY = "shipped_on"

    shipped_on = Day(label=gettext_lazy("Shipped on"))
    carrier = Line(label=gettext_lazy("Carrier"), required=False, max_length=120)
    waybill = Line(label=gettext_lazy("Waybill"), required=False, max_length=60)


class OfferForm(forms.Form):
    """Quantity, price and day of each line. What is possible the verb says."""

    template_name = "orders/_offer_form.html"

    note = note_field(
        label=gettext_lazy("Note"),
        required=False,
        help_text=gettext_lazy("The buyer reads it with the offer."),
    )

    def __init__(self, data=None, *, order: Order, role, **options):
        self.lines = list(order.lines.all())
        super().__init__(data, **options)
        currency = order.get_currency_display()
        for line in self.lines:
            quantity, price, day = self.names_of(line)
            self.fields[quantity] = NumberField(
                label=_("Quantity"),
                unit=line.unit_sign,
                required=True,
                initial=line.quantity,
                max_digits=14,
                decimal_places=3,
            )
            self.fields[price] = NumberField(
                label=_("Price"),
                unit=f"{currency}/{line.unit_sign}",
                required=True,
                initial=line.price,
                max_digits=14,
                decimal_places=2,
            )
            self.fields[day] = Day(
                label=_("Date of delivery"), required=False, initial=line.delivery_on
            )

    @staticmethod
    def names_of(line):
        return [f"{name}_{line.position}" for name in ("quantity", "price", "delivery_on")]

    @property
    def rows(self):
        """Each line with its fields."""
        return [(line, [self[name] for name in self.names_of(line)]) for line in self.lines]

    @property
    def faults(self):
        """By the title of the line, each with the field it is about."""
        return [
            (line.title, field, fault)
            for line, fields in self.rows
            for field in fields
            for fault in field.errors
        ]

    @property
    def terms(self) -> dict[int, Terms]:
        given = self.cleaned_data
        return {
            line.pk: Terms(*(given[name] for name in self.names_of(line))) for line in self.lines
        }

    def refuse(self, faults: dict[int, dict[str, str]]):
        for line in self.lines:
            for name, fault in faults.get(line.pk, {}).items():
                self.add_error(f"{name}_{line.position}", fault)


FORMS = {
    Act.OFFER: OfferForm,
    Act.DECLINE: ReasonForm,
    Act.CANCEL: ReasonForm,
    Act.TURN_DOWN: TurnDownForm,
    Act.DISPUTE: DisputeForm,
    Act.PAY: PayForm,
    Act.SHIP: ShipForm,
}


def form_for(act: Act, order: Order, role: Role, data=None) -> forms.Form | None:
    """None where pressing the button says everything."""
    form = FORMS.get(act)
    return form and form(data, order=order, role=role, auto_id=f"{act}_%s")
