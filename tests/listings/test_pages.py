import re

import pytest

from listings.catalogue import current_catalogue
from listings.models import Category
from tests.html import assert_valid
from tests.listings.conftest import look_again

LANGUAGES = ["en", "ru", "kk"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "wheat/", "cereals/", "grain-oilseeds-pulses/"])
def test_a_page_of_the_catalogue_is_proper_html_in_its_language_and_knows_nobody(
    client, catalogue, language, path
):
    response = client.get(f"/{language}/listings/{path}")

    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert not response.cookies
    assert_valid(response)


def test_a_category_has_a_page_with_the_way_to_it(client, operator_is_known, catalogue):
    catalogue = current_catalogue()
    for category in list(catalogue.categories.values())[::7]:
        html = client.get(f"/ru/listings/{category.slug}/").content.decode()

        way = re.search(r'<nav class="breadcrumbs".*?</nav>', html, re.DOTALL)[0]
        assert f"<h1>{category.name_ru}</h1>" in html
        for above in catalogue.above(category):
            assert f'href="/ru/listings/{above.slug}/"' in way


@pytest.mark.parametrize(
    ("language", "wheat"), [("en", "Wheat"), ("ru", "Пшеница"), ("kk", "Бидай")]
)
def test_home_names_every_section_and_what_people_mostly_look_for(
    client, catalogue, language, wheat
):
    html = client.get(f"/{language}/").content.decode()

    main = html[html.index("<main") :]
    for section in Category.objects.filter(parent=None):
        assert f'href="/{language}/listings/{section.slug}/"' in main
    assert f'<a href="/{language}/listings/wheat/">{wheat}</a>' in main
    assert "durum-wheat" not in main


def test_home_counts_the_market_once_a_minute(
    client, catalogue, operator_is_known, django_assert_num_queries
):
    current_catalogue()
    look_again()

    with django_assert_num_queries(3):
        client.get("/en/")
    with django_assert_num_queries(0):
        client.get("/en/")


def test_an_unknown_category_is_not_found(client, catalogue):
    assert client.get("/en/listings/unicorns/").status_code == 404


def test_an_archived_category_leads_to_what_is_left_above_it(client, small):
    Category.objects.filter(slug__in=["wheat", "machines"]).update(is_archived=True)

    assert client.get("/en/listings/wheat/").url == "/en/listings/grain/"
    assert client.get("/en/listings/tractors/").url == "/en/listings/"
    assert "/en/listings/tractors/" not in client.get("/en/listings/").content.decode()


def test_a_catalogue_without_categories_still_has_its_page(client, db):
    response = client.get("/en/listings/")

    assert response.status_code == 200
    assert_valid(response)
    assert_valid(client.get("/en/"))
