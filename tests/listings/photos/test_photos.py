"""The photos of an ad: taken in, prepared by a worker, put in order, gone with their files."""

import threading

import pytest
from django.core.files.storage import default_storage, storages
from django.db import connection, transaction
from django.utils import timezone

from listings import preparing
from listings.models import Leftover, Listing, Photo, Revision
from listings.photos import copy_photos
from listings.preparing import prepare
from listings.tasks import (
    clear_leftovers,
    forget_unused_files,
    prepare_photo,
    prepare_waiting_photos,
)
from tests.listings.photos.pictures import SECRET, drawing, picture, sent


def drawings(count):
    return [picture("JPEG", drawing((200 + 10 * number, 150))) for number in range(count)]


def test_a_photo_waits_apart_is_rebuilt_and_what_was_sent_is_gone(draft, upload, files, ready):
    [photo] = upload(draft, sent(picture(), "Aigul's tractor.jpg"))
    assert (photo.state, photo.file_name) == ("waiting", "Aigul's tractor.jpg")
    assert files() == [f"private/{photo.upload}"]

    ready(photo)

    assert photo.state == "ready"
    assert (photo.width, photo.height, photo.widths) == (800, 600, [208, 320, 640, 800])
    assert (photo.upload, photo.file_name, photo.reason) == ("", "", "")
    assert photo.perceptual_hash is not None
    assert files() == sorted(
        f"media/{photo.path(width, kind)}"
        for width in (208, 320, 640, 800)
        for kind in ("jpg", "webp")
    )
    assert draft.photo_order == [photo.pk]
    for name in files():
        assert SECRET.encode() not in default_storage.open(name.removeprefix("media/")).read()


def test_a_photo_that_is_ready_makes_a_new_version_of_the_ad(draft, upload, ready):
    [photo] = upload(draft, picture())
    version = draft.version

    ready(photo)

    draft.refresh_from_db()
    assert draft.version == version + 1


def test_one_bad_photo_tells_its_reason_and_leaves_the_others_alone(draft, upload, browser, ready):
    broken = picture()[:3000]
    good, bad, other = upload(draft, picture(), broken, picture("PNG", drawing((300, 200))))
    ready(good, bad, other)

    draft.refresh_from_db()
    assert draft.photo_order == [good.pk, other.pk]
    assert [good.state, bad.state, other.state] == ["ready", "failed", "ready"]
    for language, words in (
        ("en", "The file is damaged or did not arrive whole."),
        ("ru", "Файл повреждён или пришёл не целиком."),
        ("kk", "Файл зақымдалған"),
    ):
        page = browser.get(f"/{language}/account/listings/{draft.pk}/photos/").content.decode()
        assert words in page
        assert "photo-2.jpg" in page


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "heic"),
        (picture(image=drawing((20, 20))), "small"),
        (picture() + bytes(10 * 1024 * 1024), "heavy"),
    ],
    ids=["empty", "SVG", "HEIC", "small", "heavy"],
)
def test_what_cannot_be_used_is_said_at_once_and_kept_nowhere(
    draft, upload, files, content, reason
):
    bad, good = upload(draft, picture(), content)

    assert (bad.state, bad.reason, bad.upload) == ("failed", reason, "")
    assert draft.photo_order == [good.pk]
    assert files() == [f"private/{good.upload}"]


def test_fifteen_photos_at_most_and_the_rest_is_counted(draft, browser, upload):
    upload(draft, *drawings(13))
    response = browser.post(
        f"/en/account/listings/{draft.pk}/photos/",
        {"photos": [sent(each) for each in drawings(5)]},
        follow=True,
    )

    draft.refresh_from_db()
    assert len(draft.photo_order) == Photo.objects.count() == 15
    assert "3 photos were left out" in response.content.decode()


def test_a_request_over_sixty_megabytes_changes_nothing_and_says_so(draft, browser, files):
    response = browser.post(
        f"/en/account/listings/{draft.pk}/photos/",
        {"photos": [sent(picture() + bytes(9 * 1024 * 1024)) for _ in range(7)]},
        follow=True,
    )

    assert "larger than 60 MB" in response.content.decode()
    assert not Photo.objects.exists()
    assert files() == []


def test_nothing_chosen_is_said(draft, browser):
    response = browser.post(f"/en/account/listings/{draft.pk}/photos/", follow=True)

    assert "choose a file first" in response.content.decode()
    assert not Photo.objects.exists()


def test_a_seller_whose_photos_pile_up_is_asked_to_wait(draft, browser, monkeypatch, files):
    monkeypatch.setattr("listings.photos.MOST_WAITING_PER_SELLER", 1)
    Photo.objects.create(listing=draft, upload="uploads/x")
    response = browser.post(
        f"/en/account/listings/{draft.pk}/photos/", {"photos": sent(picture())}, follow=True
    )

    assert "still being prepared" in response.content.decode()
    assert Photo.objects.count() == 1
    assert files() == []


