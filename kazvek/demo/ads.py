"""Ads of the demo market. With the same seed the ad of a number is always the same."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from random import Random

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef
from django.utils import timezone

from accounts.models import User
from kazvek.demo import pictures
from kazvek.demo.sellers import Trader
from kazvek.demo.words import described, group_of, read, titled
from listings.answers import Answer, Type, pack
from listings.catalogue import Catalogue, current_catalogue
from listings.models import (
    Category,
    Change,
    Currency,
    DealType,
    Listing,
    Photo,
    PriceKind,
    Revision,
    Vat,
)
from listings.states import Act, Role, State
from listings.units import UNITS_OF_TIME, PriceUnit
from moderation.models import Decision
from moderation.reasons import Reason, rules_of
from moderation.rules import RulesInForce, WithoutRule
from places.models import Settlement

CHUNK = 500
DAYS = 30
LANGUAGES = ["ru"] * 6 + ["kk"] * 3 + ["en"]
# Roughly what a unit of the currency is worth, in tenge.
WORTH = {Currency.KZT: 1, Currency.USD: 520, Currency.RUB: 6}
# Of a price for the larger unit.
PARTS = {(PriceUnit.TONNE, PriceUnit.KILOGRAM): 1000, (PriceUnit.TONNE, PriceUnit.CENTNER): 10}
WHOLE = {PriceUnit.PIECE, PriceUnit.HEAD, PriceUnit.SET}
# What is let by the hour earns its price in so many of them.
HOURS = {PriceUnit.HOUR: 1, PriceUnit.SHIFT: 7, PriceUnit.DAY: 18, PriceUnit.MONTH: 300}
EARNS_ITS_PRICE_IN = 4500
# Of what a place costs, for a month.
RENT_OF_A_PLACE = 0.008
# The first ads are the demo seller's: every page of the account has something to show.
OWN = [
    *[State.PUBLISHED] * 12,
    *[State.DRAFT] * 3,
    *[State.PENDING] * 2,
    *[State.REJECTED] * 2,
    *[State.PAUSED] * 2,
    *[State.EXPIRED] * 2,
    *[State.SOLD] * 2,
    State.ARCHIVED,
]
# Of these a change waits for a moderator.
CHANGED = (3, 4)
OTHERS = {
    State.PUBLISHED: 935,
    State.PENDING: 12,
    State.EXPIRED: 25,
    State.SOLD: 18,
    State.PAUSED: 10,
}


@dataclass
class Ad:
    listing: Listing
    photos: list[Photo] = field(default_factory=list)
    history: list[Change] = field(default_factory=list)
    revision: Revision | None = None
    refusal: Decision | None = None


def add_ads(traders: list[Trader], moderator: User | None, *, listings: int, seed: int) -> int:
    """So many ads of these sellers in all, chunk by chunk. How many are new."""
    there = Listing.objects.filter(seller__in=[trader.seller for trader in traders]).count()
    market = Market(traders, moderator, seed)
    if not market.leaves:
        return 0  # no catalogue yet, so there is nothing to trade
    for start in range(there, listings, CHUNK):
        ads = [market.ad(number) for number in range(start, min(start + CHUNK, listings))]
        pictures.draw_missing([photo for ad in ads for photo in ad.photos])
        save(ads)
    return max(listings - there, 0)


@transaction.atomic
def save(ads: list[Ad]) -> None:
    rows = Listing.objects.bulk_create([ad.listing for ad in ads])
    Photo.objects.bulk_create([photo for ad in ads for photo in ad.photos])
    Change.objects.bulk_create([change for ad in ads for change in ad.history])
    order = Photo.objects.filter(listing=OuterRef("pk")).order_by("pk").values("pk")
    Listing.objects.filter(pk__in=[row.pk for row in rows]).update(photo_order=ArraySubquery(order))
    Revision.objects.bulk_create([ad.revision for ad in ads if ad.revision])
    Decision.objects.bulk_create([ad.refusal for ad in ads if ad.refusal])


class Market:
    """Whatever the ads are made of."""

    def __init__(self, traders, moderator, seed):
        self.traders, self.moderator, self.seed = traders, moderator, seed
        self.now = timezone.now()
        self.catalogue: Catalogue = current_catalogue()
        self.market = read("market")

    @cached_property
    def rules(self):
        return RulesInForce()

    @cached_property
    def leaves(self) -> list[Category]:
        open_ones = map(self.catalogue.by_slug.get, self.market["leaves"])
        return [leaf for leaf in open_ones if leaf and self.catalogue.is_open(leaf)]

    @cached_property
    def leaves_of(self) -> dict[str, list[Category]]:
        sections = {}
        for leaf in self.leaves:
            sections.setdefault(self.catalogue.above(leaf)[0].slug, []).append(leaf)
        return sections

    @cached_property
    def places(self) -> set[str]:
        return {leaf.slug for leaf in self.leaves_of.get("land-property", ())}

    @cached_property
    def traders_of(self) -> dict[str, list[Trader]]:
        sections = {}
        for trader in self.traders[1:]:
            for section in trader.sections:
                sections.setdefault(section, []).append(trader)
        return sections

    @cached_property
    def settlements(self) -> dict[str, list[Settlement]]:
        regions = {}
        for settlement in Settlement.objects.shown().exclude(region=None).order_by("geonames_id"):
            regions.setdefault(settlement.region_id, []).append(settlement)
        return regions

    def ad(self, number: int) -> Ad:
        rng = Random(f"{self.seed}:{number}")  # noqa: S311 nothing secret
        is_own = number < len(OWN)
        if is_own:
            trader = self.traders[0]
            leaves = [leaf for name in trader.sections for leaf in self.leaves_of.get(name, ())]
            leaf, state = self.weighed(rng, leaves or self.leaves), OWN[number]
        else:
            leaf = self.weighed(rng, self.leaves)
            section = self.catalogue.above(leaf)[0].slug
            trader = rng.choice(self.traders_of.get(section) or self.traders[1:] or self.traders)
            [state] = rng.choices(list(OTHERS), OTHERS.values())
        is_changed = number in CHANGED or (state == State.PUBLISHED and rng.random() < 0.008)
        return AdOf(self, rng, trader, leaf, state, is_changed).made()

    def weighed(self, rng, leaves):
        weights = [self.market["leaves"][leaf.slug].get("weight", 1) for leaf in leaves]
        return rng.choices(leaves, weights)[0]


class AdOf:
    """One ad while it is being made."""

    def __init__(self, market, rng, trader, leaf, state, is_changed):
        self.market, self.rng, self.trader, self.leaf, self.state = market, rng, trader, leaf, state
        self.catalogue, self.now = market.catalogue, market.now
        self.traded = market.market["leaves"][leaf.slug]
        self.is_changed = is_changed

    def made(self) -> Ad:
        self.deal_type = self.choose_deal()
        self.choose_make()
        self.answers = self.answer()
        language = self.trader.language if self.rng.random() < 0.75 else self.rng.choice(LANGUAGES)
        title = titled(
            self.rng,
            self.traded["title"],
            self.answers,
            language,
            self.deal_type,
            self.model,
            self.is_service,
        )
        above = self.catalogue.above(self.leaf)
        section, parent = above[0], above[-1]
        group = group_of(section, parent)
        if group == "machines" and not self.is_used:
            group = "equipment"
        listing = Listing(
            seller=self.trader.seller,
            category=self.leaf,
            deal_type=self.deal_type,
            title=title,
            description=described(self.rng, group, self.answers, language, self.deal_type, title),
            language=language,
            answers=pack({answer.attribute: answer.value for answer in self.answers.values()}),
            state=self.state,
            **self.price(),
            **self.amounts(),
            **self.place(language),
            **self.dates(),
        )
        ad = Ad(listing, history=self.history(listing))
        if self.state != State.DRAFT and self.rng.random() < 0.85:
            ad.photos = pictures.photos_of(self.rng, listing, self.leaf, section)
        if self.is_changed:
            more = read("phrases")["terms"][language][0]
            told = {name: getattr(listing, name) for name in Revision.CONTENT}
            told |= {"description": f"{listing.description} {more}"}
            ad.revision = Revision(listing=listing, state=Revision.State.PENDING, **told)
            listing.waiting_since = self.now - timedelta(minutes=self.rng.randint(5, 900))
        if self.state == State.REJECTED:
            ad.refusal = self.refusal(listing, ad.history[-1].at)
        return ad

    def choose_deal(self):
        allowed, share = self.leaf.deal_types, self.rng.random()
        if DealType.WANTED in allowed and share < self.traded.get("wanted", 0.07):
            return DealType.WANTED
        if DealType.SALE in allowed:
            return DealType.RENT if DealType.RENT in allowed and share > 0.92 else DealType.SALE
        return next(deal for deal in allowed if deal != DealType.WANTED)

    def choose_make(self):
        """What sets the price: a model, or a kind of goods."""
        self.model, self.given, self.worth = "", {}, self.traded.get("price")
        self.is_used, self.age = False, 0
        if "year_made" in self.asked:
            self.is_used = self.rng.random() < 0.8
            self.age = min(int(self.rng.expovariate(0.13)) + 1, 26) if self.is_used else 0
        if "models" in self.traded:
            make, self.model, millions, facts = self.rng.choice(self.traded["models"])
            self.given = {self.traded["make"]: make, **facts}
            left = 0.88 * 0.93**self.age if self.is_used else 1
            self.worth = [millions * 1000 * left * 0.85, millions * 1000 * left * 1.12]
        elif "prices" in self.traded:
            choice = self.rng.choice(list(self.traded["prices"]))
            low, high, *facts = self.traded["prices"][choice]
            self.given, self.worth = (
                {self.traded["by"]: choice, **(facts[0] if facts else {})},
                [low, high],
            )

    # Answers

    def answer(self) -> dict[str, Answer]:
        answers = {}
        for question in self.catalogue.attributes_of(self.leaf):
            attribute = question.attribute
            if self.is_told(question) and (value := self.value(question)) is not None:
                answers[attribute.code] = Answer(attribute, value)
        return answers

    def is_told(self, question):
        code = question.attribute.code
        if code in self.given or self.is_named(code) or question.is_required:
            return True
        return code not in self.traded.get("skip", ()) and self.rng.random() < 0.82

    def is_named(self, code):
        """In the title: an ad without it would have a hole."""
        return f"{{{code}" in str(self.traded["title"])

    def value(self, question):
        attribute, code = question.attribute, question.attribute.code
        match attribute.type:
            case Type.NUMBER:
                return self.number(question)
            case Type.YEAR:
                return self.now.year - (self.age if code == "year_made" else self.now.month < 8)
            case Type.YES_NO:
                return self.given.get(code, code == "in_stock" or self.rng.random() < 0.6)
            case Type.CHOICE:
                return self.rng.choice(self.choices(question))
            case Type.CHOICES:
                choices = self.choices(question)
                most = 1 if self.is_named(code) else min(3, len(choices))
                chosen = self.rng.sample(choices, self.rng.randint(1, most))
                return sorted(chosen, key=question.choices.index)
        return None

    def choices(self, question):
        code, used = question.attribute.code, "used" if self.is_used else "new"
        allowed = self.traded.get("only", {}).get(code) or self.market.market["only"].get(code)
        if code == "condition" and "year_made" in self.asked:
            allowed = [used]
        if code in self.given:
            allowed = [self.given[code]]
        fitting = [one for one in question.choices if not allowed or one.code in allowed]
        return [one for one in fitting if one.code != "other"] or list(question.choices)

    @cached_property
    def asked(self):
        return {one.attribute.code for one in self.catalogue.attributes_of(self.leaf)}

    def number(self, question):
        code = question.attribute.code
        if code in self.given:
            value = Decimal(str(self.given[code]))
        elif code == "operating_hours" and "year_made" in self.asked:
            value = Decimal(self.age * self.rng.randint(350, 900) // 10 * 10)
        elif code == "mileage_km":
            value = Decimal(self.age * self.rng.randint(40_000, 95_000) // 1000 * 1000)
        else:
            span = self.traded.get("numbers", {}).get(code) or self.market.market["numbers"].get(
                code
            )
            if span is None:
                return None
            low, high, step = (Decimal(str(end)) for end in span)
            value = low + step * self.rng.randint(0, int((high - low) / step))
        smallest, largest = question.limits
        value = value if smallest is None else max(value, smallest)
        return value if largest is None else min(value, largest)

    # What it costs

    def price(self):
        rng, kinds = self.rng, self.leaf.price_kinds
        units = self.catalogue.units_of(self.leaf, self.deal_type)
        unit = units[0]
        low, high = (1000 * end for end in self.worth)
        amount = log_uniform(rng, low, high)
        others = [one for one in units if (unit, one) in PARTS]
        if others and rng.random() < 0.08:
            other = rng.choice(others)
            amount, unit = amount / PARTS[unit, other], other
        if unit in UNITS_OF_TIME and self.deal_type == DealType.RENT and not self.is_service:
            if self.leaf.slug in self.market.places:
                unit, amount = PriceUnit.MONTH, amount * self.size * RENT_OF_A_PLACE
            else:
                unit = rng.choice([one for one in units if one in HOURS])
                amount *= HOURS[unit] / EARNS_ITS_PRICE_IN
        weights = {"exact": 66, "from": 10, "range": 6, "negotiable": 11, "on_request": 7}
        if self.deal_type == DealType.WANTED:
            weights |= {"on_request": 40}
        kind = rng.choices(kinds, [weights[kind] for kind in kinds])[0]
        currency = rng.choices(list(WORTH), [90, 7, 3])[0] if amount > 50_000 else Currency.KZT
        amount /= WORTH[currency]
        has_price = kind != PriceKind.ON_REQUEST and not (
            kind == PriceKind.NEGOTIABLE and rng.random() < 0.3
        )
        is_range = kind == PriceKind.RANGE
        return {
            "price_kind": kind,
            "price": rounded(amount) if has_price else None,
            "price_to": rounded(amount * rng.uniform(1.15, 1.4)) if is_range else None,
            "currency": currency if has_price else Currency.KZT,
            "unit": unit,
            "vat": self.vat(),
        }

    @property
    def is_service(self):
        return DealType.SALE not in self.leaf.deal_types

    @property
    def size(self):
        """Of what is let as a whole and sold by the square metre."""
        is_measured = self.leaf.price_unit in (PriceUnit.SQUARE_METRE, PriceUnit.HECTARE)
        area = self.answers.get("area_m2") or self.answers.get("area_ha")
        return float(area.value) if is_measured and area else 1

    def vat(self):
        if self.trader.seller.pays_vat:
            return self.rng.choice([Vat.INCLUDED] * 4 + [Vat.EXCLUDED, Vat.UNKNOWN])
        return self.rng.choice([Vat.NONE, Vat.UNKNOWN])

    def amounts(self):
        head = self.answers.get("head_count")
        if head:
            return {"quantity": head.value}
        if "stock" not in self.traded or self.deal_type == DealType.WANTED:
            is_one = self.leaf.price_unit == PriceUnit.PIECE and self.deal_type == DealType.SALE
            return {"quantity": 1} if is_one and self.rng.random() < 0.5 else {}
        low, high = self.traded["stock"]
        quantity = rounded(log_uniform(self.rng, low, high))
        if self.leaf.price_unit in WHOLE:
            quantity = quantity.to_integral_value(ROUND_CEILING)
        amounts = {"quantity": quantity} if self.rng.random() < 0.85 else {}
        if quantity >= 20 and self.rng.random() < 0.4:
            least = rounded(float(quantity) * 0.04).to_integral_value(ROUND_CEILING)
            amounts["minimum_order"] = least
            if self.rng.random() < 0.25:
                amounts["step"] = amounts["minimum_order"]
        return amounts

    # Where and when

    def place(self, language):
        seller, rng = self.trader.seller, self.rng
        there = self.market.settlements.get(seller.region_id)
        if not there or rng.random() < 0.05:
            return {"region_id": seller.region_id}
        home = [one for one in there if seller.settlement in (one.name_ru, one.name_kk)]
        settlement = home[0] if home and rng.random() < 0.7 else rng.choice(there)
        villages = read("phrases")["villages"][language]
        village = rng.choice(villages) if rng.random() < 0.12 else ""
        return {"region_id": seller.region_id, "settlement": settlement, "village": village}

    def dates(self):
        """The four dates of an ad, and since when it waits."""
        rng, now, state = self.rng, self.now, self.state
        term = timedelta(days=self.leaf.expiry_days)
        days = min(DAYS, self.leaf.expiry_days) * rng.random() * 0.97
        begun = at_work(now - timedelta(days=days), now, rng)
        waited = timedelta(minutes=rng.randint(4, 300))
        if state in (State.DRAFT, State.PENDING, State.REJECTED):
            begun = max(begun, now - timedelta(days=3 * rng.random()))
            waiting = {"waiting_since": begun + (now - begun) / 2} if state == State.PENDING else {}
            return {"created_at": begun, "touched_at": begun, **waiting}
        if state in (State.EXPIRED, State.ARCHIVED):
            begun = now - term - timedelta(days=1 + 10 * rng.random())
        published = min(begun + waited, now)
        return {
            "created_at": begun,
            "touched_at": published,
            "first_published_at": published,
            "sort_at": published,
            "expires_at": published + term,
        }

    def history(self, listing):
        by_seller = {"role": Role.SELLER, "by_id": self.trader.owner_id}
        by_staff = {"role": Role.STAFF, "by": self.market.moderator}
        sent, read_at = listing.created_at, listing.first_published_at
        draft, pending, live = State.DRAFT, State.PENDING, State.PUBLISHED
        if self.state == draft:
            return []
        changes = [(Act.SUBMIT, by_seller, draft, pending, listing.waiting_since or sent)]
        if self.state == State.REJECTED:
            changes.append((Act.REJECT, by_staff, pending, self.state, sent + timedelta(hours=1)))
        elif self.state != pending:
            changes.append((Act.APPROVE, by_staff, pending, live, read_at))
        later = {
            State.PAUSED: (Act.PAUSE, by_seller),
            State.SOLD: (Act.SELL, by_seller),
            State.ARCHIVED: (Act.ARCHIVE, by_seller),
            State.EXPIRED: (Act.EXPIRE, {"role": Role.CLOCK}),
        }
        if self.state in later:
            act, by = later[self.state]
            at = min(listing.expires_at, read_at + (self.now - read_at) / 2)
            changes.append((act, by, live, self.state, at))
        return [
            Change(listing=listing, act=act, before=before, after=after, at=min(at, self.now), **by)
            for act, by, before, after, at in changes
        ]

    def refusal(self, listing, at):
        """With its rules, where documents are in force."""
        reasons = [self.rng.choice([Reason.UNREADABLE, Reason.PHOTO])]
        try:
            rules = rules_of(reasons, self.market.rules)
        except WithoutRule:
            return None
        return Decision(
            listing=listing,
            matter=Decision.Matter.NEW,
            act=Decision.Act.REJECT,
            reasons=reasons,
            rules=list(map(str, rules)),
            by=self.market.moderator,
            at=at,
        )


def log_uniform(rng, low, high):
    """As often between 10 and 20 as between 100 and 200."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def rounded(amount: float) -> Decimal:
    """As people round: to three digits, to two when the amount is small."""
    digits = 2 if amount < 1000 else 3
    step = Decimal(10) ** (math.floor(math.log10(amount)) - digits + 1)
    return (Decimal(amount) / step).quantize(Decimal(1)) * step


def at_work(moment: datetime, now: datetime, rng) -> datetime:
    """The same day between seven in the morning and nine in the evening: few write ads at night."""
    local = timezone.localtime(moment)
    if 7 <= local.hour < 21:
        return moment
    day = local.replace(hour=rng.randint(7, 20), minute=rng.randint(0, 59))
    return day if day < now else day - timedelta(days=1)
