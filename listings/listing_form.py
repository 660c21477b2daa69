"""The form of an ad: what its category asks for, and what all ads say."""

import copy
import unicodedata
from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from listings.answers import pack, unpack
from listings.catalogue import Question, current_catalogue
from listings.models import Attribute, Currency, DealType, Listing, PriceKind, Vat
from listings.models.listing import Content
from listings.numbers import Measure, NumberField
from listings.publishing import faults_of, field_of
from listings.states import State
from listings.units import SIGNS, PriceUnit
from places.models import Settlement
from sellers.forms import RegionField
from sellers.models import Phone
from ui import alphabet
from ui.money import grouped

Type = Attribute.Type
NOT_SAID = ("", "—")
TOWNS_OFFERED = 60
NUMBER = {"max_digits": 14}


class Line(forms.CharField):
    """One line, without what cannot be seen."""

    def to_python(self, value):
        letters = super().to_python(value)
        return " ".join("".join(map(self.seen, letters)).split())

    def seen(self, letter):
        return " " if unicodedata.category(letter)[0] in "CZ" else letter


class Lines(Line):
    """Some lines; each end of a line is one letter, whatever the browser sends."""

    widget = forms.Textarea

    def to_python(self, value):
        letters = forms.CharField.to_python(self, value).replace("\r\n", "\n").replace("\r", "\n")
        return "".join(one if one == "\n" else self.seen(one) for one in letters).strip()


class PhoneField(forms.ModelChoiceField):
    def label_from_instance(self, phone):
        number = phone.number.as_international
        return f"{number}, {phone.note}" if phone.note else number


