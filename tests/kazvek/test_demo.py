from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import CommandError, call_command

from accounts.models import Address, Phone, User
from kazvek import demo
from privacy.bin import validate_bin
from sellers.iin import validate_iin
from sellers.models import Seller

SELLERS_TABLES = list(apps.get_app_config("sellers").get_models())

pytestmark = pytest.mark.usefixtures("places")


def run(*words):
    output = StringIO()
    call_command("demo", *words, stdout=output)
    return output.getvalue()


def everything():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (User, EmailAddress, Phone, Address, *SELLERS_TABLES)
    }


def test_an_empty_portal_gets_people_who_can_sign_in(client):
    said = run("--if-empty")

    for email in demo.ROLES:
        assert email in said
        assert client.login(email=email, password=demo.PASSWORD)
        assert EmailAddress.objects.get(email=email).verified
    assert demo.PASSWORD in said
    staff = User.objects.filter(is_staff=True).values_list("email", flat=True)
    assert set(staff) == demo.DEMO_STAFF


def test_the_second_time_changes_nothing_and_says_the_same():
    said = run("--if-empty")
    before = everything()

    assert run("--if-empty") == said
    assert run() == said
    assert everything() == before


def test_what_a_person_changed_stays_and_what_is_missing_comes_back():
    run()
    seller = User.objects.get(email=demo.SELLER)
    seller.first_name = "Serik"
    seller.set_password("a-password-of-one's-own")
    seller.save()
    User.objects.get(email=demo.BUYER).delete()

    said = run()

    assert User.objects.get(email=demo.SELLER).first_name == "Serik"
    assert User.objects.get(email=demo.BUYER).phones.count() == 1
    assert demo.SELLER not in said
    assert demo.BUYER in said


def test_beside_real_people_nobody_appears_unasked():
    User.objects.create_user("real@example.com", "a-password-of-one's-own")

    assert run("--if-empty") == ""

    assert User.objects.count() == 1


def test_a_portal_that_is_not_local_refuses(settings):
    settings.LOCAL = False

    with pytest.raises(CommandError, match="Nothing was changed"):
        run()

    assert not User.objects.exists()


def test_a_dozen_sellers_stand_in_the_directory_and_the_demo_seller_owns_one(client):
    run()

    page = client.get("/en/sellers/").content.decode()

    assert page.count('class="seller-row"') == 12
    own = User.objects.get(email=demo.SELLER).membership
    assert own.is_owner
    assert own.seller.verified_at
    for seller in Seller.objects.exclude(form="person"):
        (validate_bin if seller.is_company else validate_iin)(seller.bin or seller.iin)
        assert client.get(f"/kk/sellers/{seller.slug}/").status_code == 200
