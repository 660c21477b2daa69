"""How ads come before everybody and go again: what their sellers do, and the clock."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.contrib.postgres.search import TrigramSimilarity
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from listings.answers import unpack
from listings.catalogue import Question, current_catalogue
from listings.contacts import contacts_in
from listings.editing import EDITABLE
from listings.held import must_be_read_first
from listings.models import Change, DealType, Listing, PriceKind, Revision
from listings.models.listing import Content
from listings.states import Act, Role, State, may
from sellers.models import Seller

SHORTEST_TITLE = 5
SHORTEST_DESCRIPTION = 20
A_DAY = timedelta(days=1)
# As much as the column holds: what comes back on top of it must not fail.
MOST_LEFT = Decimal("99999999999.999")
A_DAY_AT_MOST = 20
A_DAY_AT_MOST_VERIFIED = 200
# Nobody else reads these: what is written there waits for nobody.
OWN_PAPER = [State.DRAFT, State.REJECTED]
ALIKE = 0.8
# Letters beyond which a title without small ones shouts; КАМАЗ, МТЗ and RSM are names.
LOUD_LETTERS = 12
PRICED = re.compile(
    r"\d[\d\s.,]*(?:₸|\$|€|₽|(?:тг|тенге|теңге|kzt|usd|eur|rub|руб\w*|долл\w*|евро)\b)"
    r"|\b(?:цена|бағасы|price)\b\W{0,3}\d",
    re.IGNORECASE,
)


class Incomplete(Exception):
    """What the ad says is not ready for others: `faults` by the field they stand at."""

    def __init__(self, faults: dict[str, list[str]]):
        super().__init__(", ".join(faults))
        self.faults = faults


class TooMany(Exception):
    """More ads in a day than this seller may publish."""

    def __init__(self, most: int):
        super().__init__()
        self.most = most


class NothingLeft(Exception):
    """The ad says that nothing is available."""


# What an ad must be


def faults_of(listing: Listing, content: Content | None = None) -> dict[str, list[str]]:
    """Why it cannot be published, each a sentence at its field; `content` if another is meant."""
    content = content or listing
    faults = {
        "category": category_faults(content),
        "title": title_faults(content.title),
        "description": description_faults(content.description),
        "village": contact_faults(listing.village),
        **price_faults(listing, content),
        "quantity": quantity_faults(listing),
        **place_faults(listing),
        **answer_faults(content),
    }
    return {field: sentences for field, sentences in faults.items() if sentences}


def category_faults(content):
    catalogue = current_catalogue()
    category = catalogue.categories[content.category_id]
    if not catalogue.is_open(category) or catalogue.children_of(category):
        return [_("This part of the catalogue takes no ads any more. Choose another category.")]
    if content.deal_type not in category.deal_types:
        return [_("This category does not have such deals. Choose another deal.")]
    return []


def title_faults(title):
    if len(title) < SHORTEST_TITLE:
        return [
            ngettext(
                "Write a title of at least %(least)d letter.",
                "Write a title of at least %(least)d letters.",
                SHORTEST_TITLE,
            )
            % {"least": SHORTEST_TITLE}
        ]
    faults = contact_faults(title)
    letters = [letter for letter in title if letter.isalpha()]
    if len(letters) > LOUD_LETTERS and not any(letter.islower() for letter in letters):
        faults.append(_("Write the title in small letters, with capitals only where they belong."))
    if price := PRICED.search(title):
        faults.append(
            _("“%(price)s” is a price: it has a field of its own. Take it out of the title.")
            % {"price": price[0].strip()}
        )
    return faults


def description_faults(description):
    if len(description) < SHORTEST_DESCRIPTION:
        return [
            ngettext(
                "Describe it in at least %(least)d letter.",
                "Describe it in at least %(least)d letters.",
                SHORTEST_DESCRIPTION,
            )
            % {"least": SHORTEST_DESCRIPTION}
        ]
    return contact_faults(description)


def contact_faults(text):
    return [
        _(
            "“%(contact)s” looks like a contact. Phones and addresses stand beside the ad, where "
            "they are shown on request: take it out of the text."
        )
        % {"contact": contact}
        for contact in contacts_in(text)
    ]


def price_faults(listing, content):
    category = current_catalogue().categories[content.category_id]
    kind, faults = listing.price_kind, {}
    if kind not in category.price_kinds:
        faults["price_kind"] = [_("This category does not have such prices. Choose another kind.")]
    if kind in (PriceKind.EXACT, PriceKind.FROM, PriceKind.RANGE) and listing.price is None:
        faults["price"] = [_("Write the price, or choose “price on request”.")]
    if kind == PriceKind.RANGE and listing.price_to is None:
        faults["price_to"] = [_("Write up to what the price goes.")]
    # A price stays for the old unit until the new category is approved.
    units = current_catalogue().units_of(category, content.deal_type)
    if listing.unit not in units and content.category_id == listing.category_id:
        faults["unit"] = [_("This deal is not counted in that unit. Choose another one.")]
    return faults


def quantity_faults(listing):
    if listing.quantity == Decimal(0) and listing.state in OWN_PAPER:
        return [_("Nothing to sell is nothing to publish. Leave it empty if you do not count it.")]
    return []


def place_faults(listing):
    if listing.region_id is None and listing.settlement_id is None:
        return {"region": [_("Say where it is: choose a region or write the town.")]}
    return {}


def answer_faults(content):
    catalogue = current_catalogue()
    category = catalogue.categories[content.category_id]
    answers = {answer.attribute.pk: answer for answer in unpack(content.answers, catalogue)}
    faults = {}
    for question in catalogue.attributes_of(category):
        answer = answers.get(question.attribute.pk)
        # Whoever looks for something may not care.
        if answer is None and question.is_required and content.deal_type != DealType.WANTED:
            faults[field_of(question)] = [_("Ads of this category say this. Answer it too.")]
        elif answer is not None and isinstance(answer.value, str):
            faults[field_of(question)] = contact_faults(answer.value)
    return faults


def field_of(question: Question) -> str:
    """The name of the question in forms and addresses."""
    return f"a.{question.attribute.code}"


def may_go_live(seller: Seller, content: Listing | Revision) -> bool:
    """At once, to be checked afterwards."""
    return seller.is_trusted and not must_be_read_first(content)


def twin_of(listing: Listing) -> Listing | None:
    """An ad of the same seller that offers the same, as far as words and facts tell."""
    others = (
        Listing.objects.filter(
            seller=listing.seller_id,
            category=listing.category_id,
            deal_type=listing.deal_type,
            settlement=listing.settlement_id,
            region=listing.region_id,
            state__in=[State.PENDING, State.PUBLISHED, State.PAUSED, State.EXPIRED],
        )
        .exclude(pk=listing.pk)
        .annotate(likeness=TrigramSimilarity("title", listing.title))
        .filter(likeness__gte=ALIKE)
        .order_by("-likeness", "pk")
    )
    facts = facts_told_by(listing)
    return next((other for other in others[:20] if facts_told_by(other) == facts), None)


def facts_told_by(listing):
    catalogue = current_catalogue()
    category = catalogue.categories[listing.category_id]
    wanted = {question.attribute.pk for question in catalogue.facts_of(category)}
    told = unpack(listing.answers, catalogue)
    return {each.attribute.pk: each.value for each in told if each.attribute.pk in wanted}


# What sellers do


def locked(listing: Listing) -> Listing:
    """The row as it is now, for this transaction alone; the seller's before it, always."""
    Seller.objects.select_for_update(no_key=True).get(pk=listing.seller_id)
    rows = Listing.objects.select_related("seller", "category", "region", "settlement")
    return rows.select_for_update(of=["self"]).get(pk=listing.pk)