class ListingForm(forms.Form):
    """Everything may be left out of a draft; what is wrong is said, and the rest can be kept."""

    marks_required = True
    use_required_attribute = False

    deal_type = forms.ChoiceField(
        label=_("Deal"), required=False, choices=DealType, widget=forms.RadioSelect
    )
    title = Line(
        label=_("Title"),
        required=False,
        max_length=100,
        help_text=_("What it is, in a few words. The price has a field of its own."),
    )
    description = Lines(
        label=_("Description"),
        required=False,
        max_length=5000,
        help_text=_("What a buyer would ask first. Without phones and addresses."),
    )
    language = forms.ChoiceField(
        label=_("Language of the text"), required=False, choices=User.Language
    )
    price_kind = forms.ChoiceField(label=_("Kind of price"), required=False, choices=PriceKind)
    price = NumberField(label=_("Price"), min_value=0, decimal_places=2, **NUMBER)
    price_to = NumberField(label=_("Price up to"), min_value=0, decimal_places=2, **NUMBER)
    currency = forms.ChoiceField(label=_("Currency"), required=False, choices=Currency)
    unit = forms.ChoiceField(label=_("Price for a"), required=False, choices=PriceUnit)
    vat = forms.ChoiceField(label=_("VAT"), required=False, choices=Vat)
    quantity = NumberField(
        label=_("Quantity available"),
        min_value=0,
        decimal_places=3,
        help_text=_("At 0 the ad pauses by itself."),
        **NUMBER,
    )
    minimum_order = NumberField(label=_("Minimum order"), min_value=0, decimal_places=3, **NUMBER)
    step = NumberField(label=_("Sold in steps of"), min_value=0, decimal_places=3, **NUMBER)
    region = RegionField(required=False, empty_label=_("Choose a region"))
    town = Line(
        label=_("Town"),
        required=False,
        max_length=160,
        help_text=_("Begin to type and choose. A small village goes into the next field."),
        widget=forms.TextInput(attrs={"list": "towns", "autocomplete": "off"}),
    )
    village = Line(
        label=_("Village or place"),
        required=False,
        max_length=80,
        help_text=_("For example: elevator, village, 12 km from the road."),
    )
    phone = PhoneField(
        Phone.objects.none(),
        label=_("Phone"),
        required=False,
        empty_label=_("All phones of the seller"),
    )

    NEEDED = ["deal_type", "title", "description", "price_kind", "unit", "region"]
    # What the database keeps only as a whole.
    TOGETHER = [("price_kind", "price", "price_to"), ("region", "town")]
    PARTS = [
        ("deal", gettext_lazy("Category and deal"), ["deal_type"]),
        ("facts", gettext_lazy("What it is"), ["title", "description", "language"]),
        (
            "price",
            gettext_lazy("Price and quantity"),
            [
                *("price_kind", "price", "price_to", "currency", "unit", "vat"),
                *("quantity", "minimum_order", "step"),
            ],
        ),
        ("place", gettext_lazy("Place and phone"), ["region", "town", "village", "phone"]),
    ]

    def __init__(self, data=None, *, listing: Listing, content: Content, publishes=False):
        self.listing, self.content_before, self.publishes = listing, content, publishes
        catalogue = current_catalogue()
        self.category = catalogue.categories[content.category_id]
        self.questions = catalogue.attributes_of(self.category)
        super().__init__(data, initial=self.initial_of(catalogue))
        self.fields["deal_type"].choices = only(DealType, self.category.deal_types)
        self.fields["price_kind"].choices = only(
            PriceKind, [*self.category.price_kinds, listing.price_kind]
        )
        self.fields["unit"].choices = only(PriceUnit, [*self.category.units, listing.unit])
        self.fields["phone"].queryset = listing.seller.phones.order_by("pk")
        for name in ("quantity", "minimum_order", "step"):
            self.fields[name].widget = Measure(SIGNS[listing.unit])
        for question in self.questions:
            self.fields[field_of(question)] = field_for(question, self.given.get(question))
        for name in self.NEEDED:
            self.fields[name].is_needed = True
        limit(self.fields["title"], 100)
        limit(self.fields["description"], 5000)

    def initial_of(self, catalogue):
        told = unpack(self.content_before.answers, catalogue)
        values = {answer.attribute.pk: answer.value for answer in told}
        self.given = {
            question: values[question.attribute.pk]
            for question in self.questions
            if question.attribute.pk in values
        }
        listing, content = self.listing, self.content_before
        return {
            **{name: getattr(content, name) for name in ("deal_type", "title", "description")},
            "language": content.language,
            **{name: getattr(listing, name) for name in Listing.OFFER if name != "settlement"},
            "town": str(listing.settlement or ""),
            **{field_of(question): typed(value) for question, value in self.given.items()},
        }

    @property
    def parts(self):
        """As the page shows them: number, key, name and fields."""
        questions = [field_of(question) for question in self.questions]
        for number, (key, name, fields) in enumerate(self.PARTS, start=1):
            names = [*fields[:-1], *questions, *fields[-1:]] if key == "facts" else fields
            yield {
                "number": number,
                "key": key,
                "name": name,
                "fields": [self[field] for field in names],
            }

    @property
    def towns(self):
        """For the list that opens while one types: the biggest of the region, and of the land."""
        places = Settlement.objects.shown().select_related("region", "country", "district")
        # As it was understood: what was typed may be anything.
        region = (self.cleaned_data if self.is_bound else self.initial).get("region")
        near = places.filter(region=region) if region else places.none()
        biggest = places.order_by("-population")[:TOWNS_OFFERED]
        return list(dict.fromkeys(map(str, [*near.order_by("-population"), *biggest])))

    def clean(self):
        given = super().clean()
        self.check_price(given)
        self.check_place(given)
        quantity, least = given.get("quantity"), given.get("minimum_order")
        if quantity and least and least > quantity:
            self.add_error("minimum_order", _("This is more than there is."))
        for name in ("price", "minimum_order", "step"):
            if given.get(name) == 0:
                self.add_error(name, _("Write more than nothing, or leave it empty."))
        said = set(self.errors)
        for group in self.TOGETHER:
            said |= set(group) if said & set(group) else set()
        for field, sentences in self.faults().items():
            if field not in said:
                self.add_error(field if field in self.fields else None, sentences)
        return given

    def check_price(self, given):
        kind = given.get("price_kind")
        unused = [] if kind == PriceKind.RANGE else ["price_to"]
        if kind == PriceKind.ON_REQUEST:
            unused.append("price")
        for name in unused:
            self.errors.pop(name, None)
            given[name] = None
        price, price_to = given.get("price"), given.get("price_to")
        if price_to is not None and (price is None or price_to <= price):
            self.add_error("price_to", _("The second price is higher than the first."))

    def check_place(self, given):
        if town := given.get("town"):
            try:
                place = town_called(town, given.get("region"))
            except ValidationError as error:
                self.add_error("town", error)
            else:
                given["settlement"], given["region"] = place, place.region
        elif "town" not in self.errors:
            given["settlement"] = None

    def faults(self):
        listing, content = copy.copy(self.listing), copy.copy(self.content_before)
        if self.content_before is self.listing:
            content = listing
        told, offered = self.kept()
        for row, values in ((content, told), (listing, offered)):
            for name, value in values.items():
                setattr(row, name, value)
        # An empty field says that there is nothing, also where the database keeps what was.
        for name in ("title", "description"):
            if name in self.cleaned_data:
                setattr(content, name, self.cleaned_data[name])
        found = faults_of(listing, content)
        if self.publishes:
            return found
        if listing.state == State.DRAFT:
            return {}
        # It is more than a draft, and must stay so.
        must = {*Listing.OFFER, *(["title"] if content is listing else [])}
        return {field: found[field] for field in found if field in must}

    def kept(self) -> tuple[dict, dict]:
        """Content and offer, as far as they are right; what belongs together only as a whole."""
        wrong = set(self.errors)
        for group in self.TOGETHER:
            if wrong & set(group):
                wrong |= {*group, *(["settlement"] if "town" in group else [])}
        right = {name: value for name, value in self.cleaned_data.items() if name not in wrong}
        content = {
            name: right[name]
            for name in ("deal_type", "title", "description", "language")
            if name in right and (right[name] or name in ("title", "description"))
        }
        offer = {
            name: right[name]
            for name in Listing.OFFER
            if name in right and (right[name] or name not in ("price_kind", "currency", "unit"))
        }
        return content | {"answers": self.answers(right)}, offer

    def shown(self) -> Listing:
        """The ad as it would be read, never to be saved."""
        shown = copy.copy(self.listing)
        told, offered = self.kept()
        before = {name: getattr(self.content_before, name) for name in Listing.CONTENT}
        for name, value in (before | told | offered).items():
            setattr(shown, name, value)
        return shown

    def answers(self, right):
        """In the order of the catalogue; older ones that nobody asks for any more stay."""
        asked = {question.attribute.pk for question in self.questions}
        values = {}
        for question in self.questions:
            name = field_of(question)
            values[question.attribute] = (
                right.get(name) if name in right else self.given.get(question)
            )
        older = [item for item in self.content_before.answers if item["attribute"] not in asked]
        return pack(values) + older


