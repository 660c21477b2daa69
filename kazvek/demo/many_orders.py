"""Orders of a very large market: rows as the verbs of `orders` write them, and the ledger's as the
ledger makes them. Nobody is written to.
"""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import count, groupby, islice
from random import Random
from uuid import uuid5

from django.utils import timezone
from django.utils.translation import gettext, override
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User
from kazvek.demo import copying, crowd
from kazvek.demo.ads import rounded
from kazvek.demo.lives import Moment, life
from kazvek.demo.more_sellers import NAMES, PEOPLE
from kazvek.demo.orders import COMMENTS
from kazvek.demo.patterns import Pattern
from kazvek.demo.sellers import Trader
from listings.answers import unpack
from listings.catalogue import current_catalogue
from listings.models import Listing
from orders.models import Change, Offer, OfferLine, Order, OrderLine, OrderSeller, Timer
from orders.models.order import LETTERS_OF_REFERENCES
from orders.quantities import fault_of, least
from orders.sending import needs_address
from orders.states import GIVES_BACK, Act, Role, State
from orders.timers import until_answered, until_delivered, until_shipped
from places.models import Region, Settlement
from privacy.consents import Act as ConsentAct
from privacy.documents import version_in_force
from privacy.ledger import Occasion, following
from privacy.models import (
    Consent,
    ConsentChain,
    ConsentEntry,
    Disclosure,
    Document,
    Subject,
    Version,
)
from privacy.purposes import PURPOSES, Basis
from privacy.sentences import order_sentence
from sellers.models import Payment, Shipping

# Of the ads, which goods are ordered; there are fewer orders, some of several goods.
ORDERED = 0.072
LINES = [1, 2, 3, 5], [72, 18, 7, 3]
# The others order without an account.
MEMBERS = 0.6
ORDERS_OF_A_MEMBER = 3
FEWEST_BUYERS = 5
CHUNK = 2000
# So many wait to be taken, at most: they lie in memory.
CHUNKS_AHEAD = 40
LANGUAGES = ["ru", "ru", "ru", "kk", "kk", "en"]
# Odd, so that each number has a reference of its own; and far apart from its neighbours'.
SCATTERED = 549_755_813_881 - 2 * 10**9
# In this order: what points to something comes after it.
BOOKS = [
    *(Subject, ConsentEntry, Order, OrderSeller, OrderLine, Change, Timer, Offer, OfferLine),
    Disclosure,
]

# The older an ad is, the more often it was ordered.
CHOSEN = """
SELECT listing.id, listing.seller_id, listing.title, listing.currency, listing.unit, listing.vat,
    listing.price, listing.quantity, listing.minimum_order, listing.step,
    listing.first_published_at, copy.pattern
FROM generate_series(1, %(ordered)s) choice
JOIN copy ON copy.id = %(first)s + 1
    + floor(%(ads)s * (1 - sqrt(pg_temp.chance(choice, %(seed)s + 9))))::int
JOIN listings_listing listing ON listing.id = copy.id
WHERE listing.state = 'published' AND listing.deal_type <> 'wanted'
ORDER BY listing.seller_id, listing.currency, choice
"""

