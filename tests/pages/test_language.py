import pytest


@pytest.mark.parametrize(
    ("accepts", "home"),
    [
        ("kk-KZ,kk;q=0.9,ru;q=0.8", "/kk/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("de-DE,de;q=0.9,ru;q=0.4", "/ru/"),
        ("de-DE", "/ru/"),
        ("", "/ru/"),
    ],
)
def test_the_bare_address_leads_to_the_best_language(client, accepts, home):
    response = client.get("/", headers={"accept-language": accepts})

    assert response.status_code == 302
    assert response.url == home
    assert {"Cookie", "Accept-Language"} <= set(response.headers["Vary"].split(", "))


def test_a_chosen_language_is_kept_and_shows_the_same_page(client):
    response = client.get("/language/kk/", {"next": "/ru/help/?from=footer"})

    assert response.url == "/kk/help/?from=footer"
    assert response.cookies["language"].value == "kk"
    assert client.get("/", headers={"accept-language": "en"}).url == "/kk/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.com/", "//example.com/ru/", "/\\example.com", "javascript:alert(1)", "", "x"],
)
def test_choosing_a_language_never_leads_out_of_the_house(client, elsewhere):
    response = client.get("/language/en/", {"next": elsewhere})

    assert response.url == "/en/"


@pytest.mark.django_db
def test_an_unknown_language_is_not_found_and_sets_nothing(client):
    response = client.get("/language/xx/")

    assert response.status_code == 404
    assert not response.cookies
