"""How often an ad is looked at: counted without names, put into rows once, shown to its seller."""

import re
from datetime import timedelta

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from listings import statistics
from listings.models import DailyCount, Favourite, Folding
from listings.tasks import fold_counts
from privacy.consents import object_to
from privacy.ledger import Occasion
from sellers.models import Member, Phone
from tests.html import assert_valid

PERSON = "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 Chrome/126.0 Mobile"
FROM_HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture(autouse=True)
def valkey_was_never_away(monkeypatch):
    monkeypatch.setattr(statistics, "away_until", 0.0)


@pytest.fixture
def listing(make_listing):
    listing = make_listing(price=98_500)
    Phone.objects.create(seller=listing.seller, number="+77012345678")
    return listing


def look(listing, client=None, agent=PERSON, method="get", **headers):
    client = client or Client()
    page = f"/en/listing/{listing.pk}/pshenitsa-3-klassa/"
    return getattr(client, method)(page, HTTP_USER_AGENT=agent, **headers)


def counted():
    fold_counts()
    return list(DailyCount.objects.values_list("views", "reveals", "saves"))


def test_visits_reveals_and_saves_of_a_day_stand_in_one_row(listing, marat, publish_version):
    publish_version(purposes=["statistics"])
    visitor = Client()
    visitor.force_login(marat)
    agent = {"HTTP_USER_AGENT": PERSON}

    for _ in range(2):  # what is done again counts once
        look(listing, visitor)
        look(listing, REMOTE_ADDR="203.0.113.9")
        visitor.post(f"/en/listing/{listing.pk}/phone/", **FROM_HERE, **agent)
        visitor.post(f"/en/listing/{listing.pk}/save/", **FROM_HERE, **agent)
        visitor.post(f"/en/listing/{listing.pk}/unsave/", **FROM_HERE, **agent)

    assert counted() == [(2, 1, 1)]
    assert DailyCount.objects.get().day == timezone.localdate()


def test_the_same_visitor_counts_again_half_an_hour_later(listing):
    look(listing)
    with redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"]) as valkey:
        [seen] = valkey.keys(cache.make_key("listings:counts:now")[:33] + "*seen*")
        lasts = valkey.ttl(seen)
        valkey.delete(seen)
    look(listing)

    assert 1700 < lasts <= 1800
    assert counted() == [(2, 0, 0)]


