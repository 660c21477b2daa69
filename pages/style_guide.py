"""What the living style guide shows: a form in both its states, a cart, and figures to set."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from listings.cards import Card
from listings.models import Category, Listing, PriceKind
from orders.carts import Line, Part, Problem, totals_of
from orders.models import CartLine, Order
from orders.states import State
from places.models import Region
from sellers.models import Payment, Seller, Shipping


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


class ExamplePart(Part):
    shipping = [
        Shipping(method="carrier", conditions="до 400 км бесплатно"),
        Shipping(method="pickup"),
    ]
    payment = [Payment(method="prepaid", conditions="50 %")]


# What is pressed in the guide leads nowhere: no ad and no line has such a number.
BEYOND_ALL = 9_000_000_000


def example_cart():
    """A line of each kind: as it was put in, dearer, without a price, too much, sold, gone."""
    farm = example_seller("Жарқын дала", minimum_order=500_000)
    motors = example_seller("Ертис Моторс", minimum_order=900_000)
    wheat = example_line(1, farm, "Пшеница 3 класса", "98500", minimum_order=5, step=5)
    barley = example_line(2, farm, "Ячмень фуражный", "45000", before="41000")
    oats = example_line(3, farm, "Овёс на семена", None)
    rape = example_line(4, farm, "Рапс", "210000", problem=Problem.QUANTITY, left=Decimal(5))
    flax = example_line(5, farm, "Лён масличный", "190000", problem=Problem.SOLD)
    pump = example_line(6, motors, "Насос топливный", "120.50", currency="USD", unit="piece")
    gone = example_line(7, farm, "", None, problem=Problem.GONE)
    parts = [
        ExamplePart(farm, "KZT", [wheat, barley, oats], [rape, flax], rate=Decimal(1)),
        ExamplePart(motors, "USD", [pump], rate=Decimal(500)),
        ExamplePart(None, "", [], [gone]),
    ]
    return {
        "parts": parts,
        "count": sum(len(part.lines) + len(part.others) for part in parts),
        "totals": totals_of(parts),
        "first": parts[0],
    }


def example_seller(name, **facts):
    names = {"kk": "Қостанай облысы", "ru": "Костанайская область", "en": "Kostanay Region"}
    region = Region(**{f"full_name_{language}": name for language, name in names.items()})
    return Seller(name=name, slug="example", region=region, settlement="Рудный", **facts)


def example_line(number, seller, title, price, *, before=None, problem=None, left=None, **facts):
    price = price and Decimal(price)
    listing = Listing(
        pk=BEYOND_ALL + number,
        seller=seller,
        title=title,
        language="ru",
        state="published",
        deal_type="sale",
        price=price,
        price_kind=PriceKind.EXACT if price else PriceKind.ON_REQUEST,
        **{"currency": "KZT", "unit": "t"} | facts,
    )
    row = CartLine(pk=listing.pk, listing=listing, quantity=Decimal(10))
    row.take_price()
    row.price = Decimal(before) if before else price
    category = Category(slug="wheat", icon="wheat")
    card = Card(listing, category, photo=None, answers={}, facts_in_place=[])
    fault = str(problem.label) if problem else ""
    return Line(row, card, problem, fault, typed="10", left=left)


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
        "cart": example_cart(),
    }
