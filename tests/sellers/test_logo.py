"""A seller's logo: taken in, shown, removed, and never more than its pixels."""

import io
import json
import re
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin

from sellers.models import Logo, Seller
from tests.html import assert_valid

EDIT = "/en/account/seller/logo/"
REMOVE = "/en/account/seller/logo/remove/"
STOREFRONT = "/en/sellers/zharkyn-dala/"


def picture(size=(600, 300), colour=(10, 120, 60), kind="PNG", mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def upload(browser, content, name="logo.png"):
    return browser.post(EDIT, {"logo": SimpleUploadedFile(name, content)})


def files_on(html):
    return set(re.findall(r"/logos/[0-9a-f]{64}-(?:256|512)\.(?:webp|jpg)", html))


def test_a_logo_is_shown_on_the_storefront_in_the_directory_and_to_search_engines(
    client, browser, seller
):
    answer = upload(browser, picture())

    assert answer.status_code == 302
    storefront = client.get(STOREFRONT)
    assert_valid(storefront)
    assert_valid(client.get("/en/sellers/"))
    shown = files_on(storefront.content.decode())
    assert files_on(client.get("/en/sellers/").content.decode()) <= shown
    [facts] = re.findall(r"ld\+json\">(.*?)</script>", storefront.content.decode())
    assert json.loads(facts)["logo"].endswith("-512.jpg")
    for address in shown:
        file = client.get(address)
        side, kind = re.search(r"-(\d+)\.(\w+)$", address).groups()
        assert file["Content-Type"] == {"webp": "image/webp", "jpg": "image/jpeg"}[kind]
        assert file["Cache-Control"] == "public, max-age=31536000, immutable"
        assert file["X-Content-Type-Options"] == "nosniff"
        with Image.open(io.BytesIO(file.content)) as image:
            assert image.size == (int(side), int(side))
            corner, middle = (
                image.convert("RGB").getpixel((3, 3)),
                image.convert("RGB").getpixel((int(side) // 2, int(side) // 2)),
            )
            assert min(corner) > 245
            assert middle[1] > middle[0] + 50


def test_nothing_of_the_file_is_left_but_its_pixels(client, browser, seller):
    exif = Image.Exif()
    exif[0x010E] = "SECRET description"
    exif.get_ifd(0x8825)[1] = "N"
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SECRET author")
    for content in (
        picture(kind="JPEG", exif=exif, comment=b"SECRET comment") + b"SECRET tail",
        picture(exif=exif, pnginfo=text, icc_profile=b"SECRET profile") + b"<script>SECRET",
        picture(kind="WEBP", exif=exif, xmp=b"<x>SECRET</x>"),
    ):
        assert upload(browser, content).status_code == 302
        for address in files_on(client.get(STOREFRONT).content.decode()):
            kept = client.get(address).content
            assert b"SECRET" not in kept
            with Image.open(io.BytesIO(kept)) as image:
                assert not image.getexif()
                assert not {"icc_profile", "exif", "xmp", "comment"} & image.info.keys()


def bomb():
    """A few kilobytes that would be 30,000 by 30,000 pixels."""
    header = b"\x00\x00\x75\x30" * 2 + b"\x08\x00\x00\x00\x00"
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)
        for kind, data in chunks
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (b"GIF89a but nothing more", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture"),
        (b"%PDF-1.7 " + b"x" * 500, "no picture"),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 100, "HEIC"),
        (bomb(), "16 megapixels"),
        (picture((5000, 4000)), "16 megapixels"),
        (picture((63, 400)), "too small"),
        (picture((900, 900), kind="JPEG")[:900], "damaged"),
        (picture((900, 900))[:1500], "damaged"),
        (picture() + b"\0" * (5 * 1024 * 1024), "larger than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason_and_the_logo_stays(
    browser, seller, content, reason
):
    upload(browser, picture())
    before = Logo.objects.get().stem

    answer = upload(browser, content)

    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert_valid(answer)
    assert Logo.objects.get().stem == Seller.objects.get().logo == before


@pytest.mark.parametrize(
    "content",
    [
        picture(mode="RGBA", colour=(0, 200, 0, 0)),
        picture(mode="CMYK", colour=(90, 0, 90, 0), kind="JPEG"),
        picture(mode="I;16", colour=30_000),
        picture(mode="P", colour=3, kind="GIF"),
        picture(mode="1", colour=1),
        picture((64, 2000)),
    ],
)
def test_unusual_pictures_are_taken(client, browser, seller, content):
    assert upload(browser, content).status_code == 302

    assert len(files_on(client.get(STOREFRONT).content.decode())) == 4


def test_another_logo_takes_the_place_of_the_first_and_removing_leaves_none(
    client, browser, seller
):
    upload(browser, picture())
    [first, *_] = files_on(client.get(STOREFRONT).content.decode())
    upload(browser, picture(colour=(200, 10, 10)))
    assert client.get(first).status_code == 404
    [second, *_] = files_on(client.get(STOREFRONT).content.decode())

    assert browser.get(REMOVE).status_code == 200
    assert Logo.objects.count() == 1
    assert browser.post(REMOVE).status_code == 302

    assert not Logo.objects.exists()
    assert client.get(second).status_code == 404
    assert not files_on(client.get(STOREFRONT).content.decode())
    assert browser.get(REMOVE).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("manager", 302), ("viewer", 403), ("stranger", 404)])
def test_who_may_edit_the_page_may_change_its_logo(seller, join, sign_in, marat, role, status):
    user = marat if role == "stranger" else join(seller, role)

    assert upload(sign_in(user), picture()).status_code == status

    assert Logo.objects.count() == (status == 302)


def test_a_visitor_is_sent_to_sign_in_and_changes_nothing(seller):
    answer = upload(Client(), picture())

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
    assert not Logo.objects.exists()


def test_too_many_changes_within_an_hour_are_put_off(browser, seller):
    for _ in range(30):
        upload(browser, b"")

    answer = upload(browser, picture())

    assert answer.status_code == 302
    assert "too often" in browser.get(answer["Location"]).content.decode()
    assert not Logo.objects.exists()


def test_the_logo_goes_with_its_seller_and_is_hidden_with_them(client, browser, seller, aigul):
    upload(browser, picture())
    [address, *_] = files_on(client.get(STOREFRONT).content.decode())

    aigul.subject.restrict()
    assert client.get(address).status_code == 404

    seller.delete()
    assert not Logo.objects.exists()


@pytest.mark.parametrize(
    "name", ["0-256.jpg", f"{'0' * 64}-257.jpg", f"{'0' * 64}-256.svg", f"{'0' * 64}-256.pk"]
)
def test_no_other_file_is_there(client, seller, name):
    assert client.get(f"/logos/{name}").status_code == 404
