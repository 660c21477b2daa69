"""The one form of a search: whatever an address says, it means something or nothing."""

import re

import pytest
from django.http import QueryDict

from listings import finding
from listings.catalogue import current_catalogue
from listings.models import Rate
from listings.query import Query
from tests.html import assert_valid

pytestmark = pytest.mark.usefixtures("places", "catalogue")
WHEAT = "/en/listings/wheat/"


def canonical(query):
    return Query.from_request(QueryDict(query)).canonical


MEANT = {
    "q=&deal=&region=&sort=&after=&unknown=1": "",
    "q=%20 пшеница%00%20%0A3  ": "q=%D0%BF%D1%88%D0%B5%D0%BD%D0%B8%D1%86%D0%B0+3",
    "region=KZ-39&region=KZ-11&region=KZ-39&region=XX": "region=KZ-11&region=KZ-39",
    "deal=sale&deal=rent": "deal=rent",
    "deal=steal&sort=random&view=hologram&km=5": "",
    "price_from=1 250 000,50&price_to=1000": "price_from=1000&price_to=1250000.5",
    "price_from=-5&price_to=NaN": "",
    "price_from=1e999&price_to=99999999999999999999": "",
    "a.wheat_class=class_3&a.wheat_class=nonsense": "a.wheat_class=class_3",
    "a.protein_pct_from=12,5&a.protein_pct=7": "a.protein_pct_from=12.5",
    "a.nothing=1&a.=2&a.protein_pct_from_from=3": "",
    "no_price=1": "",
    "no_price=1&price_to=5": "no_price=1&price_to=5",
    "sort=new": "",
    "sort=new&q=x": "q=x&sort=new",
    "sort=nearest&km=10": "",
    "after=1-1&view=table&deal=sale": "deal=sale",
}


def test_addresses_that_mean_the_same_become_the_same():
    assert {asked: canonical(asked) for asked in MEANT} == MEANT
    assert {meant: canonical(meant) for meant in MEANT.values()} == {
        one: one for one in MEANT.values()
    }


def test_a_town_is_known_by_its_name_in_any_language_and_by_its_number(client):
    rudny = next(one for one in current_catalogue().towns if one.name_ru == "Рудный")

    for name in ("Рудный", "рудный", "Rudnyy", str(rudny.pk), "Рудный, Костанайская область"):
        page = client.get("/ru/listings/", {"near": name, "km": "50", "sort": "nearest"})
        assert page.context["query"].near == rudny, name
    assert canonical(f"near={rudny.pk}&km=50") == f"km=50&near={rudny.pk}"
    assert canonical("near=Атлантида&km=50") == ""


HOSTILE = [
    "q='; DROP TABLE listings_listing; --",
    "q=%25%27%22%5C%3A%26%7C%21%28%29%3C-%3E",
    "q=" + "а%CC%81" * 3000,
    "q=%F0%9F%9A%9C%00%EF%BF%BF%ED%A0%80",
    "region[]=KZ-39&region=%27&deal[$ne]=1",
    "near=99999999999999999999&km=0&km=-1&sort=nearest",
    "near=%00&km=" + "9" * 500,
    "after=9999999999999999999999-1&sort=price",
    "after=.00-1&sort=-price&no_price=1",
    "a.protein_pct_from=" + "9" * 400 + "&a.protein_pct_to=-0.00000001",
    "&".join(f"a.wheat_class=class_{n}" for n in range(300)),
    "view[]=table&sort=%FF%FE",
]


def test_nonsense_and_malice_are_answered_with_a_page(client):
    for hostile in HOSTILE:
        for path in ("/en/listings/", WHEAT, "/en/listings/feed/"):
            response = client.get(f"{path}?{hostile}")
            assert response.status_code == 200, (path, hostile)
    assert client.get(f"/en/listings/?{'x=1&' * 600}").status_code == 400
    assert client.post(WHEAT).status_code == 405


def test_what_was_asked_is_repeated_as_words_and_never_as_markup(client):
    hostile = '"><script>alert(1)</script>' + "x" * 5000

    response = client.get("/en/listings/", {"q": hostile})

    assert "<script>alert" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text
    assert "x" * 100 not in re.search(r"<h3.*?</h3>", response.text)[0]
    assert_valid(response)


