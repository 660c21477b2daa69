import re

import pytest
from django.core.management import call_command
from django.utils.translation import gettext, override

from tests.html import assert_valid

LANGUAGES = ["en", "ru", "kk"]
OPEN = [pytest.param("", marks=pytest.mark.django_db), "help/", "contact/"]

# Without the mark these tests may not use the database: that proves that the pages need none.
pytestmark = pytest.mark.usefixtures("operator_is_known", "catalogue_is_known")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", OPEN)
def test_a_public_page_is_proper_html_in_its_language_without_database_and_cookie(
    client, language, page
):
    response = client.get(f"/{language}/{page}")

    assert response.status_code == 200
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}">' in response.content.decode()
    assert not response.cookies
    assert_valid(response)


@pytest.mark.parametrize("page", OPEN)
def test_a_page_tells_search_engines_its_address_in_each_language(client, settings, page):
    settings.SITE_URL = "https://kazvek.test"

    html = client.get(f"/kk/{page}?utm=1").content.decode()

    alternates = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', html))
    assert f'<link rel="canonical" href="https://kazvek.test/kk/{page}">' in html
    assert alternates == {
        "en": f"https://kazvek.test/en/{page}",
        "ru": f"https://kazvek.test/ru/{page}",
        "kk": f"https://kazvek.test/kk/{page}",
        "x-default": f"https://kazvek.test/ru/{page}",
    }
    assert '<meta name="description"' in html
    assert "noindex" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_links_stay_on_the_same_page_with_its_question(client, language):
    html = client.get(f"/{language}/help/?q=wheat").content.decode()

    for code in LANGUAGES:
        assert f'href="/language/{code}/?next=%2F{code}%2Fhelp%2F%3Fq%3Dwheat"' in html


@pytest.mark.clause("P7.4")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", [*OPEN, "no-such-page/"])
def test_the_footer_carries_the_years_and_the_rights(client, time_machine, language, page):
    time_machine.move_to("2031-05-05")

    html = client.get(f"/{language}/{page}").content.decode()

    with override(language):
        rights = gettext("2009-%(year)s © All Rights Reserved") % {"year": 2031}
    assert html.count(f"<span>{rights}</span>") == 1
    assert rights.startswith("2009-2031 © ")
    assert rights.endswith("All Rights Reserved") == (language == "en")


def test_the_contact_page_names_the_operator(client):
    html = client.get("/en/contact/").content.decode()

    assert "VECTOR&#x27;KZ" in html
    assert "kazvek.com" in html
    assert 'href="mailto:support@kazvek.com"' in html


def test_every_link_on_a_public_page_leads_somewhere(client, db):
    call_command("load_documents", sample_operator=True, verbosity=0)
    pages = {"/en/", "/en/help/", "/en/contact/", "/en/listings/", "/en/sellers/", "/en/cart/"}
    links = {
        link
        for page in pages
        for link in re.findall(r'<a [^>]*href="(/[^"#]*)"', client.get(page).content.decode())
    }

    answers = {link: client.get(link).status_code for link in links - pages}

    assert {link: code for link, code in answers.items() if code not in (200, 302)} == {}


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("page", OPEN)
def test_public_pages_are_only_read(client, method, page):
    assert getattr(client, method)(f"/en/{page}").status_code == 405
