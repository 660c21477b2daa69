import re
from datetime import timedelta
from io import StringIO
from itertools import product

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.utils import timezone
from PIL import Image

from accounts.models import Address, Phone, User
from kazvek import demo
from listings.answers import unpack
from listings.catalogue import current_catalogue, forget_catalogue
from listings.models import Category, Listing, Photo, Revision
from privacy.bin import validate_bin
from sellers.iin import validate_iin
from sellers.models import Seller

SELLERS_TABLES = list(apps.get_app_config("sellers").get_models())

pytestmark = pytest.mark.usefixtures("places", "catalogue")


@pytest.fixture(autouse=True)
def some_pictures(settings, tmp_path_factory):
    """Drawn once for all these tests, which add no others."""
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "media-of-the-demo"


def run(*words, listings=0):
    output = StringIO()
    call_command("demo", *words, "--listings", str(listings), stdout=output)
    return output.getvalue()


def everything():
    return {
        model: list(model.objects.order_by("pk").values())
        for model in (User, EmailAddress, Phone, Address, Listing, Photo, *SELLERS_TABLES)
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
    said = run("--if-empty", listings=5)
    before = everything()

    again = run("--if-empty", listings=5)

    assert said == f"5 demo ads are on the market.\n{again}"
    assert run(listings=5) == again
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


def test_a_number_of_ads_below_nothing_is_refused():
    with pytest.raises(CommandError, match="Nothing was changed"):
        run(listings=-1)

    assert not User.objects.exists()


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


@pytest.fixture
def market():
    """A hundred ads, enough for some of every kind."""
    run(listings=100)
    return Listing.objects.select_related("seller", "category", "region", "settlement")


@pytest.mark.proof(every=6)
def test_the_same_seed_makes_the_same_market_and_more_ads_leave_the_first_as_they_are(market):
    told = ["title", "description", "price", "answers", "seller__slug", "settlement__name_en"]
    before = list(market.order_by("pk").values_list(*told))
    again = list(market.order_by("pk").values_list("pk", "title"))

    run(listings=110)
    assert list(market.order_by("pk").values_list("pk", "title"))[:100] == again
    assert market.count() == 110
    Listing.objects.all().delete()
    run(listings=100)

    assert list(market.order_by("pk").values_list(*told)) == before
    Listing.objects.all().delete()
    run("--seed", "2", listings=100)
    assert list(market.order_by("pk").values_list(*told)) != before


def test_every_ad_says_only_what_its_category_asks_for_within_the_limits(market):
    catalogue = current_catalogue()

    for listing in market:
        listing.full_clean()
        category = catalogue.categories[listing.category_id]
        asked = {one.attribute: one for one in catalogue.attributes_of(category)}
        units = catalogue.units_of(category, listing.deal_type)
        assert not catalogue.children_of(category)
        assert listing.deal_type in category.deal_types
        assert listing.price_kind in category.price_kinds
        assert listing.unit in units
        answers = unpack(listing.answers, catalogue)
        assert len(answers) == len(listing.answers) > 0
        for answer in answers:
            question = asked[answer.attribute]
            if answer.attribute.type in ("number", "year"):
                low, high = question.limits
                assert low is None or low <= answer.value
                assert high is None or answer.value <= high
            elif answer.attribute.has_choices:
                told = answer.value if isinstance(answer.value, list) else [answer.value]
                assert set(told) <= set(question.choices)
        assert "{" not in listing.title + listing.description
        assert not re.search(r"@|https?:|\+7", listing.title + listing.description)


def test_the_market_has_ads_of_all_states_in_three_languages_with_pictures_that_are_there(market):
    assert set(market.values_list("language", flat=True)) == {"kk", "ru", "en"}
    own = market.filter(seller__members__user__email=demo.SELLER)
    states = {"published", "draft", "pending", "rejected", "paused", "expired", "sold", "archived"}
    assert set(own.values_list("state", flat=True)) == states
    assert Revision.objects.filter(state="pending", listing__in=own).count() == 2
    assert set(market.filter(waiting_since__isnull=True, state="pending")) == set()
    live = market.live()
    assert live.count() == market.filter(state="published").count() > 60
    month = timezone.now() - timedelta(days=30)
    assert not live.filter(Q(sort_at__lt=month) | Q(sort_at__gt=timezone.now())).exists()
    for listing in market:
        moves = list(listing.history.order_by("pk").values_list("before", "after"))
        assert listing.state == (moves[-1][1] if moves else "draft")
    photos = {photo.pk: photo for photo in Photo.objects.all()}
    shown = [pk for listing in market for pk in listing.photo_order]
    assert sorted(shown) == sorted(photos)
    for stem in {photo.stem for photo in photos.values()}:
        photo = Photo(stem=stem)
        for width, kind in product((208, 320, 640, 1280), ("webp", "jpg")):
            with Image.open(default_storage.open(photo.path(width, kind))) as picture:
                assert picture.size == (width, width * 3 // 4)


def test_a_start_that_breaks_off_leaves_nothing_and_the_next_one_fills_the_market(
    settings, tmp_path
):
    folder, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path / "no-folder"
    settings.MEDIA_ROOT.touch()
    with pytest.raises(OSError, match="no-folder"):
        run("--if-empty", listings=20)
    settings.MEDIA_ROOT = folder

    assert not User.objects.exists()
    run("--if-empty", listings=20)
    assert Listing.objects.count() == 20


def test_without_a_catalogue_there_are_people_and_no_ads():
    Category.objects.update(is_archived=True)
    forget_catalogue()

    run(listings=20)

    assert User.objects.filter(email__in=demo.ROLES).count() == len(demo.ROLES)
    assert not Listing.objects.exists()
