import pytest
from django.test import Client

from tests.html import assert_valid

# These tests may not use the database: an error page must do without.
pytestmark = [
    pytest.mark.urls("tests.pages.crashing_urls"),
    pytest.mark.usefixtures("operator_is_known", "catalogue_is_known"),
]

ERRORS = [
    ("suspect/", 400),
    ("forbidden/", 403),
    ("no-such-page/", 404),
    ("too-often/", 429),
    ("crash/", 500),
    ("away/", 503),
]


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
@pytest.mark.parametrize(("page", "status"), ERRORS)
def test_an_error_answers_in_the_design_and_the_language_of_the_address(
    visitor, language, page, status
):
    response = visitor.get(f"/{language}/{page}")

    html = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}">' in html
    assert 'class="header"' in html
    assert '<meta name="robots" content="noindex">' in html
    assert "on purpose" not in html
    assert not response.cookies
    assert response.headers["Cache-Control"] == "no-store"
    assert_valid(response)


def test_without_a_language_in_the_address_the_browsers_choice_counts(visitor):
    response = visitor.get("/crash/", headers={"accept-language": "kk"})

    assert response.status_code == 500
    assert '<html lang="kk">' in response.content.decode()


def test_a_form_without_its_token_is_refused_with_an_explanation():
    visitor = Client(enforce_csrf_checks=True)

    response = visitor.post("/en/accounts/login/", {"login": "aigerim@example.com"})

    assert response.status_code == 403
    assert "Nothing has been saved or sent." in response.content.decode()
    assert "aigerim" not in response.content.decode()
    assert_valid(response)


def test_a_missing_page_offers_the_search(visitor):
    html = visitor.get("/en/no-such-page/").content.decode()

    assert '<form class="search-bar" action="/en/listings/">' in html


def test_a_portal_that_is_away_says_when_to_come_again(visitor):
    assert visitor.get("/en/away/").headers["Retry-After"] == "60"


def test_when_even_the_error_page_breaks_the_visitor_is_answered(visitor, settings):
    settings.TEMPLATES = [
        settings.TEMPLATES[0] | {"DIRS": [], "APP_DIRS": False, "OPTIONS": {}},
    ]

    response = visitor.get("/ru/crash/")

    assert response.status_code == 500
    assert "Попробуйте ещё раз" in response.content.decode()
    assert_valid(response)