REASONS = {
    Act.DECLINE: {
        "ru": "Товар уже обещан другому хозяйству.",
        "kk": "Тауар басқа шаруашылыққа уәде етілген.",
        "en": "The goods are promised to another farm.",
    },
    Act.CANCEL: {
        "ru": "Планы изменились, извините.",
        "kk": "Жоспар өзгерді, кешіріңіз.",
        "en": "Our plans have changed, sorry.",
    },
    Act.TURN_DOWN: {
        "ru": "Для нас это дорого.",
        "kk": "Бұл баға бізге қымбат.",
        "en": "This is too dear for us.",
    },
    Act.DISPUTE: {
        "ru": "Качество не то, что в объявлении.",
        "kk": "Сапасы хабарландырудағыдай емес.",
        "en": "The quality is not that of the ad.",
    },
    Act.SETTLE: {
        "ru": "Документы подтверждают качество.",
        "kk": "Құжаттар сапаны растайды.",
        "en": "The papers prove the quality.",
    },
    Act.UNDO: {
        "ru": "Стороны договорились о возврате.",
        "kk": "Тараптар қайтаруға келісті.",
        "en": "Both sides have agreed on the return.",
    },
}
OFFERS = {
    "ru": "Дешевле при самовывозе.",
    "kk": "Өзіңіз алып кетсеңіз, арзанырақ.",
    "en": "Cheaper if you fetch it.",
}
STREETS = ["ул. Абая", "ул. Целинная", "Мектеп көшесі", "Достық көшесі", "ул. Элеваторная"]


@dataclass(frozen=True)
class Person:
    subject: Subject
    user: User | None
    full_name: str
    email: str
    language: str
    chain: ConsentChain


@dataclass(frozen=True)
class Planned:
    """An order that is not written yet."""

    ads: list[Listing]
    life: list[Moment]

    @property
    def sent(self) -> datetime:
        return self.life[0].at


@contextmanager
def beside(cursor, traders: list[Trader], patterns: list[Pattern], moderator: User, chosen):
    """Make orders of these ads while the database does what is asked of it within.

    Yields how many there are: none while no policy provides for them.
    """
    version = version_in_force(Document.Slug.PRIVACY)
    rng = Random(f"{chosen['seed']}:orders")  # noqa: S311 nothing secret
    plans = sorted(planned(rng, chosen), key=lambda plan: plan.sent) if version else []
    if not plans:
        yield 0
        return
    buyers = add_buyers(cursor, rng, round(len(plans) * MEMBERS / ORDERS_OF_A_MEMBER))
    books = Books(rng, traders, patterns, moderator, version, chosen["now"])
    books.chains = {one.subject.pk: one.chain for one in buyers}
    books.keep_numbers(cursor, plans)
    with making(books, plans, buyers) as chunks:
        yield len(plans)
        for chunk in chunks:
            for table, rows in chunk:
                copying.hand_over(cursor, table, rows)
    for table, rows in books.end():
        copying.hand_over(cursor, table, rows)


@contextmanager
def making(books, plans, buyers):
    """Chunks of rows, which a thread makes one after the other, and is ahead by some."""
    pool = ThreadPoolExecutor(1)

    def begin(start):
        return pool.submit(books.chunk, plans[start : start + CHUNK], buyers)

    starts = iter(range(0, len(plans), CHUNK))
    begun = deque(map(begin, islice(starts, CHUNKS_AHEAD)))

    def chunks():
        while begun:
            yield begun.popleft().result()
            begun.extend(map(begin, islice(starts, 1)))

    try:
        yield chunks()
    finally:
        pool.shutdown(cancel_futures=True)


def planned(rng, chosen) -> Iterator[Planned]:
    asked = chosen | {"ordered": max(1, round(chosen["ads"] * ORDERED))}
    ads = Listing.objects.raw(CHOSEN, asked)
    for _same, group in groupby(ads, key=lambda ad: (ad.seller_id, ad.currency)):
        for goods in portions(rng, group):
            published = max(ad.first_published_at for ad in goods)
            is_priced = all(ad.price is not None for ad in goods)
            yield Planned(goods, life(rng, published, chosen["now"], priced=is_priced))


def portions(rng, ads) -> Iterator[list[Listing]]:
    """No portion has the same ad twice."""
    goods, size = {}, 0
    for ad in ads:
        if len(goods) == size or ad.pk in goods:
            if goods:
                yield list(goods.values())
            goods, [size] = {}, rng.choices(*LINES)
        goods[ad.pk] = ad
    if goods:
        yield list(goods.values())