def test_an_empty_result_offers_what_would_find_something_with_its_numbers(client, make_listing):
    make_listing(price=98_000)
    make_listing("Ячмень", category="barley", price=70_000)

    page = client.get(f"{WHEAT}?region=KZ-39&price_to=80000&q=ячмень")
    page = client.get(f"{WHEAT}?region=KZ-39&price_to=80000")

    offered = {one.label: (one.url, one.number) for one in page.context["widenings"]}
    assert offered == {
        "without “up to 80\xa0000 ₸/t”": (f"{WHEAT}?region=KZ-39", 1),
        "in “Cereals”": ("/en/listings/cereals/?price_to=80000&region=KZ-39", 1),
        "in “Grain, oilseeds and pulses”": (
            "/en/listings/grain-oilseeds-pulses/?price_to=80000&region=KZ-39",
            1,
        ),
        "in all categories": ("/en/listings/?price_to=80000&region=KZ-39", 1),
    }
    for url, number in offered.values():
        assert client.get(url).context["found"].total == number
    assert_valid(page)


@pytest.mark.parametrize(
    ("language", "offer"),
    [
        ("en", "without “qwzzkx”"),
        ("ru", "без слов «qwzzkx»"),
        ("kk", "«qwzzkx» сөздерінсіз"),
    ],
)
def test_words_that_find_nothing_are_quoted_once(client, make_listing, language, offer):
    make_listing()

    page = client.get(f"/{language}/listings/wheat/?q=qwzzkx")

    assert [one.label for one in page.context["widenings"]] == [offer]


def test_rows_and_tables_say_what_makes_prices_unlike(client, make_listing):
    Rate.objects.create(currency="USD", tenge=525)
    make_listing("За доллары", price=160, currency="USD")
    make_listing("Не меньше", price=90_000, price_kind="from")
    make_listing("Куплю", price=80_000, deal_type="wanted")

    rows = client.get(WHEAT).text
    table = client.get(f"{WHEAT}?view=table").text
    everywhere = client.get("/en/listings/?view=table").text

    assert '<span class="number">≈ 84\xa0000 ₸/t</span>' in rows
    assert "<b>from 90\xa0000</b>" in rows
    assert rows.count("<span>Wanted</span>") == 1
    assert '<span class="table__strong">84\xa0000</span><br><small>160 $/t</small>' in table
    assert "from 90\xa0000 ₸/t" in table
    # Where tonnes stand beside pieces each number has its unit.
    assert "80\xa0000</span>&#32;<small>₸/t</small>" in everywhere


def test_search_engines_get_one_address_of_a_category_and_no_searches(client, make_listing):
    make_listing()

    plain, filtered = client.get(WHEAT).text, client.get(f"{WHEAT}?region=KZ-39&view=table").text
    searched, empty = client.get(f"{WHEAT}?q=пшеница").text, client.get("/en/listings/oats/").text

    for html in (plain, filtered):
        assert '/en/listings/wheat/">' in html[html.index('rel="canonical"') :].partition("\n")[0]
        assert 'hreflang="kk"' in html
    assert "noindex" not in plain
    for html in (searched, empty):
        assert '<meta name="robots" content="noindex">' in html
        assert "canonical" not in html


def test_whoever_stands_between_may_keep_the_page_of_a_visitor_and_not_that_of_a_member(
    client, make_listing, aigul
):
    make_listing()

    first = client.get(WHEAT)
    again = client.get(WHEAT, headers={"if-none-match": first["ETag"]})
    client.force_login(aigul)
    own = client.get(WHEAT)

    assert "public" in first["Cache-Control"]
    assert not first.cookies
    assert (again.status_code, again.content) == (304, b"")
    assert "public" not in own.get("Cache-Control", "")


@pytest.mark.django_db(transaction=True)
def test_a_search_that_takes_too_long_is_made_among_the_ads_of_the_last_days(
    client, make_listing, monkeypatch
):
    make_listing()
    ask = finding.ask
    monkeypatch.setattr(finding, "PATIENCE", 1)
    slow = "SELECT '{part}', 'total', '', count(*) FROM {part}, pg_sleep(1)"

    def ask_slowly(counted, *rest):
        if finding.LAST_DAYS not in asked:
            asked.append(finding.LAST_DAYS)
            return ask(slow, *rest)
        monkeypatch.setattr(finding, "PATIENCE", 2000)
        return ask(counted, *rest)

    asked = []
    monkeypatch.setattr(finding, "ask", ask_slowly)

    page = client.get(WHEAT)

    assert page.context["found"].is_partial
    assert len(page.context["cards"]) == 1
    assert "only the ads of the last seven days" in page.text