@pytest.mark.parametrize(
    "visit",
    [
        {"agent": ""},
        {"agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"agent": "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"},
        {"agent": "facebookexternalhit/1.1"},
        {"agent": "WhatsApp/2.23.20.0"},
        {"agent": "curl/8.5.0"},
        {"agent": "python-requests/2.32"},
        {"agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126.0"},
        {"method": "head"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
    ],
)
def test_programs_and_what_nobody_looks_at_are_left_out(listing, visit):
    answer = look(listing, **visit)

    assert answer.status_code == 200
    assert counted() == []


@pytest.mark.parametrize("state", ["paused", "expired", "sold"])
def test_what_is_not_on_offer_is_not_counted(listing, state):
    listing.state = state
    listing.save()

    look(listing)

    assert counted() == []


@pytest.mark.parametrize("role", ["owner", "manager", "viewer"])
def test_the_sellers_own_people_are_not_counted(listing, make_user, role):
    colleague = make_user(f"{role}@example.com")
    Member.objects.create(seller=listing.seller, user=colleague, role=role)
    client = Client()
    client.force_login(colleague)

    look(listing, client)
    client.post(f"/en/listing/{listing.pk}/phone/", **FROM_HERE, HTTP_USER_AGENT=PERSON)
    client.post(f"/en/listing/{listing.pk}/save/", **FROM_HERE, HTTP_USER_AGENT=PERSON)

    assert counted() == []
    assert Favourite.objects.count() == 1


@pytest.mark.clause("P3.1k")
@pytest.mark.parametrize("stops", ["objection", "restriction"])
def test_who_objects_to_statistics_or_is_left_in_peace_is_counted_no_more(
    listing, marat, make_user, publish_version, stops
):
    publish_version(purposes=["statistics"])
    if stops == "objection":
        object_to(marat.subject, "statistics", Occasion("objection", ""), sentence="I object.")
    else:
        marat.subject.restrict()
    for person in (marat, make_user("other@example.com")):
        visitor = Client()
        visitor.force_login(person)
        look(listing, visitor)

    assert counted() == [(1, 0, 0)]


@pytest.mark.clause("P3.1k")
def test_of_a_person_who_sells_and_objects_nothing_is_counted(
    make_seller, make_listing, publish_version
):
    publish_version(purposes=["statistics"])
    objects, sells = (make_seller(name, form="person") for name in ("Айгүл", "Марат"))
    object_to(objects.subject, "statistics", Occasion("objection", ""), sentence="I object.")
    ads = [make_listing(seller=seller) for seller in (objects, sells)]

    for ad in ads:
        look(ad)

    assert counted() == [(1, 0, 0)]
    assert DailyCount.objects.get().listing == ads[1]


def test_moderators_who_look_are_not_counted(listing, make_user):
    moderator = Client()
    moderator.force_login(make_user("moderator@example.com", is_staff=True))

    look(listing, moderator)
    moderator.post(f"/en/listing/{listing.pk}/phone/", **FROM_HERE, HTTP_USER_AGENT=PERSON)

    assert counted() == []


@pytest.mark.clause("P2.5", "P3.1j")
def test_nothing_that_is_kept_leads_to_a_visitor_and_all_of_it_ends(
    listing, marat, publish_version
):
    publish_version(purposes=["statistics"])
    client = Client()
    client.force_login(marat)
    look(listing, client, REMOTE_ADDR="203.0.113.197")

    with redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"]) as valkey:
        prefix = django_settings.CACHES["default"]["KEY_PREFIX"]
        keys = valkey.keys(f"{prefix}*")
        kept = b" ".join(keys) + b" ".join(map(valkey.dump, keys))
        ends = [valkey.ttl(key) for key in keys]

    assert len(keys) == 2
    assert all(0 < end <= 14 * 24 * 60 * 60 for end in ends)
    for canary in (b"203.0.113", b"CUBOT", b"marat", str(marat.subject_id).encode()):
        assert canary not in kept


def test_put_into_rows_twice_it_counts_once_and_more_is_added(listing):
    look(listing)
    fold_counts()
    fold_counts()
    look(listing, REMOTE_ADDR="203.0.113.9")

    assert counted() == [(2, 0, 0)]
    assert counted() == [(2, 0, 0)]


def test_a_worker_that_dies_before_or_after_the_commit_loses_and_doubles_nothing(
    listing, monkeypatch
):
    look(listing)
    with monkeypatch.context() as broken:
        broken.setattr(statistics, "ADD", "SELECT 1 / 0 -- %s %s %s %s %s")
        with pytest.raises(Exception, match="division by zero"):
            fold_counts()
    assert not DailyCount.objects.exists()
    look(listing, REMOTE_ADDR="203.0.113.9")

    # The batch that was interrupted first, then what came meanwhile; a batch that is in the
    # table already stays in Valkey until the next time.
    fold_counts()
    assert counted() == [(2, 0, 0)]


def test_what_was_counted_of_an_ad_erased_meanwhile_harms_nobody(listing, make_listing):
    other = make_listing()
    look(listing)
    look(other)
    listing.delete()

    assert counted() == [(1, 0, 0)]
    assert DailyCount.objects.get().listing == other


def test_without_valkey_pages_are_shown_at_once_and_the_worker_tries_again(listing, settings):
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}

    assert look(listing).status_code == 200
    with pytest.raises(redis.ConnectionError):
        fold_counts()

    assert not DailyCount.objects.exists()
    assert Folding.objects.count() <= 1


@pytest.fixture
def visitor(listing, make_user, make_seller, marat):
    """`visitor("viewer")`: the browser of somebody like that."""

    def visit(who):
        client = Client()
        if who == "anonymous":
            return client
        if who == "owner":
            user = listing.seller.members.get(role="owner").user
        elif who == "other owner":
            user = make_seller("Other", owner=marat).members.get().user
        elif who == "moderator":
            user = make_user("moderator@example.com", is_staff=True)
        else:
            user = make_user(f"{who}@example.com")
            if who in ("manager", "viewer"):
                Member.objects.create(seller=listing.seller, user=user, role=who)
        client.force_login(user)
        return client

    return visit


@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 302), ("stranger", 404), ("other owner", 404), ("moderator", 404),
     ("viewer", 200), ("manager", 200), ("owner", 200)],
)  # fmt: skip
def test_only_who_acts_for_the_seller_sees_the_statistics(visitor, listing, who, status):
    DailyCount.objects.create(listing=listing, day=timezone.localdate(), views=777)

    answer = visitor(who).get(f"/en/account/listings/{listing.pk}/stats/")

    assert answer.status_code == status
    assert ("777" in answer.content.decode()) == (status == 200)
    if status == 200:
        assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(("language", "days"), [("en", 7), ("ru", 30), ("kk", 90)])
def test_the_chart_and_the_table_tell_the_same_days(visitor, listing, language, days):
    today = timezone.localdate()
    for back, views in ((0, 4), (6, 100), (29, 50), (89, 25), (90, 10_000)):
        DailyCount.objects.create(
            listing=listing, day=today - timedelta(days=back), views=views, reveals=1, saves=2
        )

    answer = visitor("viewer").get(f"/{language}/account/listings/{listing.pk}/stats/?days={days}")

    html = answer.content.decode()
    total = {7: 104, 30: 154, 90: 179}[days]
    assert_valid(answer)
    assert f'<dd class="number">{total}</dd>' in html
    heights = [
        int(height)
        for height in re.findall(r'<rect x="\d+" y="\d+" width="8" height="(\d+)"', html)
    ]
    assert len(heights) == days == html.count('<th scope="row"')
    assert (max(heights), heights[-1]) == (100, 4)
    assert "style=" not in html


@pytest.mark.parametrize("days", ["", "365", "x"])
def test_another_period_is_the_usual_one_and_no_visits_are_said_in_words(visitor, listing, days):
    answer = visitor("owner").get(f"/en/account/listings/{listing.pk}/stats/?days={days}")

    html = answer.content.decode()
    assert_valid(answer)
    assert '<a href="?days=30" aria-current="page">' in html
    assert "Nobody has looked at the ad" in html
    assert "<table" not in html