def gathered(listing: Listing) -> Revision | None:
    """The change that waits beside the ad. What nobody reads needs none: there it goes into the ad.

    The caller holds the lock.
    """
    revision = Revision.objects.filter(listing=listing).first()
    if revision and listing.state in OWN_PAPER:
        listing.take(revision)
        return None
    return revision


def submit(listing: Listing, by: User) -> Listing:
    """Publish an ad: of a trusted seller at once, of others when a moderator has read it."""
    with transaction.atomic():
        listing = locked(listing)
        if listing.state in (State.PENDING, State.PUBLISHED):
            return listing  # the button was pressed twice
        gathered(listing)
        if faults := faults_of(listing):
            raise Incomplete(faults)
        refuse_too_many(listing)
        act = Act.TRUST if may_go_live(listing.seller, listing) else Act.SUBMIT
        listing.move(act, Role.SELLER, by)
    return listing


def refuse_too_many(listing):
    most = A_DAY_AT_MOST_VERIFIED if listing.seller.verified_at else A_DAY_AT_MOST
    today = Change.objects.filter(
        listing__seller=listing.seller_id,
        act__in=[Act.SUBMIT, Act.TRUST],
        at__gt=timezone.now() - A_DAY,
    )
    if today.exclude(listing=listing).values("listing").distinct().count() >= most:
        raise TooMany(most)