def press(browser, listing, photo, act):
    address = f"/en/account/listings/{listing.pk}/photos/{photo.pk}/{act}/"
    response = browser.post(address)
    listing.refresh_from_db()
    return response


def test_photos_are_put_in_order_and_the_first_is_the_main_one(draft, upload, browser):
    one, two, three = upload(draft, *drawings(3))

    for photo, act, order in (
        (three, "earlier", [one, three, two]),
        (one, "later", [three, one, two]),
        (two, "main", [two, three, one]),
        (two, "main", [two, three, one]),
        (two, "earlier", [two, three, one]),
        (one, "later", [two, three, one]),
    ):
        response = press(browser, draft, photo, act)
        assert draft.photo_order == [each.pk for each in order]
        assert response["Location"].endswith(f"/photos/#photo-{photo.pk}")


def test_a_photo_that_is_removed_is_gone_with_its_files(draft, upload, browser, files, ready):
    one, two = ready(*upload(draft, *drawings(2)))
    [waiting] = upload(draft, picture())

    press(browser, draft, one, "remove")
    press(browser, draft, waiting, "remove")
    clear_leftovers()

    assert draft.photo_order == [two.pk]
    assert list(Photo.objects.all()) == [two]
    assert files()
    assert all(two.stem in name for name in files())
    # A second click, from a page that still shows it.
    response = browser.post(f"/en/account/listings/{draft.pk}/photos/{one.pk}/remove/", follow=True)
    assert "not there any more" in response.content.decode()


def test_photos_of_an_ad_that_is_live_change_beside_it(live, upload, browser, files, ready):
    [shown] = ready(*upload(live, picture()))
    Revision.objects.all().delete()
    Listing.objects.update(photo_order=[shown.pk])

    [added] = ready(*upload(live, picture("PNG", drawing((400, 300)))))
    press(browser, live, added, "main")
    press(browser, live, shown, "remove")

    assert live.photo_order == [shown.pk]
    revision = live.revision
    assert (revision.photo_order, revision.state) == ([added.pk], "draft")
    assert (revision.title, revision.description) == (live.title, live.description)
    forget_unused_files()
    assert Photo.objects.count() == 2

    # A moderator approves.
    Listing.objects.update(photo_order=revision.photo_order)
    revision.delete()
    forget_unused_files()
    assert list(Photo.objects.all()) == [added]
    assert files()
    assert all(added.stem in name for name in files())


def test_a_file_that_cannot_be_used_changes_nothing_of_a_live_ad(live, upload, browser):
    [bad] = upload(live, b"no photo")
    press(browser, live, bad, "remove")

    assert not Photo.objects.exists()
    assert not Revision.objects.exists()


@pytest.mark.parametrize("state", ["pending", "blocked", "archived"])
def test_while_an_ad_cannot_be_edited_nor_can_its_photos(make_listing, seller, browser, state):
    listing = make_listing(seller=seller, state=state)
    photo = Photo.objects.create(listing=listing)
    Listing.objects.update(photo_order=[photo.pk])

    answers = [
        browser.post(
            f"/en/account/listings/{listing.pk}/photos/", {"photos": sent(picture())}, follow=True
        ),
        *(
            browser.post(f"/en/account/listings/{listing.pk}/photos/{photo.pk}/{act}/", follow=True)
            for act in ("earlier", "later", "main", "remove")
        ),
    ]

    for answer in answers[:1] + answers[-1:]:
        assert "cannot be edited" in answer.content.decode()
    listing.refresh_from_db()
    assert listing.photo_order == [photo.pk]
    assert list(Photo.objects.all()) == [photo]
    assert not Revision.objects.exists()


def test_a_change_that_a_moderator_reads_stays_as_it_is(live, browser):
    Revision.objects.create(
        listing=live,
        state="pending",
        **{name: getattr(live, name) for name in Listing.CONTENT},
    )

    browser.post(f"/en/account/listings/{live.pk}/photos/", {"photos": sent(picture())})

    assert live.revision.photo_order == []
    assert not Photo.objects.exists()


def test_two_ads_share_the_files_of_the_same_picture_until_the_last_goes(
    draft, make_listing, seller, upload, files, ready
):
    other = make_listing(seller=seller, state="draft")
    one, two = ready(*upload(draft, picture()), *upload(other, picture()))
    assert one.stem == two.stem
    assert len(files()) == 8

    draft.delete()
    clear_leftovers()
    assert len(files()) == 8

    other.delete()
    clear_leftovers()
    assert files() == []
    assert not Leftover.objects.due().exists()


def test_a_copy_of_an_ad_has_the_photos_that_are_ready(
    draft, make_listing, seller, upload, files, ready
):
    one, two = upload(draft, *drawings(2))
    ready(two)
    draft.refresh_from_db()
    copy = make_listing(seller=seller, state="draft")

    with transaction.atomic():
        copy_photos(draft, copy)
    draft.delete()
    clear_leftovers()

    photo = Photo.objects.get()
    assert (photo.listing, photo.stem, photo.state) == (copy, two.stem, "ready")
    assert copy.photo_order == [photo.pk]
    assert len(files()) == 2 * len(photo.widths)


