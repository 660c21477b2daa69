"""The filters beside a page of results, as its template shows them, and their words as chips."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from listings.catalogue import current_catalogue
from listings.finding import Found, Numbers, totals
from listings.models import Attribute, Category, DealType
from listings.models.search_document import yes_no
from listings.query import Query, Range
from listings.units import SIGNS
from ui.money import grouped

Type = Attribute.Type
# So many choices are shown at once, the others on demand.
SHOWN = 8
OPEN = 6
MOST_WIDENINGS = 12
PATTERN = "#,##0.####"


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    number: int | None
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: str
    # "one" or "several" of the options, or a "range".
    kind: str
    shown: list[Option]
    rest: list[Option]
    is_exact: bool = True
    is_open: bool = False
    asked: Range | None = None
    sign: str = ""

    @property
    def low(self):
        return end(self.asked and self.asked.low)

    @property
    def high(self):
        return end(self.asked and self.asked.high)


@dataclass(frozen=True)
class Chip:
    name: str
    label: str
    # The search without it.
    url: str


@dataclass(frozen=True)
class Widening:
    label: str
    url: str
    number: int


@dataclass(frozen=True)
class Part:
    """A category below the present one."""

    category: Category
    url: str
    number: int | None


def own(query: Query) -> tuple[str, ...]:
    """The facets whose numbers are those of the query without their own choice."""
    kinds = {name.partition(":")[0] for name in query.filters}
    several = {
        f"a.{attribute.code}"
        for attribute, value in query.answers.items()
        if isinstance(value, Range) or attribute.type == Type.CHOICES
    }
    return tuple(sorted(kinds - several - {"q", "near", "price"}))


def facets_of(query: Query, found: Found) -> list[Facet]:
    facets = [deals(query, found.numbers_of("deal")), regions(query, found.numbers_of("region"))]
    if query.category:
        for question in current_catalogue().attributes_of(query.category):
            attribute = question.attribute
            if attribute.is_filterable and attribute.type != Type.TEXT:
                facets.append(of_attribute(query, question, found, is_open=len(facets) < OPEN))
    return [facet for facet in facets if facet and (facet.shown or facet.kind == "range")]


def price_of(query: Query) -> Facet:
    sign = f"₸/{SIGNS[query.category.price_unit]}" if query.category else "₸"
    return Facet("price", _("Price"), "range", [], [], True, True, query.price, sign)


def deals(query, numbers):
    allowed = query.category.deal_types if query.category else DealType.values
    options = [
        option(deal, DealType(deal).label, f"deal:{deal}", query.deal == deal, numbers)
        for deal in DealType.values
        if deal in allowed or query.deal == deal
    ]
    return one_of("deal", _("Deal"), options, numbers, is_open=True)


def regions(query, numbers):
    known = current_catalogue().regions_in_order()
    options = [
        option(
            region.code, region.name, f"region:{region.code}", region.code in query.regions, numbers
        )
        for region in known
    ]
    return several_of("region", _("Region"), options, numbers, is_open=True)


def of_attribute(query, question, found, is_open):
    attribute = question.attribute
    name, asked = f"a.{attribute.code}", query.answers.get(attribute)
    numbers = found.numbers_of(name)
    is_open = is_open or asked is not None
    if attribute.type in (Type.NUMBER, Type.YEAR):
        return Facet(name, attribute.name, "range", [], [], True, is_open, asked, attribute.sign)
    if attribute.type == Type.YES_NO:
        options = [
            option(value, label, f"choice:{yes_no(attribute.pk, answer)}", asked is answer, numbers)
            for value, label, answer in (("yes", _("yes"), True), ("no", _("no"), False))
        ]
        return one_of(name, attribute.name, options, numbers, is_open)
    options = [
        option(choice.code, choice.name, f"choice:{choice.pk}", choice in (asked or ()), numbers)
        for choice in attribute.choices.all()
        if not choice.is_archived or choice in (asked or ())
    ]
    return several_of(name, attribute.name, options, numbers, is_open)


def option(value, label, key, is_chosen, numbers: Numbers):
    number = numbers.number.get(key, 0)
    return Option(value, str(label), number or (0 if numbers.is_exact else None), is_chosen)


def one_of(name, label, options, numbers, is_open):
    options = worth_showing(options)
    if not options:
        return None
    anything = Option("", _("any"), None, not any(one.is_chosen for one in options))
    return Facet(name, label, "one", [anything, *options], [], numbers.is_exact, is_open)


def several_of(name, label, options, numbers, is_open):
    options = worth_showing(options)
    first = sorted(options, key=lambda one: (not one.is_chosen, -(one.number or 0)))[:SHOWN]
    shown = [one for one in options if one in first]
    rest = [one for one in options if one not in first]
    return Facet(name, label, "several", shown, rest, numbers.is_exact, is_open)


def worth_showing(options):
    return [one for one in options if one.number != 0 or one.is_chosen]


def parts_of(query: Query, found: Found) -> list[Part]:
    numbers = found.all
    parts = []
    for category in current_catalogue().children_of(query.category):
        number = numbers.number.get(f"category:{category.pk}", 0)
        if number or not numbers.is_exact:
            parts.append(Part(category, query.within(category).url, number or None))
    return parts


def chips_of(query: Query) -> list[Chip]:
    return [Chip(name, label, query.without(name).url) for name, label in words_of(query)]


def words_of(query):
    """Each filter, as `Query.filters` names it, in words."""
    names = {region.code: region.name for region in current_catalogue().regions}
    found = []
    if query.q:
        found.append(("q", _("“%(words)s”") % {"words": query.q}))
    if query.deal:
        found.append(("deal", str(DealType(query.deal).label)))
    found += [(f"region:{code}", names[code]) for code in query.regions]
    if query.near and query.km:
        words = _("%(town)s and %(km)s km around") % {"town": query.near, "km": query.km}
        found.append(("near", words))
    elif query.near:
        found.append(("near", _("near: %(town)s") % {"town": query.near}))
    if query.price:
        found.append(("price", in_words(query.price, price_of(query).sign)))
    for attribute, value in query.answers.items():
        name = f"a.{attribute.code}"
        if isinstance(value, tuple):
            found += [(f"{name}:{choice.code}", choice.name) for choice in value]
            continue
        if isinstance(value, Range):
            words = in_words(value, attribute.sign)
        else:
            words = _("yes") if value else _("no")
        said = _("%(name)s: %(value)s") % {"name": attribute.name, "value": words}
        found.append((name, said))
    return found


def end(value):
    return "" if value is None else grouped(value, PATTERN)


def in_words(asked: Range, unit) -> str:
    low, high = end(asked.low), end(asked.high)
    words = {"low": low, "high": high, "unit": unit}
    if low and high:
        return (_("%(low)s–%(high)s %(unit)s") % words).strip()
    if low:
        return (_("from %(low)s %(unit)s") % words).strip()
    return (_("up to %(high)s %(unit)s") % words).strip()


def widenings_of(query: Query) -> list[Widening]:
    """What would find something where this finds nothing, with how much it would."""
    wider = {}
    for chip in chips_of(query):
        # Words bear their quotes already.
        without = _("without %(words)s") if chip.name == "q" else _("without “%(words)s”")
        wider[without % {"words": chip.label}] = query.without(chip.name)
    if len(query.regions) > 1:
        wider[_("in all regions")] = query.without("region")
    if query.km:
        wider[_("at any distance")] = replace(query, km=None).in_order()
    if query.category:
        above = current_catalogue().above(query.category)
        for category in reversed(above):
            wider[_("in “%(category)s”") % {"category": category}] = query.within(category)
        wider[_("in all categories")] = query.within(None)
    wider = dict(list(wider.items())[:MOST_WIDENINGS])
    numbers = totals(wider)
    return [
        Widening(label, wider[label].url, number) for label, number in numbers.items() if number
    ]
