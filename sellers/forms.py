import re
import unicodedata
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import User
from places.models import Region
from privacy.bin import validate_bin
from sellers.hours import day_name
from sellers.iin import validate_iin
from sellers.logos import REASONS, read
from sellers.models import Invitation, Member, Payment, Phone, Seller, Shipping, WorkingDay
from ui.pictures import Refused

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


class RegionField(forms.ModelChoiceField):
    def __init__(self, **options):
        super().__init__(Region.objects.none(), label=_("Region"), **options)

    def __deepcopy__(self, memo):
        """With the order of the reader's language, which is known when a form is made."""
        field = super().__deepcopy__(memo)
        field.queryset = Region.objects.shown().in_order()
        return field


class PartOfProfile:
    """Only its own columns are saved: a colleague may be in another part."""

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

    region = RegionField(empty_label=_("Choose a region"))
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


class PlaceForm(PartOfProfile, forms.ModelForm):
    region = RegionField(empty_label=_("Choose a region"))

    class Meta:
        model = Seller
        fields = ["region", "settlement", "street"]


class AboutForm(PartOfProfile, forms.ModelForm):
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


class HoursForm(forms.Form):
    """Opening and closing of each day. One box spares typing the days that are alike."""

    marks_required = True
    LIKE_MONDAY = (1, 2, 3, 4)

    def __init__(self, *args, seller, **kwargs):
        super().__init__(*args, **kwargs)
        self.seller = seller
        given = {day.weekday: day for day in seller.working_days.all()}
        for weekday in range(7):
            day = given.get(weekday)
            facts = {"day": capfirst(day_name(weekday))}
            self.fields[f"opens_{weekday}"] = hour(
                gettext("%(day)s, opens at") % facts, day, "opens"
            )
            self.fields[f"closes_{weekday}"] = hour(
                gettext("%(day)s, closes at") % facts, day, "closes"
            )
            if weekday == 0:
                self.fields["like_monday"] = forms.BooleanField(
                    label=_("From Tuesday to Friday as on Monday"),
                    required=False,
                    initial=len({hours_of(given.get(each)) for each in range(5)}) == 1,
                )

    def clean(self):
        given = super().clean()
        if given.get("like_monday"):
            for weekday in self.LIKE_MONDAY:
                for end in ("opens", "closes"):
                    self.errors.pop(f"{end}_{weekday}", None)
                    given[f"{end}_{weekday}"] = given.get(f"{end}_0")
        for weekday in range(7):
            if not (given.get("like_monday") and weekday in self.LIKE_MONDAY):
                self.check_day(weekday, given)
        return given

    def check_day(self, weekday, given):
        opens, closes = given.get(f"opens_{weekday}"), given.get(f"closes_{weekday}")
        if self.errors.keys() & {f"opens_{weekday}", f"closes_{weekday}"}:
            return
        if (opens is None) != (closes is None):
            missing = "closes" if closes is None else "opens"
            self.add_error(
                f"{missing}_{weekday}", _("Write both hours, or leave both empty on a day off.")
            )
        elif opens is not None and opens >= closes != WorkingDay.MIDNIGHT:
            self.add_error(
                f"closes_{weekday}", _("Closing comes after opening; 00:00 is midnight.")
            )

    def save(self):
        self.seller.working_days.all().delete()
        WorkingDay.objects.bulk_create(
            WorkingDay(seller=self.seller, weekday=weekday, opens=opens, closes=closes)
            for weekday in range(7)
            if (opens := self.cleaned_data[f"opens_{weekday}"]) is not None
            and (closes := self.cleaned_data[f"closes_{weekday}"]) is not None
        )


def hour(label, day, end):
    return forms.TimeField(
        label=label,
        required=False,
        initial=getattr(day, end, None),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        input_formats=["%H:%M", "%H:%M:%S"],
    )


def hours_of(day):
    return (day.opens, day.closes) if day else None


class TickedMethods:
    """Methods that are ticked, each with its conditions."""

    model = None

    def __init__(self, *args, seller, **kwargs):
        super().__init__(*args, **kwargs)
        self.seller = seller
        given = dict(self.model.objects.filter(seller=seller).values_list("method", "conditions"))
        for method in self.model.Method:
            self.fields[method.value] = forms.BooleanField(
                label=method.label, required=False, initial=method.value in given
            )
            self.fields[f"{method.value}_conditions"] = forms.CharField(
                label=gettext("%(method)s: conditions") % {"method": method.label},
                required=False,
                max_length=200,
                initial=given.get(method.value, ""),
            )

    def save(self):
        self.model.objects.filter(seller=self.seller).delete()
        self.model.objects.bulk_create(
            self.model(
                seller=self.seller,
                method=method.value,
                conditions=self.cleaned_data[f"{method.value}_conditions"],
            )
            for method in self.model.Method
            if self.cleaned_data[method.value]
        )


class ShippingForm(TickedMethods, forms.Form):
    model = Shipping


class PaymentForm(TickedMethods, forms.Form):
    model = Payment

    def __init__(self, *args, seller, **kwargs):
        super().__init__(*args, seller=seller, **kwargs)
        self.fields["minimum_order"] = forms.DecimalField(
            label=_("Minimum order, ₸"),
            required=False,
            min_value=1,
            max_digits=12,
            decimal_places=2,
            initial=seller.minimum_order,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )

    def save(self):
        super().save()
        self.seller.minimum_order = self.cleaned_data["minimum_order"]
        self.seller.save(update_fields=["minimum_order", "changed_at"])


class AuthorisedPersonForm(forms.Form):
    full_name = NameField(label=_("Surname, first name and patronymic"), max_length=160)
    position = NameField(
        label=_("Position"), max_length=80, help_text=_("For example: director, chief engineer.")
    )
    is_me = forms.BooleanField(label=_("This is me"), required=False)
    email = forms.EmailField(
        label=_("E-mail of this person"),
        required=False,
        max_length=254,
        help_text=_(
            "Needed unless it is you. We write there once, to say what you entered and how to "
            "have it removed, as the law wants. The address is not kept."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the letter"), choices=User.Language)

    def clean(self):
        given = super().clean()
        if not given.get("is_me") and not given.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the address, or tick that it is you."))
        return given


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["email", "role", "language"]
        widgets = {"role": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = ROLES

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = ROLES


ROLES = [
    (Member.Role.VIEWER, _("Viewer: sees everything, changes nothing")),
    (Member.Role.MANAGER, _("Manager: changes contacts, terms and ads")),
    (Member.Role.OWNER, _("Owner: also names, members and closing the page")),
]


class LogoForm(forms.Form):
    logo = forms.FileField(
        label=_("Picture"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )

    def clean_logo(self):
        try:
            return read(self.cleaned_data["logo"])
        except Refused as refusal:
            raise ValidationError(REASONS[refusal.reason], code=refusal.reason) from refusal


class DirectoryForm(forms.Form):
    """What the visitor of the directory asks for; what makes no sense is ignored."""

    q = forms.CharField(label=_("Name or BIN"), required=False, max_length=80)
    region = RegionField(required=False, empty_label=_("All regions"))

    @property
    def asked(self):
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def limit_text(field, longest, **attributes):
    field.validators.append(MaxLengthValidator(longest))
    field.widget.attrs |= {"maxlength": str(longest), "rows": "5", **attributes}
