"""What is sold and to whom: the market before the proof, the books after it.

Imported when Django is set up.
"""

import os
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from kazvek import catalogues
from letters.models import Letter
from listings.models import Category, Listing, SearchDocument
from listings.states import Act as ListingAct
from listings.states import State as ListingState
from orders.models import Order, OrderLine, OrderSeller, Timer
from orders.proposals import read_seal
from orders.states import Act, State
from privacy.models import ConsentEntry, Disclosure
from proofs.buyers import Buyer
from proofs.row import Row
from sellers.founding import found
from sellers.models import Seller

OWNER = "owner@example.com"
# Somebody sends it, or it was a while ago and whoever had it is dead.
SENT_WITHIN = timedelta(seconds=15)


def open_market(ads: int, units: int) -> tuple[str, list[int]]:
    """The slug of a seller, and the numbers of their ads, each with so many pieces."""
    catalogues.compile_all()
    call_command("migrate", interactive=False, verbosity=0)
    with open(os.devnull, "w") as unheard:
        call_command("load_documents", sample_operator=True, stdout=unheard)
        call_command("load_places", stdout=unheard)
        call_command("load_catalogue", stdout=unheard)
    return offer(ads, units)


def offer(ads, units):
    """The same on a market that has been laid out."""
    owner = User.objects.create_user(OWNER, None, language="en")
    seller = found(
        Seller(name="Tractor yard", form="person", region_id="KZ-39", settlement="Рудный"), owner
    )
    category = Category.objects.get(slug="tractors")
    now = timezone.now()
    numbers = []
    for each in range(ads):
        listing = Listing.objects.create(
            seller=seller,
            category=category,
            title=f"Plough № {each + 1}",
            description="With five bodies, for tractors of 150 horse powers.",
            language="en",
            deal_type="sell",
            unit="piece",
            price_kind="exact",
            price=1_250_000,
            quantity=units,
            region_id="KZ-39",
            state=ListingState.PUBLISHED,
            first_published_at=now,
            sort_at=now,
            expires_at=now + timedelta(days=30),
        )
        listing.changed()
        numbers.append(listing.pk)
    return seller.slug, numbers


def letters_waiting() -> int:
    return Letter.objects.filter(state=Letter.State.WAITING).count()


def free_letters_of_the_dead() -> int:
    """Who was killed with a letter keeps it for a quarter of an hour; nobody waits here so long."""
    claimed_before = timezone.now() - SENT_WITHIN
    held = Letter.objects.filter(
        state=Letter.State.WAITING,
        attempts__gt=0,
        error="",
        due_at__gt=timezone.now(),
        due_at__lt=claimed_before + Letter.LEASE,
    )
    return held.update(due_at=timezone.now())


def audit(buyers: list[Buyer], ads: list[int], units: int, arrived: list[tuple[str, str, str]]):
    """All counts; `arrived` are Message-ID, receiver and subject as the mail server got them."""
    return [
        *audit_stock(ads, units),
        *audit_answers(buyers),
        *audit_orders(buyers),
        *audit_letters(arrived),
    ]


def audit_stock(ads, units):
    lines = OrderLine.objects.filter(listing__in=ads)
    sold = lines.aggregate(sold=Sum("quantity"), reserved=Sum("reserved"))
    per_ad = dict(lines.values_list("listing").annotate(Sum("quantity")))
    listings = Listing.objects.filter(pk__in=ads)
    ended = listings.filter(state=ListingState.PAUSED, quantity=0)
    histories = [list(each.history.values_list("act", "role")) for each in listings]
    return [
        Row("units sold", int(sold["sold"] or 0), len(ads) * units),
        Row("units set aside by orders", int(sold["reserved"] or 0), len(ads) * units),
        Row("ads of which all and no more was sold", list(per_ad.values()).count(units), len(ads)),
        Row("ads paused with nothing left", ended.count(), len(ads)),
        Row(
            "ads whose history says so, and once",
            histories.count([(ListingAct.RUN_OUT, "order")]),
            len(ads),
        ),
        Row("ads still found", SearchDocument.objects.filter(pk__in=ads).count(), 0),
    ]


def audit_answers(buyers):
    told = {reference for buyer in buyers for reference in buyer.told}
    known = set(Order.objects.values_list("reference", flat=True))
    bought = [buyer for buyer in buyers if buyer.told]
    refused = [buyer for buyer in buyers if buyer.refused and not buyer.told]
    return [
        Row("buyers", len(buyers)),
        Row("buyers told of their order", len(bought), len(known)),
        Row("buyers told what is left instead", len(refused), len(buyers) - len(known)),
        Row("buyers who met something else", sum(bool(each.trouble) for each in buyers), 0),
        Row("answers that own to a mistake (500)", sum(b.answers["500"] for b in buyers), 0),
        Row("answers of success without an order", len(told - known), 0),
        Row("orders nobody was told of", len(known - told), 0),
        Row("buyers told of two orders", sum(len(set(b.told)) > 1 for b in bought), 0),
        Row("buyers told both yes and no", sum(bool(b.refused) for b in bought), 0),
        Row(
            "buyers with nothing of it in the cart",
            sum(b.has_empty_cart for b in bought),
            len(bought),
        ),
        Row("buyers whose order opens", sum(b.saw_the_order for b in bought), len(bought)),
    ]


