from django.db import connection, transaction

from accounts.models import User
from kazvek.demo import BUYER, MODERATOR, ROLES, SELLER
from kazvek.demo.ads import add_ads
from kazvek.demo.more_sellers import more_sellers
from kazvek.demo.orders import add_orders
from kazvek.demo.people import add_people, add_person
from kazvek.demo.sellers import SELLERS, add_sellers
from listings.reindexing import reindex
from listings.vocabulary import learn

# Each has about so many ads; a very large market has only longer lists.
ADS_PER_SELLER = 15
MOST_SELLERS = 3000


def fill(listings: int, seed: int) -> int:
    """Add what is missing and change nothing that is there. How many ads are new.

    A large market is filled in chunks; after an interruption the next call goes on.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('demo'))")
        add_people()
        people = User.objects.in_bulk(ROLES, field_name="email")
        if SELLER not in people:
            return 0
        moderator = people.get(MODERATOR)
        wanted = min(listings // ADS_PER_SELLER, MOST_SELLERS)
        sellers = [*SELLERS, *more_sellers(range(len(SELLERS), wanted), seed)]
        traders = add_sellers(sellers, people[SELLER], moderator, add_person)
    if not traders:
        return 0
    added = add_ads(traders, moderator, listings=listings, seed=seed)
    behind = 0 if added else None
    while behind is not None:
        behind = reindex(behind=behind)
    if added:
        learn()
        add_orders(people[BUYER], people[SELLER])
    return added