def test_files_go_with_their_seller(draft, upload, files, seller, ready):
    ready(*upload(draft, picture())), upload(draft, picture("PNG"))

    seller.delete()
    clear_leftovers()

    assert not Photo.objects.exists()
    assert files() == []


def test_a_file_whose_row_never_came_goes_after_an_hour(draft, files):
    name = storages["private"].save("uploads/ab/abc", sent(picture()))
    Leftover.objects.create(name=name, due_at=timezone.now() + timezone.timedelta(hours=1))

    clear_leftovers()
    assert files() == ["private/uploads/ab/abc"]

    Leftover.objects.update(due_at=timezone.now())
    clear_leftovers()
    assert files() == []


def test_what_failed_can_be_read_about_for_a_day(draft, upload, files):
    [bad] = upload(draft, b"no photo")

    forget_unused_files()
    assert Photo.objects.get() == bad

    Photo.objects.update(uploaded_at=timezone.now() - timezone.timedelta(days=1, minutes=1))
    forget_unused_files()
    assert not Photo.objects.exists()


# The worker.


def test_the_sweep_takes_what_the_queue_has_lost(draft, upload):
    upload(draft, *drawings(3))

    prepare_waiting_photos()

    assert set(Photo.objects.values_list("state", flat=True)) == {"ready"}


def test_preparing_twice_is_as_good_as_once(draft, upload, files, ready):
    [photo] = ready(*upload(draft, picture()))
    before, names = Photo.objects.values().get(), files()

    prepare_photo(photo.pk)
    prepare_waiting_photos()

    assert (Photo.objects.values().get(), files()) == (before, names)


def test_a_photo_another_worker_is_at_is_left_to_it(draft, upload):
    [photo] = upload(draft, picture())
    Photo.objects.update(tried_at=timezone.now(), attempts=1)

    prepare(photo.pk)
    assert Photo.objects.get().state == "waiting"

    # It was killed.
    Photo.objects.update(tried_at=timezone.now() - Photo.LEASE)
    prepare(photo.pk)
    assert Photo.objects.get().state == "ready"


def test_a_photo_that_killed_three_workers_is_given_up(draft, upload, files):
    [photo] = upload(draft, picture())
    Photo.objects.update(tried_at=timezone.now() - Photo.LEASE, attempts=3)

    prepare(photo.pk)

    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("failed", "broken")
    assert files() == []


def test_a_photo_whose_file_is_lost_says_so(draft, upload):
    [photo] = upload(draft, picture())
    storages["private"].delete(photo.upload)

    prepare(photo.pk)

    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("failed", "broken")


def test_a_full_disk_is_no_fault_of_the_photo(draft, upload, monkeypatch, ready):
    [photo] = upload(draft, picture())

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(preparing, "write", full)
        prepare(photo.pk)
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == ("waiting", 0)

    Photo.objects.update(tried_at=timezone.now() - Photo.LEASE)
    assert ready(photo)[0].state == "ready"


def test_half_a_file_left_by_a_crash_is_written_again(draft, upload, ready):
    [photo] = ready(*upload(draft, picture()))
    path, whole = photo.path(320, "jpg"), default_storage.size(photo.path(320, "jpg"))
    default_storage.delete(path)
    default_storage.save(path, sent(b"half"))

    ready(*upload(draft, picture()))

    assert default_storage.size(path) == whole


@pytest.mark.django_db(transaction=True)
def test_a_file_is_not_deleted_while_another_photo_takes_it_over(draft, upload, files, ready):
    [photo] = ready(*upload(draft, picture()))
    [again] = upload(draft, picture())
    Photo.objects.filter(pk=photo.pk).delete()

    def work(verb, *arguments):
        try:
            verb(*arguments)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=work, args=[prepare, again.pk]),
        threading.Thread(target=work, args=[clear_leftovers]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clear_leftovers()

    again.refresh_from_db()
    assert again.state == "ready"
    assert files() == sorted(
        f"media/{again.path(width, kind)}" for width in again.widths for kind in ("jpg", "webp")
    )


@pytest.mark.django_db(transaction=True)
def test_uploads_at_the_same_moment_never_make_more_than_fifteen(draft, upload, aigul, client):
    upload(draft, *drawings(12))
    address, cookies = f"/en/account/listings/{draft.pk}/photos/", client.cookies

    def send():
        try:
            other = type(client)()
            other.cookies = cookies
            other.post(address, {"photos": [sent(each) for each in drawings(2)]})
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    draft.refresh_from_db()
    assert len(draft.photo_order) == len(set(draft.photo_order)) == 15
    assert Photo.objects.count() == 15