def audit_orders(buyers):
    orders = Order.objects.select_related("consent", "seller_then", "buyer")
    orders = list(orders.prefetch_related("lines", "history", "timers"))
    by_email = {buyer.email: buyer for buyer in buyers}
    per_email = Counter(order.email for order in orders)
    disclosed = defaultdict(list)
    for disclosure in Disclosure.objects.all():
        disclosed[disclosure.about].append(disclosure)
    entries = ConsentEntry.objects.filter(order=None, purpose="orders")
    return [
        Row("orders", len(orders)),
        Row("buyers with two orders", sum(count > 1 for count in per_email.values()), 0),
        Row(
            "orders of the form that was sent",
            sum(is_of_form(order, by_email.get(order.email)) for order in orders),
            len(orders),
        ),
        Row(
            "orders with lines, history, timers and seller",
            sum(is_whole(order, by_email[order.email]) for order in orders),
            len(orders),
        ),
        Row("orders with their consent", sum(has_consent(order) for order in orders), len(orders)),
        Row(
            "orders with their disclosure",
            sum(is_disclosed(order, disclosed[order.reference]) for order in orders),
            len(orders),
        ),
        Row("disclosures", Disclosure.objects.count(), len(orders)),
        Row("consents to orders that are not there", entries.count(), 0),
        Row("sellers noted beside orders", OrderSeller.objects.count(), len(orders)),
        audit_ledger(),
    ]


def audit_ledger():
    try:
        with open(os.devnull, "w") as unheard:
            call_command("ledger", "verify", stdout=unheard)
        faults = 0
    except CommandError:
        faults = 1
    return Row("faults of the consent ledger", faults, 0)


def is_of_form(order, buyer):
    tokens = {read_seal(seal).token for seal in buyer.seals} if buyer else set()
    return tokens == {str(order.token)}


def is_whole(order, buyer):
    lines = [(line.quantity, line.reserved, line.listing_id) for line in order.lines.all()]
    history = [(change.act, change.after) for change in order.history.all()]
    kinds = sorted(timer.kind for timer in order.timers.all() if timer.done_at is None)
    wanted = Decimal(buyer.quantity)
    return (
        order.state == State.NEW
        and lines == [(wanted, wanted, buyer.listing)]
        and history == [(Act.SEND, State.NEW)]
        and kinds == sorted([Timer.Kind.REMIND, Timer.Kind.REMIND, Timer.Kind.EXPIRE])
        and order.seller_then.name != ""
        and order.comment == f"Comment of {buyer.number}"
    )


def has_consent(order):
    return (order.consent.subject_id, order.consent.act) == (
        order.buyer_id,
        ConsentEntry.Act.GIVEN,
    )


def is_disclosed(order, disclosures):
    given = sorted(name for name in Order.CONTACTS if getattr(order, name))
    return [(each.subject_id, each.fields) for each in disclosures] == [(order.buyer_id, given)]


def audit_letters(arrived):
    orders = Order.objects.values_list("reference", "email")
    wanted = Counter()
    for reference, email in orders:
        wanted[email, f"Your order {reference} has been sent"] += 1
        wanted[OWNER, f"New order {reference}"] += 1
    letters = Letter.objects.all()
    attempts = dict(letters.values_list("message_id", "attempts"))
    times = Counter(message_id for message_id, _, _ in arrived)
    got = Counter({(to, subject) for _, to, subject in arrived})
    twice = [message_id for message_id, count in times.items() if count > 1]
    return [
        Row("letters written", len(attempts), sum(wanted.values())),
        Row("letters sent", letters.filter(state=Letter.State.SENT).count(), len(attempts)),
        Row("letters that arrived", len(times), len(attempts)),
        Row("letters of nothing that was done", len(times.keys() - attempts.keys()), 0),
        Row("orders and sides a letter tells", sum((got & wanted).values()), sum(wanted.values())),
        Row("letters that tell of nothing", sum((got - wanted).values()), 0),
        Row(
            "letters that arrived twice, interrupted before they were noted as sent",
            sum(attempts.get(message_id, 0) > 1 for message_id in twice),
        ),
        Row(
            "letters that arrived twice without need",
            sum(times[message_id] > attempts.get(message_id, 0) for message_id in twice),
            0,
        ),
        Row("letters tried more than once", letters.filter(attempts__gt=1).count()),
    ]
