"""The numbers beside filters are what choosing them shows."""

import random
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from listings.answers import pack, unpack
from listings.catalogue import current_catalogue
from listings.facets import facets_of, own, parts_of
from listings.finding import search
from listings.models import Attribute, DealType, HiddenSeller, Listing, SearchDocument
from listings.newest import Market
from listings.query import Query, Range
from sellers.models import Seller

Type = Attribute.Type
REGIONS = ["KZ-39", "KZ-11", "KZ-59", "KZ-55"]
CATEGORIES = ["wheat", "barley", "tractors"]
PLACES = [None, "grain-oilseeds-pulses", "cereals", *CATEGORIES]
SEARCHES = 100
SINCE = '"sort_at" >='


@pytest.fixture
def crowd(make_seller, catalogue):
    """Two hundred ads that answer at random, always the same. Not all of them are to be found."""
    chance, known = random.Random(7), current_catalogue()
    sellers = [make_seller("Дала"), make_seller("Тыныштық", form="person")]
    ads = []
    for number in range(200):
        category = known.by_slug[chance.choice(CATEGORIES)]
        ads.append(
            Listing(
                seller=chance.choice(sellers),
                category=category,
                deal_type=chance.choice(category.deal_types),
                title=f"Объявление {number}",
                language="ru",
                answers=pack(answered(known.attributes_of(category), chance)),
                state=chance.choice(["published"] * 9 + ["paused"]),
                price=chance.choice([None, *range(1000, 100_000, 7000)]),
                price_kind="negotiable",
                unit=category.price_unit,
                region_id=chance.choice(REGIONS),
                **dates(number, is_over=chance.random() < 0.1),
            )
        )
    for ad in ads:
        ad.compare_price({})
    Listing.objects.bulk_create(ads)
    SearchDocument.objects.file(ads)
    Seller.objects.get(form="person").subject.restrict()
    return ads


def dates(number, is_over):
    now = timezone.now() - timedelta(minutes=number)
    return {
        "first_published_at": now,
        "sort_at": now,
        "expires_at": now + timedelta(days=-1 if is_over else 30),
    }


def answered(questions, chance):
    answers = {}
    for question in questions:
        if chance.random() < 0.4:
            continue
        answers[question.attribute] = answer_of(question, chance)
    return answers


def answer_of(question, chance):
    match question.attribute.type:
        case Type.CHOICE:
            return chance.choice(question.choices[:4])
        case Type.CHOICES:
            return chance.sample(question.choices[:4], k=min(2, len(question.choices)))
        case Type.YES_NO:
            return chance.random() < 0.5
        case Type.TEXT:
            return "слово"
    low, high = question.limits
    number = chance.randint(int(low or 0), min(int(high or 3000), int(low or 0) + 40))
    return (
        number
        if question.attribute.type == Type.YEAR
        else Decimal(number) / 2 + Decimal(low or 0) / 2
    )


def random_search(chance):
    known = current_catalogue()
    category = known.by_slug.get(chance.choice(PLACES))
    asked = []
    if chance.random() < 0.3:
        asked.append(("deal", chance.choice(DealType.values)))
    asked += [("region", code) for code in chance.sample(REGIONS, k=chance.randint(0, 2))]
    if chance.random() < 0.3:
        asked += [("price_from", chance.randint(0, 40_000)), ("no_price", chance.choice("01"))]
    questions = known.attributes_of(category) if category else []
    questions = [one for one in questions if one.attribute.is_filterable]
    for question in chance.sample(questions, k=min(len(questions), chance.randint(0, 2))):
        name, value = f"a.{question.attribute.code}", answer_of(question, chance)
        match question.attribute.type:
            case Type.CHOICE:
                asked.append((name, value.code))
            case Type.CHOICES:
                asked += [(name, choice.code) for choice in value]
            case Type.YES_NO:
                asked.append((name, "yes" if value else "no"))
            case Type.NUMBER | Type.YEAR:
                asked.append((f"{name}_{chance.choice(['from', 'to'])}", value))
    return Query.from_request(QueryDict(urlencode(asked)), category)


def suits(ad, answers, query):
    """The naive way: look at the ad itself."""
    if query.category and query.category.pk not in (*ad.category.ancestors, ad.category_id):
        return False
    if query.deal and ad.deal_type != query.deal:
        return False
    if query.regions and ad.region_id not in query.regions:
        return False
    if query.price:
        if ad.price_kzt is None and not query.no_price:
            return False
        if ad.price_kzt is not None and not within(ad.price_kzt, query.price):
            return False
    for attribute, asked in query.answers.items():
        value = answers.get(attribute.pk)
        if value is None:
            return False
        match asked:
            case Range():
                suits = within(Decimal(value), asked)
            case bool():
                suits = value is asked
            case _ if attribute.type == Type.CHOICES:
                suits = set(asked) <= set(value)
            case _:
                suits = value in asked
        if not suits:
            return False
    return True


def within(value, asked):
    return (asked.low is None or value >= asked.low) and (asked.high is None or value <= asked.high)


