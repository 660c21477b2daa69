import pytest

pytestmark = pytest.mark.django_db

PAGES = ["/ru/", "/kk/help/", "/en/accounts/login/", "/healthz", "/en/no-such-page/"]


@pytest.mark.clause("P4.3", "P6.1a")
@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_safety_headers(client, page):
    headers = client.get(page).headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Request-ID"]


def test_a_foreign_host_is_refused(client):
    response = client.get("/ru/", headers={"host": "evil.example.com"})

    assert response.status_code == 400


@pytest.mark.parametrize("page", ["/ru/", "/kk/", "/en/", "/en/help/", "/en/contact/"])
def test_a_visit_to_a_public_page_sets_no_cookie_and_is_the_same_for_everybody(client, page):
    response = client.get(page)

    assert response.status_code == 200
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
