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
