import re
import unicodedata
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from privacy.bin import validate_bin
from sellers.iin import validate_iin
from sellers.models import Phone, Seller
from sellers.regions import region_choices

Form = Seller.Form


class NameField(forms.CharField):
    """One line without what cannot be seen, and without an address: names stand in our letters."""

    def to_python(self, value):
        letters = super().to_python(value)
        seen = (" " if unicodedata.category(one)[0] in "CZ" else one for one in letters)
        return " ".join("".join(seen).split())

    def validate(self, value):
        super().validate(value)
        if re.search(r"://|www\.|@", value, re.IGNORECASE):
            raise ValidationError(_("Write the name without any address."), code="address")
        if value and not re.search(r"\w", value):
            raise ValidationError(_("A name has letters or digits."), code="name")


def region_field():
    return forms.ChoiceField(
        label=_("Region"), choices=lambda: [("", _("Choose a region")), *region_choices()]
    )


class PartForm(forms.ModelForm):
    """A part of the profile. Only its own columns are saved: a colleague may be in another part."""

    def save(self, commit=True):
        seller = super().save(commit=False)
        seller.save(update_fields=[*self.Meta.fields, "changed_at"])
        return seller


class IdentityForm(forms.ModelForm):
    """Who the seller is in law: form, name and number."""

    name = NameField(
        label=_("Name"),
        max_length=160,
        help_text=_("As in your documents or on your sign. The form need not be repeated."),
    )
    number = forms.CharField(
        label=_("BIN or IIN"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_(
            "A legal entity gives its BIN, a sole proprietor their IIN, an individual may leave "
            "this empty. A BIN is shown to everybody, an IIN to the portal's moderators only."
        ),
    )

    class Meta:
        model = Seller
        fields = ["form", "name", "pays_vat"]
        widgets = {"form": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = Form.choices
        if self.instance.iin:
            self.fields["number"].help_text = _(
                "We keep your IIN, which ends in %(end)s. Leave this empty to keep it, or write "
                "the BIN of a legal entity or another IIN."
            ) % {"end": self.instance.iin[-4:]}
            self.fields["forget_number"] = forms.BooleanField(
                label=_("Remove the IIN; an individual may do without one"), required=False
            )
        else:
            self.fields["number"].initial = self.instance.bin

    def clean_number(self):
        return "".join(self.cleaned_data["number"].split())

    def clean(self):
        given = super().clean()
        form, number = given.get("form"), given.get("number")
        if form is None or number is None:
            return given
        kept = self.instance.iin
        if given.get("forget_number"):
            kept = ""
        number = number or ("" if form == Form.COMPANY else kept)
        if form != Form.PERSON and not number:
            wanted = (
                _("A legal entity has a BIN; write it here.")
                if form == Form.COMPANY
                else _("A sole proprietor has an IIN; write it here.")
            )
            self.add_error("number", wanted)
        elif number:
            try:
                (validate_bin if form == Form.COMPANY else validate_iin)(number)
            except ValidationError as error:
                self.add_error("number", error)
        if not self.errors:
            is_company = form == Form.COMPANY
            self.instance.bin = number if is_company else ""
            self.instance.iin = "" if is_company else number
        return given


class FoundingForm(IdentityForm):
    """The one short step from an account to a seller."""

    region = region_field()
    phone = PhoneNumberField(
        label=_("Phone"),
        required=False,
        region="KZ",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Shown to a visitor who asks for it with a button, not to programs."),
    )

    class Meta(IdentityForm.Meta):
        fields = ["form", "name", "region", "settlement"]

    field_order = ["form", "name", "number", "region", "settlement", "phone"]


class PlaceForm(PartForm):
    region = region_field()

    class Meta:
        model = Seller
        fields = ["region", "settlement", "street"]


class AboutForm(PartForm):
    website = forms.URLField(
        label=_("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
        help_text=_("For example: https://example.kz"),
    )

    class Meta:
        model = Seller
        fields = ["about_kk", "about_ru", "about_en", "website"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for language in ("kk", "ru", "en"):
            limit_text(self.fields[f"about_{language}"], 3000, lang=language)

    def clean_website(self):
        website = self.cleaned_data["website"]
        if "@" in urlsplit(website).netloc:
            raise ValidationError(
                _("Write the address without a user name or password."), code="website"
            )
        return website


class PhoneForm(forms.ModelForm):
    class Meta:
        model = Phone
        fields = ["number", "note"]
        widgets = {"number": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})}

    def _get_validation_exclusions(self):
        # The seller is no field here, yet a number stands once in their list.
        return super()._get_validation_exclusions() - {"seller"}


class DirectoryForm(forms.Form):
    """What the visitor of the directory asks for; what makes no sense is ignored."""

    q = forms.CharField(label=_("Name or BIN"), required=False, max_length=80)
    region = forms.ChoiceField(
        label=_("Region"),
        required=False,
        choices=lambda: [("", _("All regions")), *region_choices()],
    )

    @property
    def asked(self):
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def limit_text(field, longest, **attributes):
    field.validators.append(MaxLengthValidator(longest))
    field.widget.attrs |= {"maxlength": str(longest), "rows": "5", **attributes}
