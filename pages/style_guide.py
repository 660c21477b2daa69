"""What the living style guide shows: a form in both its states, and figures to set."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.models import Order
from orders.states import State


class ExampleForm(forms.Form):
    full_name = forms.CharField(
        label=_("Surname, first name (patronymic)"), help_text=_("As in your identity document.")
    )
    email = forms.EmailField(label=_("E-mail"))
    phone = forms.CharField(
        label=_("Phone"), required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    code = forms.CharField(
        label=_("Code from the app"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    region = forms.ChoiceField(
        label=_("Region"),
        choices=[("", _("Choose a region")), ("KZ-39", _("Kostanay Region"))],
    )
    born_on = forms.DateField(
        label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea)
    shipping = forms.ChoiceField(
        label=_("Shipping"),
        choices=[("pickup", _("Pick-up")), ("carrier", _("Carrier"))],
        widget=forms.RadioSelect,
    )
    channels = forms.MultipleChoiceField(
        label=_("What may we write about?"),
        choices=[("news", _("News of the portal")), ("offers", _("Offers"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Nothing is ticked for you."),
    )
    agreed = forms.BooleanField(label=_("I have read the privacy policy"))


class StarredForm(forms.Form):
    marks_required = True

    organization = forms.CharField(label=_("Organisation"))
    address = forms.CharField(label=_("Address"), required=False)


def examples():
    return {
        "form": ExampleForm(auto_id="empty_%s"),
        "refused_form": ExampleForm({"email": "aigerim@dala"}, auto_id="refused_%s"),
        "starred_form": StarredForm(auto_id="starred_%s"),
        "price": Decimal("98500"),
        "small_price": Decimal("187.4"),
        "sections": [_("Your ads"), _("Orders"), _("Messages"), _("Profile"), _("Security")],
        "rows": range(3),
        "orders": [Order(state=state) for state in State],
    }
