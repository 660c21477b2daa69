"""What an order form proposes: goods, terms, policy. It goes out signed and is compared after."""

from dataclasses import asdict, dataclass
from hashlib import sha256
from uuid import uuid4

from django.core import signing
from django.utils.translation import gettext as _

from orders.carts import Part, is_closed, part_of
from orders.models import Cart, CartLine
from privacy.documents import purposes_of, version_in_force
from privacy.models import Document, Version
from privacy.models.consents import text_hash
from privacy.sentences import order_sentence
from sellers.models import Seller
from ui.money import with_currency

SALT = "orders.proposal"


class NothingToPropose(Exception):
    """Why nothing can be ordered, in a sentence for the buyer."""

    def __init__(self, words: str):
        super().__init__()
        self.words = words


@dataclass(frozen=True)
class Seal:
    """A proposal in short, as the form carries it."""

    # Of the form: sent twice, it is the same order.
    token: str
    version: int
    sentence: str
    goods: str
    terms: str

    def signed(self) -> str:
        return signing.dumps(asdict(self), salt=SALT)


def read_seal(signed: str) -> Seal | None:
    """None if it is not what we have written."""
    try:
        return Seal(**signing.loads(signed, salt=SALT))
    except signing.BadSignature:
        return None


@dataclass(frozen=True)
class Proposal:
    part: Part
    version: Version

    def seal(self, former: Seal | None) -> Seal:
        """With the token of the former one: looked at once more it is still the same form."""
        terms = self.part.shipping + self.part.payment
        return Seal(
            token=former.token if former else str(uuid4()),
            version=self.version.pk,
            sentence=text_hash(order_sentence()),
            goods=digest(
                (row.pk, row.quantity, row.price_now, row.listing.vat) for row in self.part.rows
            ),
            terms=digest((term.method, term.conditions) for term in terms),
        )

    def news_since(self, seal: Seal | None) -> list[str]:
        """What whoever sends the form has not seen yet, as sentences."""
        if seal is None:
            return [_("We could not read what this form had shown you. Look at it once more.")]
        now, news = self.seal(seal), []
        if (now.version, now.sentence) != (seal.version, seal.sentence):
            news.append(
                _("The privacy policy has changed since this form was opened; it is linked below.")
            )
        if now.goods != seal.goods:
            news.append(_("What you order, or its price, has changed since this form was opened."))
        if now.terms != seal.terms:
            news.append(_("The seller has changed the ways of shipping or payment."))
        return news

    def remarks(self) -> list[str]:
        """On each line that is not as it was when the buyer put it there."""
        left_out = [
            _("“%(title)s” is not ordered now and stays in the cart. %(why)s")
            % {"title": line.listing.title, "why": line.fault}
            for line in self.part.others
        ]
        return left_out + [
            _("“%(title)s”: the price was %(before)s and is now %(now)s.")
            % {
                "title": row.listing.title,
                "before": price_in_words(row),
                "now": price_in_words(row.listing),
            }
            for row in self.part.rows
            if row.has_new_price
        ]

    def rows_as_seen(self) -> list[CartLine]:
        """What is ordered, at the prices that the form shows."""
        for row in self.part.rows:
            row.take_price()
        return self.part.rows

    def note_prices_seen(self) -> None:
        CartLine.objects.bulk_update(self.rows_as_seen(), CartLine.PRICE)


def propose(cart: Cart | None, seller: Seller, currency: str) -> Proposal:
    part = part_of(cart, seller, currency) if cart else None
    if part is None and cart and is_closed(cart, seller):
        raise NothingToPropose(
            _("The seller is closed at present and takes no orders. Your cart keeps the ads.")
        )
    if part is None:
        raise NothingToPropose(_("There is nothing of this seller in the cart."))
    version = version_in_force(Document.Slug.PRIVACY)
    if version is None or "orders" not in purposes_of(version):
        raise NothingToPropose(
            _(
                "No orders are taken just now: the privacy policy in force does not provide for "
                "them. What you have chosen stays in the cart."
            )
        )
    proposal = Proposal(part, version)
    if not part.lines:
        raise NothingToPropose(" ".join(proposal.remarks()))
    return proposal


def price_in_words(priced):
    """Of a line as it was, or of an ad as it is."""
    if priced.price is None:
        return _("on request")
    return f"{with_currency(priced.price, priced.currency)}/{priced.unit_sign}"


def digest(facts):
    return sha256(repr(list(facts)).encode()).hexdigest()