def send_change(listing: Listing) -> Listing:
    """Let everybody read what was changed: at once, or when a moderator has approved it.

    Raises `Listing.Impossible` for what is blocked or in the archive, where nobody would read it.
    """
    with transaction.atomic():
        listing = locked(listing)
        if listing.state not in EDITABLE:
            raise Listing.Impossible
        revision = Revision.objects.filter(listing=listing).first()
        if revision is None or revision.state == Revision.State.PENDING:
            return listing
        if faults := faults_of(listing, revision):
            raise Incomplete(faults)
        now = timezone.now()
        if listing.waiting_since is None:
            listing.waiting_since = now
        if may_go_live(listing.seller, revision):
            listing.take(revision)
        else:
            revision.state, revision.touched_at = Revision.State.PENDING, now
            revision.save(update_fields=["state", "touched_at"])
        listing.changed("waiting_since")
    return listing


def take_back_change(listing: Listing) -> Listing:
    """What was approved stays as it is; what was changed is forgotten."""
    with transaction.atomic():
        listing = locked(listing)
        if revision := Revision.objects.filter(listing=listing).first():
            stop_waiting(listing, revision)
            revision.delete()
    return listing


def stop_waiting(listing: Listing, revision: Revision) -> None:
    """Unless it is something else that a moderator has to look at. The caller holds the lock."""
    if revision.state == Revision.State.PENDING and listing.waiting_since == revision.touched_at:
        listing.waiting_since = None
        listing.changed("waiting_since")


def act_on(listing: Listing, act: Act, by: User) -> Listing:
    """Withdraw, pause, resume, sell, renew or archive; raises `Listing.Impossible`, and
    `NothingLeft` where the ad would be live with nothing to sell.
    """
    with transaction.atomic():
        listing = locked(listing)
        if act in (Act.RESUME, Act.RENEW) and listing.quantity == Decimal(0):
            raise NothingLeft
        listing.move(act, Role.SELLER, by)
    return listing


def can(listing: Listing, act: Act) -> bool:
    """For buttons; the act itself looks again."""
    if not may(Role.SELLER, act, listing.state):
        return False
    return act != Act.RENEW or listing.can_be_renewed


def follow_stock(listing: Listing, by: User | None, role: Role = Role.SELLER) -> None:
    """Nothing left pauses an ad; what came in again puts it back. The caller holds the lock."""
    if listing.state == State.PUBLISHED and listing.quantity == Decimal(0):
        listing.move(Act.RUN_OUT, role, by)
    elif listing.state == State.PAUSED and listing.quantity != Decimal(0):
        last = listing.history.first()
        if last and last.act == Act.RUN_OUT:
            listing.move(Act.RESUME, role, by)


def take_from_stock(listing: Listing, quantity: Decimal) -> None:
    """Less is left, or more if negative. The caller holds the lock and knows that it suffices."""
    if listing.quantity is None:
        return
    listing.quantity = min(listing.quantity - quantity, MOST_LEFT)
    listing.changed("quantity")
    follow_stock(listing, None, Role.ORDER)


def act_on_all(listings: Iterable[Listing], act: Act, by: User) -> int:
    """On those that can; how many there were."""
    done = 0
    for listing in listings:
        try:
            act_on(listing, act, by)
        except (Listing.Impossible, NothingLeft, Listing.DoesNotExist):
            continue  # it has changed since it was chosen
        done += 1
    return done
