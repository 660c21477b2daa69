"""What people send: orders that lie ready in their carts, ads that lie ready as drafts.

Imported when Django is set up, on the database of the portal that is asked.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, pairwise

from django.conf import settings
from django.test import Client
from django.urls import reverse

from benchmarks.client import post
from listings.models import Listing
from listings.states import State
from orders.models import Order
from proofs.buyers import Buyer
from proofs.visitors import Forms
from sellers.models import Member

# Sellers who publish, each with a browser of their own; large ones have published all they may.
PUBLISHERS = 20
AT_ONCE = 8
NETWORK = "10.200.0.1"
# Of a form: the same in the cookie.
TOKEN = "k" * 32
CHANGES = "/en/account/privacy/changes/"


def orders(address: str, first: int, count: int) -> list[bytes]:
    """The last press of so many buyers, each with something else in the cart."""
    offers = Listing.objects.live().filter(
        deal_type="sale",
        price_kind="exact",
        currency="KZT",
        minimum_order=None,
        step=None,
        quantity__gte=10,
        seller__minimum_order=None,
    )
    chosen = offers.order_by("pk").values_list("pk", "seller__slug")[first : first + count]
    buyers = [
        Buyer(number, address, *offer, quantity=1, presses=1, starts_at=time.monotonic())
        for number, offer in enumerate(chosen, first)
    ]
    with ThreadPoolExecutor(AT_ONCE) as people:
        return list(people.map(ready, buyers))


def ready(buyer):
    if not buyer.fill_cart():
        raise RuntimeError(f"Nothing to order of ad {buyer.listing}: {buyer.refused}")
    form = buyer.open_form()
    cookies = "; ".join(f"{one.name}={one.value}" for one in buyer.cookies)
    return post(buyer.address, buyer.ordering, form, cookies, buyer.network)


def drafts(address: str, count: int) -> list[bytes]:
    """The button that publishes them, of so many drafts of sellers who are trusted."""
    owners = Member.objects.filter(
        role=Member.Role.OWNER, user__is_active=True, seller__in=trusted()
    ).select_related("user")
    browsers = []
    for owner in owners.order_by("-pk")[:PUBLISHERS]:
        browser = Client(SERVER_NAME="localhost")
        browser.force_login(owner.user)
        agree(browser)
        session = browser.cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: TOKEN}
        browsers.append((owner.seller, "; ".join(map("=".join, cookies.items()))))
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
