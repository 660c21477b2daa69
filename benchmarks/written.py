"""What people send: orders that lie ready in their carts, ads that lie ready as drafts.

Imported when Django is set up, on the database of the portal that is asked.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, pairwise

from django.conf import settings
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from accounts.models import User
from benchmarks.client import post
from kazvek.demo import MODERATOR
from listings.models import Listing
from listings.states import State
from orders.models import Order
from proofs.buyers import Buyer
from proofs.visitors import Forms
from sellers.models import Member

# Sellers who publish, each with a browser of their own; large ones have published all they may.
PUBLISHERS = 20
IN_CART = 12
AT_ONCE = 8
NETWORK = "10.200.0.1"
# Of a form: the same in the cookie.
TOKEN = "k" * 32
CHANGES = "/en/account/privacy/changes/"


def orders(address: str, first: int, count: int) -> list[bytes]:
    """The last press of so many buyers, each with something else in the cart."""
    chosen = offers().values_list("pk", "seller__slug")[first : first + count]
    buyers = [buyer_of(address, number, *offer) for number, offer in enumerate(chosen, first)]
    with ThreadPoolExecutor(AT_ONCE) as people:
        return list(people.map(ready, buyers))


def offers():
    return (
        Listing.objects.live()
        .filter(
            deal_type="sale",
            price_kind="exact",
            currency="KZT",
            minimum_order=None,
            step=None,
            quantity__gte=10,
            seller__minimum_order=None,
        )
        .order_by("pk")
    )


def buyer_of(address, number, listing, seller):
    return Buyer(
        number, address, listing, seller, quantity=1, presses=1, starts_at=time.monotonic()
    )


def full_cart(address: str) -> Buyer:
    """A buyer in whose cart there are several ads of one seller."""
    many = (
        offers().values("seller__slug").annotate(ads=Count("pk")).order_by("-ads", "seller__slug")
    )
    seller = many[0]["seller__slug"]
    chosen = offers().filter(seller__slug=seller).values_list("pk", flat=True)[:IN_CART]
    buyer = buyer_of(address, 0, chosen[0], seller)
    for listing in chosen:
        buyer.listing = listing
        if not buyer.fill_cart():
            raise RuntimeError(f"Nothing to order of ad {listing}: {buyer.refused}")
    return buyer


def ready(buyer):
    if not buyer.fill_cart():
        raise RuntimeError(f"Nothing to order of ad {buyer.listing}: {buyer.refused}")
    form = buyer.open_form()
    return post(buyer.address, buyer.ordering, form, cookies_of(buyer), buyer.network)


def cookies_of(buyer):
    return "; ".join(f"{one.name}={one.value}" for one in buyer.cookies)


def drafts(address: str, count: int) -> list[bytes]:
    """The button that publishes them, of so many drafts of sellers who are trusted."""
    owners = Member.objects.filter(
        role=Member.Role.OWNER, user__is_active=True, seller__in=trusted()
    ).select_related("user")
    owners = owners.order_by("-pk")[:PUBLISHERS]
    browsers = [(owner.seller, signed_in(owner.user)) for owner in owners]
    made, presses = [], []
    examples = Listing.objects.live().filter(deal_type="sale", price_kind="exact")
    examples = list(examples.order_by("-pk")[:count])
    # Nobody may offer the same twice.
    titles = [
        f"{one.title[:40]} {other.title[:40]}"
        for one, other in pairwise([*examples, *examples[:1]])
    ]
    for example, title, (seller, cookies) in zip(examples, titles, cycle(browsers), strict=False):
        example.title = title
        made.append(draft_like(example, seller))
        path = reverse("listings:publish", args=[made[-1].pk])
        presses.append(post(address, path, {"csrfmiddlewaretoken": TOKEN}, cookies, NETWORK))
    return presses


def signed_in(user) -> str:
    """The cookies of a browser of theirs."""
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user)
    agree(browser)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
    return "; ".join(map("=".join, cookies.items()))


def agree(browser):
    """To the documents as they are now, which most of the crowd have never read."""
    page = browser.get(CHANGES).content.decode()
    if form := Forms(page).found.get(""):
        browser.post(CHANGES, form)


def trusted():
    lately = Listing.objects.filter(state=State.PUBLISHED).values("seller")
    return lately.filter(seller__verified_at__isnull=False).distinct()


def draft_like(example, seller):
    example.pk, example.seller, example.state = None, seller, State.DRAFT
    example._state.adding = True
    example.phone = example.waiting_since = example.first_published_at = None
    example.sort_at = example.expires_at = None
    example.photo_order, example.document_order, example.version = [], [], 1
    example.save()
    return example


def how_many() -> tuple[int, int]:
    """Orders, and ads that are published, or that somebody has to read first."""
    sent = Listing.objects.filter(state__in=[State.PUBLISHED, State.PENDING])
    return Order.objects.count(), sent.count()


def of_people(address: str) -> dict[str, tuple[str, str]]:
    """Addresses of pages that each are one person's, with the cookies of that person's browser:
    of a buyer, of the seller with the most orders and of a moderator.
    """
    buyer = full_cart(address)
    cart = cookies_of(buyer)
    sales = Order.objects.values("seller").annotate(orders=Count("pk"))
    most = sales.order_by("-orders", "seller")[0]["seller"]
    owners = Member.objects.filter(role=Member.Role.OWNER, user__is_active=True, seller=most)
    seller = signed_in(owners.select_related("user")[0].user)
    sold = Order.objects.filter(seller=most).order_by("-pk")[0]
    moderator = signed_in(User.objects.get(email=MODERATOR))
    return {
        "cart": ("/ru/cart/", cart),
        "order form": (f"/ru/cart/{buyer.seller}/KZT/order/", cart),
        "order": (f"/ru/orders/{sold.reference}/", seller),
        "sales": ("/ru/account/sales/", seller),
        "own ads": ("/ru/account/listings/", seller),
        "moderation queue": ("/admin/moderation/queue/", moderator),
    }