def chosen(query, facet, option):
    """The query with this option chosen: beside the others where both may be wanted."""
    query = replace(query, after="")
    if facet.name == "deal":
        return replace(query, deal=option.value)
    if facet.name == "region":
        return replace(query, regions=(option.value,))
    attribute = current_catalogue().filters[facet.name[2:]]
    if attribute.type == Type.YES_NO:
        value = option.value == "yes"
    else:
        value = tuple(one for one in attribute.choices.all() if one.code == option.value)
        if attribute.type == Type.CHOICES:
            value += query.answers.get(attribute, ())
    return replace(query, answers=query.answers | {attribute: value})


def test_numbers_are_those_of_a_naive_look_at_every_ad_in_a_hundred_searches(crowd):
    known, chance = current_catalogue(), random.Random(11)
    live = list(Listing.objects.live().select_related("category"))
    told = {
        ad: {answer.attribute.pk: answer.value for answer in unpack(ad.answers, known)}
        for ad in live
    }

    def count(query):
        return sum(suits(ad, told[ad], query) for ad in live)

    assert 0 < len(live) < len(crowd) - 20
    wrong, numbers = [], 0
    for _ in range(SEARCHES):
        query = random_search(chance)
        found = search(query, own(query))
        if found.total != count(query):
            wrong.append((query.canonical, found.total, count(query)))
        for facet in facets_of(query, found):
            for option in [*facet.shown, *facet.rest]:
                if option.value and option.number != count(chosen(query, facet, option)):
                    wrong.append((query.canonical, facet.name, option))
                numbers += 1
        for part in parts_of(query, found):
            if part.number != count(query.within(part.category)):
                wrong.append((query.canonical, part.category.slug, part.number))

    assert wrong == []
    assert numbers > SEARCHES


def test_the_page_shows_numbers_and_marks_them_where_there_are_too_many_to_count(
    client, crowd, monkeypatch
):
    page = client.get("/en/listings/wheat/")
    region = next(one for one in page.context["facets"] if one.name == "region").shown[0]
    narrowed = client.get(f"/en/listings/wheat/?region={region.value}").context["found"].total
    monkeypatch.setattr("listings.finding.EXACT", 10)
    counted_to_ten = client.get("/en/listings/").content.decode()

    assert f"{region.label}<i>{region.number}</i>" in page.text
    assert narrowed == region.number > 0
    assert 'more than <span class="number">10</span> ads' in counted_to_ten
    assert re.search(r"<i>\d+\+</i>", counted_to_ten)
    assert not re.search(r"<i>\d+</i>", counted_to_ten)


@pytest.mark.parametrize("margin", [5, 0.1])
@pytest.mark.parametrize("more", ["", "&sort=price", "&sort=-price", "&region=KZ-39&sort=new"])
def test_words_looked_for_among_the_newest_ads_first_find_the_same_as_among_all(
    client, crowd, monkeypatch, margin, more
):
    address = f"/en/listings/?q=объявление{more}"
    monkeypatch.setattr("listings.finding.EXACT", 10)
    among_all = client.get(address).context["found"]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_searchdocument")
    monkeypatch.setattr("listings.newest.market", Market(0, [], 0))
    for bound, value in {"SMALL_MARKET": 1, "FEW": 1, "OFTEN": 0.1, "MARGIN": margin}.items():
        monkeypatch.setattr(f"listings.newest.{bound}", value)

    with CaptureQueriesContext(connection) as asked:
        found = client.get(f"{address}&again").context["found"]

    searches = [query["sql"] for query in asked if "WITH whole" in query["sql"]]
    # With the smaller margin there are too few among the newest.
    assert ['sort_at" >=' in sql for sql in searches] == ([True] if margin > 1 else [True, False])
    assert found == among_all
    assert not found.is_exact


def test_a_seller_is_hidden_from_search_at_once_and_comes_back_as_he_was(
    client, make_listing, make_seller, aigul, marat
):
    seller = make_seller("Айгүл", form="person", owner=aigul)
    make_listing(seller=seller)

    def shown():
        hidden = set(HiddenSeller.objects.values_list("seller", flat=True))
        public = set(Seller.objects.public().values_list("pk", flat=True))
        assert hidden == set(Seller.objects.values_list("pk", flat=True)) - public
        return client.get("/en/listings/").content.decode().count("<li class=listing-row>")

    seen = [shown()]
    for change, undo in (
        (aigul.subject.restrict, aigul.subject.release),
        (deactivate(aigul, False), deactivate(aigul, True)),
        (seller.members.all().delete, lambda: seller.members.create(user=aigul, role="owner")),
        (
            lambda: seller.members.update(role="viewer"),
            lambda: seller.members.update(role="owner"),
        ),
    ):
        change()
        seen.append(shown())
        undo()
        seen.append(shown())
    seller.delete()
    seen.append(shown())

    assert seen == [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert not HiddenSeller.objects.exists()


def deactivate(user, is_active):
    return lambda: type(user).objects.filter(pk=user.pk).update(is_active=is_active)
