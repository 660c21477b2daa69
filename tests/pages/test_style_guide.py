import pytest
from django.contrib.auth import get_user_model

from tests.html import assert_valid

pytestmark = pytest.mark.usefixtures("operator_is_known", "catalogue_is_known")


@pytest.mark.django_db
@pytest.mark.parametrize(("is_staff", "status"), [(True, 200), (False, 404)])
def test_only_staff_see_the_style_guide(client, is_staff, status):
    person = get_user_model().objects.create(email="aigerim@example.com", is_staff=is_staff)
    client.force_login(person)

    assert client.get("/en/style-guide/").status_code == status


def test_a_visitor_does_not_find_the_style_guide(client):
    assert client.get("/en/style-guide/").status_code == 404


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_style_guide_is_proper_html(client, settings, language):
    settings.DEBUG = True

    response = client.get(f"/{language}/style-guide/")

    assert response.status_code == 200
    assert_valid(response)


def test_the_style_guide_shows_a_cart_with_a_line_of_each_kind(client, settings):
    settings.DEBUG = True

    page = client.get("/en/style-guide/").content.decode()

    assert page.count('<li class="cart-line') == 7
    for said in (
        "Request for a price",
        "The price has changed. It was:",
        "Take what is left",
        "It is sold.",
        "are missing. You can send the order all the same",
        "Order at the new prices",
        "Order from all",
        "Ads that are not shown now",
        "The cart is empty",
    ):
        assert said in page, said