def add_buyers(cursor, rng, number) -> list[Person]:
    many = range(max(number, FEWEST_BUYERS))
    owners = [(*named(rng), "", rng.choice(LANGUAGES)) for _each in many]
    users, chains = crowd.add_people(cursor, "buyer", crowd.already("buyer"), owners)
    return [
        Person(user.subject, user, user.get_full_name(), user.email, user.language, chain)
        for user, chain in zip(users, chains, strict=True)
    ]


def named(rng):
    surnames, first_names = PEOPLE[rng.choice(["kk", "ru"])]
    return rng.choice(surnames), rng.choice(first_names)


def guest(rng, number) -> Person:
    subject = Subject(pk=uuid5(crowd.CROWD, f"guest {number}"))
    name, language = " ".join(named(rng)), rng.choice(LANGUAGES)
    email, chain = f"guest-{number}@many.example", ConsentChain(subject_id=subject.pk)
    return Person(subject, None, name, email, language, chain)


def reference(number: int) -> str:
    number = number * SCATTERED % 32**8
    letters = "".join(LETTERS_OF_REFERENCES[number >> 5 * place & 31] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class Books:
    """Everything that is written of orders, and of the consents they rest on."""

    def __init__(self, rng, traders, patterns, moderator: User, version: Version, now):
        self.rng, self.version, self.now = rng, version, now
        self.traders = {trader.seller.pk: trader for trader in traders}
        self.patterns, self.moderator = patterns, moderator
        self.regions = Region.objects.in_bulk()
        self.towns = list(Settlement.objects.shown().order_by("pk")[:500])
        self.ways = {model: by_seller(model) for model in (Shipping, Payment)}
        self.catalogue = current_catalogue()
        # By the person; a chain grows with each order, and that of an account is never empty.
        self.chains, self.consents = {}, {}
        self.facts_of = cache(self.facts_of)
        self.place_of = cache(self.place_of)
        self.occasion_of = cache(self.occasion_of)

    def keep_numbers(self, cursor, plans):
        """Keys that nobody else gets, as many as can be needed."""
        lines = sum(len(plan.ads) for plan in plans)
        many = {Order: len(plans), ConsentEntry: len(plans), OrderLine: lines, Offer: len(plans)}
        self.keys = {
            model: count(copying.numbers(cursor, model._meta.db_table, number))
            for model, number in many.items()
        }

    def chunk(self, plans: list[Planned], buyers: list[Person]) -> list[tuple[str, list[tuple]]]:
        """Tables and rows of these orders, in the order they were sent.

        Asks no database: the one there is has other things to do meanwhile.
        """
        self.rows = {model: [] for model in BOOKS}
        for plan in plans:
            number = next(self.keys[Order])
            if self.rng.random() < MEMBERS:
                # A few order often.
                buyer = buyers[int(len(buyers) * self.rng.random() ** 2)]
            else:
                buyer = guest(self.rng, number)
                buyer.subject.created_at = plan.sent
                self.rows[Subject].append(buyer.subject)
            with override(buyer.language):
                self.order(plan, buyer, number, self.consent(buyer, plan.sent))
        return [copying.spelled(rows) for rows in self.rows.values()]

    def end(self) -> list[tuple[str, list[tuple]]]:
        """How things stand after all orders."""
        return [copying.spelled(list(each.values())) for each in (self.chains, self.consents)]

    def consent(self, buyer, at):
        person = buyer.subject.pk
        chain = buyer.chain
        self.chains[person] = chain
        sentence, occasion = self.occasion_of(buyer.language)
        entry = following(
            chain,
            ConsentAct.GIVEN,
            occasion,
            sentence=sentence,
            basis=Basis.CONTRACT,
            version=self.version,
            purpose="orders",
            at=at,
        )
        entry.pk = next(self.keys[ConsentEntry])
        chain.end_with(entry)
        self.rows[ConsentEntry].append(entry)
        self.consents[person] = Consent(
            subject_id=person, purpose="orders", act=entry.act, entry_id=entry.pk
        )
        return entry.pk

    def occasion_of(self, language):
        return order_sentence(), Occasion("order", gettext("Send order"))

    def order(self, plan, buyer, number, consent):
        rng, trader = self.rng, self.traders[plan.ads[0].seller_id]
        seller, last = trader.seller, plan.life[-1]
        shipping, payment = (
            rng.choice(ways.get(seller.pk) or [None]) for ways in self.ways.values()
        )
        order = Order(
            pk=number,
            reference=reference(number),
            token=uuid5(crowd.CROWD, f"order {number}"),
            link_salt=f"{rng.getrandbits(256):043x}"[:43],
            buyer_id=buyer.subject.pk,
            seller_id=seller.pk,
            state=last.after,
            currency=plan.ads[0].currency,
            language=buyer.language,
            full_name=buyer.full_name,
            organization=f"ТОО «{rng.choice(NAMES)}»",
            email=buyer.email,
            phone=PhoneNumber(country_code=7, national_number=7_020_000_000 + number % 10_000_000),
            address=self.address() if needs_address(shipping) else "",
            comment=rng.choice(COMMENTS),
            shipping=shipping.method if shipping else "",
            shipping_conditions=shipping.conditions if shipping else "",
            payment=payment.method if payment else "",
            payment_conditions=payment.conditions if payment else "",
            consent_id=consent,
            created_at=plan.sent,
            changed_at=last.at,
        )
        lines = [self.line(order, place, ad) for place, ad in enumerate(plan.ads, 1)]
        self.live(order, lines, plan.life, trader, buyer)
        self.rows[Order].append(order)
        self.rows[OrderLine] += lines
        self.rows[OrderSeller].append(
            OrderSeller(
                order_id=number, name=seller.name, bin=seller.bin, place=self.place_of(seller.pk)
            )
        )
        self.rows[Disclosure].append(
            Disclosure(
                subject_id=buyer.subject.pk,
                kind=Disclosure.Kind.SELLER,
                recipient_number=seller.pk,
                recipient_name=seller.name,
                fields=sorted(order.contacts_for_seller()),
                purpose="orders",
                basis=PURPOSES["orders"].basis,
                about=order.reference,
                at=plan.sent,
            )
        )

    def address(self):
        town, rng = self.rng.choice(self.towns), self.rng
        return f"{town.name_ru}, {rng.choice(STREETS)}, {rng.randint(1, 90)}"

    def place_of(self, seller_pk):
        seller = self.traders[seller_pk].seller
        seller.region = self.regions[seller.region_id]
        return seller.place

    def line(self, order, place, ad):
        facts, picture, width = self.facts_of(ad.pattern, order.language)
        quantity = self.quantity(ad)
        is_back = ad.quantity is None or order.state in GIVES_BACK
        return OrderLine(
            pk=next(self.keys[OrderLine]),
            order_id=order.pk,
            position=place,
            listing_id=ad.pk,
            listing_number=ad.pk,
            title=ad.title,
            facts=facts,
            picture=picture,
            picture_width=width,
            unit=ad.unit,
            vat=ad.vat,
            ordered_quantity=quantity,
            ordered_price=ad.price,
            quantity=quantity,
            price=ad.price,
            reserved=None if is_back else quantity,
        )

    def facts_of(self, pattern, language):
        """In the language that is active."""
        ad = self.patterns[pattern - 1].ad
        answers = unpack(ad.listing.answers, self.catalogue)
        facts = [{"name": str(answer.attribute), "value": answer.words} for answer in answers]
        photo = ad.photos[0] if ad.photos else None
        return facts, *((photo.stem, photo.width_for(OrderLine.SMALL)) if photo else ("", None))

    def quantity(self, ad):
        few = least(ad)
        many = few + self.rng.choice([0, 0, 0, 1, 2, 4]) * (ad.step or few)
        return many if many == few or fault_of(ad, many) is None else few

    # What becomes of it

    def live(self, order, lines, moments, trader, buyer):
        offer, timers = None, []
        by = {Role.BUYER: buyer.user and buyer.user.pk, Role.SELLER: trader.owner_id}
        by[Role.STAFF] = self.moderator.pk
        for moment in moments:
            self.rows[Change].append(
                Change(
                    order_id=order.pk,
                    act=moment.act,
                    role=moment.role,
                    by_id=by.get(moment.role),
                    before=moment.before,
                    after=moment.after,
                    note=REASONS.get(moment.act, {}).get(order.language, ""),
                    at=moment.at,
                )
            )
            match moment.act:
                case Act.SEE:
                    order.seen_at = moment.at
                case Act.OFFER:
                    offer, offered = self.offer(order, lines, moment.at, trader)
                case Act.AGREE:
                    self.answer(offer, Offer.Answer.AGREED, moment.at)
                    for line, each in zip(lines, offered, strict=True):
                        line.price, line.delivery_on = each.price, each.delivery_on
                case Act.TURN_DOWN:
                    self.answer(offer, Offer.Answer.TURNED_DOWN, moment.at)
                case Act.PAY:
                    order.paid_on = timezone.localdate(moment.at)
                    order.payment_document = str(self.rng.randint(1, 9999))
                case Act.SHIP:
                    order.shipped_on = timezone.localdate(moment.at)
                    order.carrier = self.rng.choice(["", "КТЖ Грузовые перевозки", "СтепьТранс"])
                    order.waybill = str(self.rng.randint(10**7, 10**8 - 1))
            self.keep_time(order, lines, moment, timers)
        if order.is_closed:
            order.closed_at = order.changed_at
            if offer and not offer.answer:
                self.answer(offer, Offer.Answer.OVERTAKEN, order.closed_at)
        self.strike(timers, self.now)
        self.rows[Timer] += timers

    def offer(self, order, lines, at, trader):
        offer = Offer(
            pk=next(self.keys[Offer]),
            order_id=order.pk,
            round=1,
            by_id=trader.owner_id,
            note=OFFERS[order.language],
            at=at,
        )
        day = timezone.localdate(at) + timedelta(days=self.rng.randint(7, 20))
        offered = [
            OfferLine(
                offer_id=offer.pk,
                line_id=line.pk,
                quantity=line.quantity,
                price=rounded(float(line.price) * 0.95)
                if line.price
                else rounded(self.rng.uniform(5_000, 500_000)),
                delivery_on=day,
            )
            for line in lines
        ]
        self.rows[Offer].append(offer)
        self.rows[OfferLine] += offered
        return offer, offered

    @staticmethod
    def answer(offer, answer, at):
        offer.answer, offer.answered_at = answer, at

    def keep_time(self, order, lines, moment, timers):
        """What the clock was to do after this, in place of what it was to do before."""
        match moment.act:
            case Act.SEE:
                return
            case Act.SEND | Act.OFFER | Act.TURN_DOWN:
                due = until_answered(moment.at)
            case Act.SHIP:
                due = until_delivered(moment.at)
            case Act.ACCEPT | Act.AGREE | Act.PAY if moment.after != State.SHIPPED:
                due = until_shipped(
                    moment.at, lines[0].delivery_on, is_paid=order.paid_on is not None
                )
            case Act.PAY:
                return
            case _:
                due = []
        self.strike(timers, moment.at)
        for timer in timers:
            timer.done_at = timer.done_at or moment.at
        timers += [Timer(order_id=order.pk, kind=kind, due_at=at) for kind, at in due]

    @staticmethod
    def strike(timers, now):
        for timer in timers:
            if timer.done_at is None and timer.due_at <= now:
                timer.done_at = timer.due_at


def by_seller(model):
    ways = {}
    for way in model.objects.order_by("pk"):
        ways.setdefault(way.seller_id, []).append(way)
    return ways
