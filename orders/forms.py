import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from orders import sending
from orders.models import Order
from orders.proposals import Proposal
from sellers.forms import NameField
from sellers.models import Payment, Shipping

LONGEST_COMMENT = Order._meta.get_field("comment").max_length


def without_controls(text: str, kept: str = "") -> str:
    """What cannot be seen, and what PostgreSQL cannot hold, becomes a space."""
    return "".join(
        " " if unicodedata.category(one) == "Cc" and one not in kept else one for one in text
    )


def seen(text: str) -> str:
    """Nothing, if nobody can see any of it."""
    return text if any(unicodedata.category(one)[0] not in "CZ" for one in text) else ""


class LineField(forms.CharField):
    def to_python(self, value):
        return seen(" ".join(without_controls(super().to_python(value)).split()))


class TextField(forms.CharField):
    """Of several lines, whose ends are one character each whatever the browser sends."""

    widget = forms.Textarea

    def to_python(self, value):
        lines = super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")
        return seen(without_controls(lines, kept="\n").strip())


class AnEmailField(forms.EmailField):
    def clean(self, value):
        """Whatever is wrong with it, one sentence says so."""
        try:
            return super().clean(value)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class TermField(forms.ChoiceField):
    """One of the seller's ways of shipping or payment: a single one is no question."""

    def offer(self, terms: list[Shipping] | list[Payment]) -> None:
        self.terms = {term.method: term for term in terms}
        offered = [(term.method, in_words(term)) for term in terms]
        self.choices = [("", gettext("Choose")), *offered]
        # What stands there to be read when there is nothing to choose.
        self.settled = None
        if len(terms) < 2:
            self.settled = offered[0][1] if offered else gettext("As agreed with the seller")

    def clean(self, value):
        if self.settled:
            return next(iter(self.terms.values()), None)
        return self.terms[super().clean(value)]


def in_words(term: Shipping | Payment) -> str:
    if not term.conditions:
        return term.get_method_display()
    return gettext("%(method)s: %(conditions)s") % {
        "method": term.get_method_display(),
        "conditions": term.conditions,
    }


class OrderForm(forms.Form):
    """The words are those of the order form's clauses, F5 to F19 of the requirements."""

    full_name = NameField(
        label=_("Surname, First name (Patronymic): *"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Full name not specified")},
    )
    organization = LineField(
        label=_("Organization: *"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Organization not specified")},
    )
    email = AnEmailField(
        label=_("Email: *"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("Email is incorrect")},
    )
    phone = PhoneNumberField(
        label=_("Phone: *"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": _("Phone not specified"),
            "invalid": _(
                "Enter the whole number with the country's code, for example +7 701 234 56 78."
            ),
        },
    )
    address = TextField(
        label=_("Address: *"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
        error_messages={"required": _("Address not specified")},
    )
    comment = TextField(
        label=_("Comment: (up to 512 characters)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    shipping = TermField(
        label=_("Shipping:"), error_messages={"required": _("Choose how the goods reach you")}
    )
    payment = TermField(label=_("Payment:"), error_messages={"required": _("Choose how you pay")})

    def __init__(self, proposal: Proposal, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["shipping"].offer(proposal.part.shipping)
        self.fields["payment"].offer(proposal.part.payment)
        if not all(sending.needs_address(way) for way in proposal.part.shipping):
            self.fields["address"].help_text = _(
                "If you choose pick-up, your address is neither kept nor passed on to the seller."
            )

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone.extension:
            raise ValidationError(
                gettext("Write the number without an extension, and the extension in the comment.")
            )
        return phone

    def clean_comment(self):
        comment = self.cleaned_data["comment"]
        if (excess := len(comment) - LONGEST_COMMENT) > 0:
            raise ValidationError(
                ngettext(
                    "The comment is %(excess)d character too long: up to %(most)d are taken.",
                    "The comment is %(excess)d characters too long: up to %(most)d are taken.",
                    excess,
                )
                % {"excess": excess, "most": LONGEST_COMMENT}
            )
        return comment

    @property
    def entered(self) -> sending.Form:
        return sending.Form(**self.cleaned_data | {"phone": self.cleaned_data["phone"].as_e164})
