"""The page of photos and documents, tried by everybody who could come by."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from listings.models import Document, Listing, Photo, Revision
from sellers.models import Member
from tests.html import assert_valid
from tests.listings.photos.pictures import drawing, picture, sent

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def filled(draft, upload, ready, browser):
    """An ad with a photo of each kind and a document."""
    ready(*upload(draft, picture(), picture("PNG", drawing((500, 400)))))
    upload(draft, picture("PNG", drawing((300, 200))), b"no photo")
    browser.post(
        f"/en/account/listings/{draft.pk}/documents/", {"documents": sent(PDF, "price.pdf")}
    )
    draft.refresh_from_db()
    return draft


def addresses(listing):
    here = f"/en/account/listings/{listing.pk}"
    photo, document = listing.photo_order[1], listing.document_order[0]
    return [
        f"{here}/photos/",
        *(f"{here}/photos/{photo}/{act}/" for act in ("earlier", "later", "main", "remove")),
        f"{here}/documents/",
        f"{here}/documents/{document}/remove/",
    ]


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Listing, Revision, Photo, Document)
    ]


@pytest.fixture
def visitor(make_user, make_seller, seller, marat):
    def visit(who):
        client = Client()
        match who:
            case "other owner":
                make_seller("Other", owner=marat, form="person")
                client.force_login(marat)
            case "viewer" | "manager":
                user = make_user(f"{who}@example.com")
                Member.objects.create(seller=seller, user=user, role=who)
                client.force_login(user)
            case "stranger" | "moderator":
                client.force_login(make_user("x@example.com", is_staff=who == "moderator"))
        return client

    return visit


@pytest.mark.clause("P4.1b")
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 302),
        ("stranger", 404),
        ("moderator", 404),
        ("other owner", 404),
        ("viewer", 403),
    ],
)
def test_who_may_not_edit_sees_nothing_and_changes_nothing(filled, visitor, files, who, status):
    client, before, names = visitor(who), everything(), files()

    for address in addresses(filled):
        payload = {"photos": sent(picture()), "documents": sent(PDF)}
        seen, done = client.get(address), client.post(address, payload)
        assert done.status_code == status, address
        # What answers to a POST only says so first.
        assert seen.status_code in (status, 405), address
        assert b"price.pdf" not in seen.content

    assert everything() == before
    assert files() == names


def test_a_manager_may_do_what_the_owner_may(filled, visitor):
    client = visitor("manager")
    photo = filled.photo_order[1]

    assert client.get(addresses(filled)[0]).status_code == 200
    client.post(f"/en/account/listings/{filled.pk}/photos/{photo}/main/")

    filled.refresh_from_db()
    assert filled.photo_order[0] == photo


def test_nothing_is_changed_by_a_get(filled, browser):
    before = everything()

    for address in addresses(filled)[1:]:
        assert browser.get(address).status_code == 405

    assert everything() == before


def test_a_photo_of_another_ad_is_not_reached_through_this_one(
    filled, make_listing, seller, browser
):
    other = make_listing(seller=seller, state="draft")
    before = everything()

    for act in ("earlier", "later", "main", "remove"):
        browser.post(f"/en/account/listings/{other.pk}/photos/{filled.photo_order[0]}/{act}/")
    browser.post(f"/en/account/listings/{other.pk}/documents/{filled.document_order[0]}/remove/")

    assert everything() == before


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_the_page_is_valid_and_tells_the_state_of_each_file(filled, browser, language):
    response = browser.get(f"/{language}/account/listings/{filled.pk}/photos/")

    assert_valid(response)
    page = response.content.decode()
    words = {
        "en": ["3 of 15", "Main photo", "Being prepared", "1 file could not be used"],
        "ru": ["3 из 15", "Главное фото", "Готовится", "1 файл не удалось использовать"],
        "kk": ["15 ішінен 3", "Басты сурет", "Дайындалуда", "1 файлды пайдалану мүмкін болмады"],
    }
    for each in words[language]:
        assert each in page
    assert page.count("<img ") == 2
    assert 'style="' not in page


def test_the_page_takes_the_same_queries_for_one_photo_and_for_fifteen(
    draft, upload, browser, django_assert_max_num_queries
):
    address = f"/en/account/listings/{draft.pk}/photos/"
    upload(draft, *[picture("PNG", drawing((200 + n, 150))) for n in range(15)])

    with django_assert_max_num_queries(14):
        browser.get(address)


def test_the_names_of_files_lead_to_them_for_ever(filled, client):
    photo = Photo.objects.get(pk=filled.photo_order[0])

    for width in photo.widths:
        for kind, content_type in (("webp", "image/webp"), ("jpg", "image/jpeg")):
            response = client.get(f"/media/{photo.path(width, kind)}")
            assert response.status_code == 200
            assert response["Content-Type"] == content_type
            assert response["Cache-Control"] == "public, max-age=31536000, immutable"
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response.cookies == {}
    assert photo.srcset("webp").count("w,") == 2


@pytest.mark.clause("P6.1a")
@pytest.mark.parametrize(
    "path",
    [
        "uploads/{upload}",
        "../private/{upload}",
        "photos/../../private/{upload}",
        "photos/%2e%2e/%2e%2e/private/{upload}",
        "{document}",
        "private/{document}",
        "photos/",
        "photos/ab/",
        "photos/ab/" + "a" * 64 + "-320.svg",
        "photos/ab/" + "a" * 64 + "-320.jpg",
        "photos/ab/" + "a" * 64 + "-320.jpg%00",
        "photos/ab/" + "A" * 64 + "-320.jpg",
    ],
)
def test_nothing_else_is_served(filled, client, path):
    waiting = Photo.objects.get(state="waiting")
    names = {"upload": waiting.upload, "document": Document.objects.get().file.name}

    assert client.get(f"/media/{path.format(**names)}").status_code == 404


def test_what_waits_at_the_queue_and_stands_in_the_log_names_nobody(
    draft, upload, browser, capfd, ready
):
    ready(*upload(draft, sent(picture()[:3000], "Айгуль Сейтказы паспорт.jpg")))

    said = "".join(capfd.readouterr())
    assert not re.search("Айгуль|паспорт|uploads/", said)


def test_the_field_of_the_edit_page_shows_the_photos_in_their_order(filled):
    photos = filled.photos.in_order(filled.photo_order)
    html = render_to_string(
        "listings/_photos_field.html",
        {"listing": filled, "photos": photos, "category": filled.category},
    )

    assert html.index(photos[0].small) < html.index(photos[1].small)
    assert '<button class="button" name="act" value="photos">' in html


@pytest.mark.parametrize("kind", ["photos", "documents"])
def test_files_for_which_there_is_no_room_are_not_even_put_away(draft, browser, files, kind):
    given = {"photos": (picture(), "one.jpg"), "documents": (b"%PDF-1.7\n%%EOF", "one.pdf")}[kind]
    most = {"photos": 15, "documents": 5}[kind]
    path = f"/en/account/listings/{draft.pk}/{kind}/"
    for _ in range(2):
        answer = browser.post(path, {kind: [sent(*given) for _ in range(most + 2)]}, follow=True)

    assert f"{most + 2} {kind} were left out" in answer.content.decode()
    assert len(files()) == most


@pytest.mark.parametrize("kind", ["photos", "documents"])
def test_files_for_an_ad_that_stays_as_it_is_are_not_even_put_away(draft, browser, files, kind):
    given = {"photos": (picture(), "one.jpg"), "documents": (b"%PDF-1.7\n%%EOF", "one.pdf")}[kind]
    Listing.objects.update(state="pending")

    answer = browser.post(
        f"/en/account/listings/{draft.pk}/{kind}/", {kind: [sent(*given)]}, follow=True
    )

    assert "Nothing was changed" in answer.content.decode()
    assert files() == []