def only(choices, values):
    return [(value, label) for value, label in choices.choices if value in values]


def limit(field, longest):
    field.widget.attrs["maxlength"] = str(longest)


def typed(value):
    """An answer as its field begins with it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return [choice.pk for choice in value]
    return getattr(value, "pk", value)


def field_for(question: Question, value):
    attribute = question.attribute
    least, most = question.limits
    options = {
        "label": attribute.name,
        "required": False,
        "help_text": escape(attribute.help) or limits_in_words(question),
    }
    match attribute.type:
        case Type.NUMBER:
            field = NumberField(
                unit=attribute.sign,
                min_value=least,
                max_value=most,
                decimal_places=attribute.decimals,
                **NUMBER | options,
            )
        case Type.YEAR:
            numeric = forms.TextInput({"inputmode": "numeric", "autocomplete": "off"})
            field = forms.IntegerField(
                min_value=least and int(least), max_value=int(most), widget=numeric, **options
            )
        case Type.CHOICE:
            field = forms.TypedChoiceField(
                choices=[NOT_SAID, *choices_of(question, value)],
                coerce=partial(choice_of, question, value),
                empty_value=None,
                **options,
            )
        case Type.CHOICES:
            field = forms.TypedMultipleChoiceField(
                choices=choices_of(question, *(value or [])),
                coerce=partial(choice_of, question, *(value or [])),
                empty_value=[],
                widget=forms.CheckboxSelectMultiple,
                **options,
            )
        case Type.YES_NO:
            field = forms.TypedChoiceField(
                choices=[NOT_SAID, ("yes", gettext("yes")), ("no", gettext("no"))],
                coerce="yes".__eq__,
                empty_value=None,
                **options,
            )
        case _other:
            field = Line(max_length=200, **options)
    field.is_needed = question.is_required
    return field


def choices_of(question, *kept):
    """With those that are archived since, where the ad has them."""
    known = dict.fromkeys([*question.choices, *filter(None, kept)])
    return [(choice.pk, choice.name) for choice in known]


def choice_of(question, *kept_and_value):
    *kept, value = kept_and_value
    known = [*question.choices, *filter(None, kept)]
    return next(choice for choice in known if choice.pk == int(value))


def limits_in_words(question):
    least, most = question.limits
    if question.attribute.type == Type.YEAR or least is None or most is None:
        return ""
    facts = {"least": grouped(least, "#,##0.####"), "most": grouped(most, "#,##0.####")}
    return gettext("From %(least)s to %(most)s.") % facts


def town_called(name, region):
    """The settlement that is meant; raises ValidationError with what could be."""
    wanted = alphabet.folded(name)
    places = list(
        Settlement.objects.shown().select_related("region", "country", "district").order_by("pk")
    )
    found = [place for place in places if alphabet.folded(str(place)) == wanted]
    found = found or [place for place in places if wanted in folded_names(place)]
    if len(found) > 1 and region is not None:
        found = [place for place in found if place.region_id == region.pk] or found
    if len(found) == 1:
        return found[0]
    if found:
        raise ValidationError(
            gettext("There are several: %(towns)s. Choose one.") % {"towns": listed(found)}
        )
    near = [
        place
        for place in places
        if any(each.startswith(wanted[:4]) for each in folded_names(place))
    ]
    if near and len(wanted) > 3:
        raise ValidationError(
            gettext(
                "“%(name)s” is not in our list. Perhaps %(towns)s? A small place goes into the "
                "next field, with its region here."
            )
            % {"name": name, "towns": listed(near)}
        )
    raise ValidationError(
        gettext(
            "“%(name)s” is not in our list. Leave it empty, choose the region, and write it into "
            "the next field."
        )
        % {"name": name}
    )


def folded_names(place):
    return {alphabet.folded(name) for name in (place.name_kk, place.name_ru, place.name_en)}


def listed(places):
    return "; ".join(map(str, places[:5]))


class CategoryFinder(forms.Form):
    q = forms.CharField(
        label=_("What is it?"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"type": "search", "enterkeyhint": "search"}),
    )


class OwnListingsForm(forms.Form):
    """Which of one's own ads are shown; what makes no sense is ignored."""

    state = forms.ChoiceField(required=False, choices=State)
    q = forms.CharField(label=_("Title or number"), required=False, max_length=100)

    @property
    def asked(self):
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
