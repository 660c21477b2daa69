import pytest

from letters import after_commit
from listings.catalogue import forget_catalogue
from listings.models import Category, Photo
from listings.tasks import prepare_photo
from places.models import Country, Region
from tests.listings.photos.pictures import sent


@pytest.fixture
def places(db):
    """One region: loading all of them takes longer than any of these tests."""
    names = {f"{kind}_{code}": "x" for kind in ("name", "full_name") for code in ("kk", "ru", "en")}
    country = Country.objects.create(
        code="KZ", **{f"name_{code}": "x" for code in ("kk", "ru", "en")}
    )
    Region.objects.create(code="KZ-39", country=country, latitude=53, longitude=63, **names)


@pytest.fixture
def catalogue(db):
    """One category."""
    Category.objects.create(
        slug="wheat",
        name_kk="Бидай",
        name_ru="Пшеница",
        name_en="Wheat",
        icon="wheat",
        deal_types=["sale"],
        units=["t"],
        price_unit="t",
    )
    Category.objects.refile()
    forget_catalogue()


@pytest.fixture(autouse=True)
def queue_is_away(monkeypatch):
    """No worker takes what waits: the tests are the worker."""
    monkeypatch.setattr(after_commit, "away_until", float("inf"))


@pytest.fixture(autouse=True)
def folders(private_folder, tmp_path):
    return tmp_path


@pytest.fixture
def files(folders):
    """The names of all files there are."""
    return lambda: sorted(
        str(path.relative_to(folders)) for path in folders.rglob("*") if path.is_file()
    )


@pytest.fixture
def seller(make_seller, aigul):
    return make_seller(owner=aigul)


@pytest.fixture
def draft(make_listing, seller):
    return make_listing(seller=seller, state="draft")


@pytest.fixture
def live(make_listing, seller):
    return make_listing(seller=seller)


@pytest.fixture
def browser(client, aigul):
    client.force_login(aigul)
    return client


@pytest.fixture
def upload(browser):
    """`upload(draft, picture(), …)`: through the page, then a worker takes them."""

    def add(listing, *contents):
        before = set(Photo.objects.values_list("pk", flat=True))
        files = [
            sent(each, f"photo-{number}.jpg") if isinstance(each, bytes) else each
            for number, each in enumerate(contents, start=1)
        ]
        response = browser.post(
            f"/en/account/listings/{listing.pk}/photos/", {"photos": files}, follow=True
        )
        assert response.status_code == 200
        listing.refresh_from_db()
        return [each for each in Photo.objects.order_by("pk") if each.pk not in before]

    return add


@pytest.fixture
def ready():
    """What the worker does: `[photo] = ready(*upload(draft, picture()))`."""

    def prepare(*photos):
        for photo in photos:
            prepare_photo(photo.pk)
            photo.refresh_from_db()
        return photos

    return prepare
