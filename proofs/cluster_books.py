"""What the database, the mail server and the stores know afterwards, beside what people were told.

Imported when Django is set up; read from the database that is the primary in the end.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from urllib.request import urlopen

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import User
from kazvek.demo.people import add_person, add_phone
from letters.models import Letter
from listings.catalogue import current_catalogue
from listings.choosing import takes_ads
from listings.models import Leftover, Listing, Photo, SearchDocument
from listings.states import Act, State
from orders.models import Order, OrderLine
from privacy.models import Disclosure, Erasure, StoredAct, Subject
from privacy.restoring import gate, store
from privacy.tombstones import acts_in
from proofs import books
from proofs.crowd import PASSWORD
from proofs.row import Row
from sellers.founding import found
from sellers.models import Seller

# Whoever works on an erasure says so more often than this; else they are dead.
WORKED_WITHIN = timedelta(seconds=30)
LEASE = timedelta(minutes=5)


def settle_in(sellers: int, leavers: int) -> tuple[list[str], list[str]]:
    """The addresses of people who can sign in: those of sellers, and of who will leave."""
    selling = [f"yard-{number}@example.com" for number in range(sellers)]
    leaving = [f"leaver-{number}@example.com" for number in range(leavers)]
    for number, email in enumerate(selling):
        owner = add_person(email, PASSWORD, surname="Kim", first_name="Marat", language="en")
        seller = Seller(
            name=f"Yard {number}", form="person", region_id="KZ-39", settlement="Рудный"
        )
        found(seller, owner, f"+7702000{number:04}")
        Seller.objects.filter(pk=seller.pk).update(verified_at=timezone.now())
    for number, email in enumerate(leaving):
        person = add_person(email, PASSWORD, surname="Omarova", first_name="Dana", language="en")
        add_phone(person, f"+7702001{number:04}", "calls")
    return selling, leaving


def easiest_category() -> tuple[str, dict[str, str]]:
    """What is sold by the piece, and of which nothing has to be said."""
    catalogue = current_catalogue()
    for category in catalogue.categories.values():
        if (
            takes_ads(catalogue, category)
            and category.price_unit == "piece"
            and "sale" in category.deal_types
            and not any(each.is_required for each in catalogue.attributes_of(category))
        ):
            return category.slug, {}
    raise LookupError("Every category asks for something.")


def people_waiting() -> int:
    return Erasure.objects.filter(state__in=Erasure.GOES_ON).count()


def photos_waiting() -> int:
    return Photo.objects.exclude(state__in=[Photo.State.READY, Photo.State.FAILED]).count()


def let_time_pass() -> int:
    """Nobody waits here as long as the portal does: minutes for who was killed at a deletion, or at
    a photo without the database, a minute and more until what failed is tried again, an hour for an
    upload that was cut off.
    """
    now = timezone.now()
    goes_on = Q(lease=None, lease_until__gt=now)
    is_dead = Q(lease__isnull=False, lease_until__lt=now - WORKED_WITHIN + LEASE)
    erasures = Erasure.objects.filter(goes_on | is_dead, state__in=Erasure.GOES_ON)
    freed = erasures.update(lease_until=now)
    is_left = Q(state=Photo.State.WAITING, tried_at__lt=now - WORKED_WITHIN)
    freed += Photo.objects.filter(is_left).update(tried_at=None)
    if not photos_waiting():
        Leftover.objects.filter(due_at__gt=now).update(due_at=now)
    return freed + books.free_letters_of_the_dead()


def audit(crowd, buyers, ads, units, arrived, webs):
    return [
        *audit_ads(crowd),
        *audit_photos(crowd, webs),
        *audit_orders(buyers, ads, units),
        *audit_letters(ads, arrived, {leaver.email for leaver in crowd.leavers}),
        *audit_leavers(crowd.leavers),
        *audit_stores(),
    ]


def audit_ads(crowd):
    told = [ad for seller in crowd.sellers for ad in seller.published]
    by_title = defaultdict(list)
    for listing in Listing.objects.filter(title__in=[ad.title for ad in told]):
        by_title[listing.title].append(listing)
    whole = [
        listing
        for ad in told
        for listing in by_title[ad.title]
        if (listing.pk, listing.state) == (ad.pk, State.PUBLISHED)
        and list(listing.history.values_list("act", flat=True)) == [Act.TRUST]
    ]
    found_again = SearchDocument.objects.filter(pk__in=[ad.pk for ad in told]).count()
    live = Listing.objects.filter(title__endswith="of seller", state=State.PUBLISHED)
    sellers, passers = crowd.sellers, crowd.passers
    forgotten = sellers[0]
    by_cookie, later = forgotten.looks_by_cookie, forgotten.looks_later
    return [
        Row("ads told to be live", len(told)),
        Row("of them there, live and published once", len(whole), len(told)),
        Row("of them there twice", sum(len(each) > 1 for each in by_title.values()), 0),
        Row("of them found by the search", found_again, len(told)),
        Row("live ads nobody was told of", live.exclude(title__in=by_title).count(), 0),
        Row("sellers who met something else", sum(bool(each.trouble) for each in sellers), 0),
        Row("looks at one's own ad, at once", sum(each.looks for each in sellers)),
        Row("looks by the cookie of who has written, alone", by_cookie, at_least=3),
        Row("looks when that was over", later, at_least=1),
        Row("own ads missing", sum(len(each.missing) for each in sellers), 0),
        Row("looks of others, ten seconds later", passers.looks, len(told)),
        Row("ads missing to others", len(passers.missing) + len(passers.trouble), 0),
    ]


def audit_photos(crowd, webs):
    told = [ad.pk for seller in crowd.sellers for ad in seller.published if ad.has_photo]
    photos = list(Photo.objects.filter(listing__in=told, state=Photo.State.READY))
    shown = sum(is_shown(f"{web}{photo.url(320, 'webp')}") for web in webs for photo in photos)
    return [
        Row("photos sent with ads", len(told)),
        Row("photos prepared, once", len(photos), len(told)),
        Row("photos shown by each of proxy and web servers", shown, len(told) * len(webs)),
    ]


def is_shown(address):
    with urlopen(address) as answer:
        return answer.headers["Content-Type"] == "image/webp" and answer.read(4) == b"RIFF"


def audit_orders(buyers, ads, units):
    told = {reference for buyer in buyers for reference in buyer.told}
    bought = [buyer for buyer in buyers if buyer.told]
    lines = OrderLine.objects.filter(listing__in=ads)
    orders = Order.objects.filter(lines__listing__in=ads).distinct()
    orders = list(
        orders.select_related("consent", "seller_then", "buyer").prefetch_related(
            "lines", "history", "timers"
        )
    )
    known = {order.reference for order in orders}
    by_email = {buyer.email: buyer for buyer in buyers}
    per_email = Counter(order.email for order in orders)
    disclosed = defaultdict(list)
    for disclosure in Disclosure.objects.filter(about__in=known):
        disclosed[disclosure.about].append(disclosure)
    ordered = lines.aggregate(sold=Sum("quantity"), reserved=Sum("reserved"))
    left = Listing.objects.filter(pk__in=ads).aggregate(left=Sum("quantity"))["left"]
    wanted = sum(buyer.quantity for buyer in bought)
    return [
        Row("buyers", len(buyers)),
        Row("buyers told of their order", len(bought), len(buyers)),
        Row("buyers who met something else", sum(bool(each.trouble) for each in buyers), 0),
        Row("orders", len(orders), len(bought)),
        Row("answers of success without an order", len(told - known), 0),
        Row("orders nobody was told of", len(known - told), 0),
        Row("buyers with two orders", sum(count > 1 for count in per_email.values()), 0),
        Row("buyers told of two orders", sum(len(set(each.told)) > 1 for each in bought), 0),
        Row("buyers whose order opens", sum(each.saw_the_order for each in bought), len(bought)),
        Row(
            "buyers with nothing of it in the cart",
            sum(each.has_empty_cart for each in bought),
            len(bought),
        ),
        Row(
            "orders of the form that was sent",
            sum(books.is_of_form(order, by_email.get(order.email)) for order in orders),
            len(orders),
        ),
        Row(
            "orders with lines, history, timers and seller",
            sum(books.is_whole(order, by_email[order.email]) for order in orders),
            len(orders),
        ),
        Row(
            "orders with consent and disclosure",
            sum(
                books.has_consent(order) and books.is_disclosed(order, disclosed[order.reference])
                for order in orders
            ),
            len(orders),
        ),
        Row("pieces ordered", int(ordered["sold"] or 0), wanted),
        Row("pieces set aside", int(ordered["reserved"] or 0), wanted),
        Row("pieces left", int(left), int(Decimal(len(ads) * units) - wanted)),
    ]


def audit_letters(ads, arrived, gone):
    """With those to people who are `gone` their rows went, too."""
    arrived = [letter for letter in arrived if letter[1] not in gone]
    orders = Order.objects.filter(lines__listing__in=ads).distinct()
    wanted = Counter()
    for reference, email in orders.values_list("reference", "email"):
        wanted[email, f"Your order {reference} has been sent"] += 1
        wanted[books.OWNER, f"New order {reference}"] += 1
    got = Counter({(to, subject) for _, to, subject in arrived})
    times = Counter(message_id for message_id, _, _ in arrived)
    attempts = dict(Letter.objects.values_list("message_id", "attempts"))
    unsent = Letter.objects.exclude(state=Letter.State.SENT).count()
    twice = [message_id for message_id, count in times.items() if count > 1]
    return [
        Row("letters", len(attempts)),
        Row("letters not sent", unsent, 0),
        Row("orders and sides a letter tells", sum((got & wanted).values()), sum(wanted.values())),
        Row("letters of nothing that was done", len(times.keys() - attempts.keys()), 0),
        Row("letters that arrived twice", len(twice)),
        Row(
            "of them without need",
            sum(times[message_id] > attempts.get(message_id, 0) for message_id in twice),
            0,
        ),
    ]


def audit_leavers(leavers):
    told = [leaver for leaver in leavers if leaver.is_told]
    perhaps = [leaver for leaver in leavers if leaver.is_told is None]
    erasures = list(Erasure.objects.select_related("subject", "request"))
    done = [each for each in erasures if each.state == Erasure.State.DONE and each.certificate]
    gone = {str(each.subject_id) for each in done if each.subject.state == Subject.State.ERASED}
    accounts = User.objects.filter(email__in=[leaver.email for leaver in leavers])
    marks = Counter(
        str(act["subject"]) for act in acts_of_store() if act["kind"] == StoredAct.Kind.ERASURE
    )
    wanted = len(told) + len(perhaps)
    return [
        Row("people who asked to be deleted", len(leavers)),
        Row("people told so", len(told), len(leavers) - len(perhaps)),
        Row("people gone before they could be told", len(perhaps)),
        Row("people who met something else", sum(bool(each.trouble) for each in leavers), 0),
        Row("deletions", len(erasures), wanted),
        Row("deletions done and certified", len(done), wanted),
        Row("people erased", len(gone), wanted),
        Row("their accounts still there", accounts.count(), 0),
        Row("of them known to the store of deletions", len(gone & marks.keys()), wanted),
        Row("marks of people who are not gone", len(marks.keys() - gone), 0),
    ]


def acts_of_store():
    number = 1
    while record := store.read(number):
        yield from acts_in(record)
        number += 1


def audit_stores():
    return [
        books.audit_ledger(),
        Row("reasons why the portal is shut", len(gate.trouble() and [1]), 0),
    ]
