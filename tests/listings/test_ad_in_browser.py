"""The page of an ad on a phone and on a desk, in light and dark, with photos."""

import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from listings.models import Attribute, DailyCount, Favourite, Photo
from places.models import Settlement
from sellers.models import Payment, Phone, Seller, Shipping, WorkingDay
from tests.axe import faults
from tests.sellers.test_in_browser import sign_in

COMES_INTO_VIEW = """picture => new Promise(shown => {
    new IntersectionObserver(([seen]) => seen.isIntersecting && shown()).observe(picture)
})"""
SHOTS = os.environ.get("SHOTS")
DESCRIPTION = """Өз егістігіміздің бидайы, Қостанай ауданы. Дән тазартылған және кептірілген, сақтау
орны «Тобыл» элеваторы, астық қолхаты ресімделген.

Сынаманы өкіліңіздің қатысуымен алып, тәуелсіз зертханада тексертуге болады."""
WHEAT = {
    "protein_pct": "13.8",
    "gluten_pct": "27",
    "falling_number_s": "320",
    "test_weight_gl": "785",
}


@pytest.fixture
def add_photo(settings, tmp_path):
    """Real files of a colour, as the worker would have made them."""
    settings.MEDIA_ROOT = tmp_path

    def add(listing, number, colour):
        photo = Photo.objects.create(
            listing=listing, state="ready", stem=f"{number:02d}{'ab' * 31}", widths=[320, 640],
            width=640, height=480,
        )  # fmt: skip
        for width in photo.widths:
            for kind, format in (("webp", "WEBP"), ("jpg", "JPEG")):
                name = default_storage.save(photo.path(width, kind), ContentFile(b""))
                Image.new("RGB", (width, width * 3 // 4), colour).save(
                    default_storage.path(name), format
                )
        listing.photo_order = [*listing.photo_order, photo.pk]
        listing.save(update_fields=["photo_order"])

    return add


@pytest.fixture
def listing(make_listing, make_seller, aigul, add_photo):
    seller = make_seller("«Жарқын дала» шаруа қожалығы", owner=aigul, phone="+77012345678")
    Phone.objects.create(seller=seller, number="+77019998877", note="Элеватор")
    for day in range(5):
        WorkingDay.objects.create(seller=seller, weekday=day, opens="09:00", closes="18:00")
    Shipping.objects.create(seller=seller, method="rail", conditions="Тобыл")
    Payment.objects.create(seller=seller, method="prepaid")
    Seller.objects.update(verified_at=timezone.now(), created_at="2019-03-01T00:00Z")
    seller.verifications.create(saw_documents=True, checked_number=True, called_phone=True)
    answers = [
        {"attribute": Attribute.objects.get(code=code).pk, "value": value}
        for code, value in WHEAT.items()
    ]
    listing = make_listing(
        "3-сыныпты жұмсақ бидай, 2026 жылғы өнім, «Тобыл» элеваторы",
        seller=seller, language="kk", description=DESCRIPTION, price=187, currency="USD",
        price_kzt=98_510, price_kzt_on=timezone.localdate(), vat="incl", quantity=1200,
        minimum_order=60, step=20, answers=answers,
        settlement=Settlement.objects.get(name_ru="Рудный", region_id="KZ-39"),
    )  # fmt: skip
    for number, colour in enumerate(["#c9a35b", "#8d6b34", "#6f8aa5", "#e8e4da"]):
        add_photo(listing, number, colour)
    for number, title in enumerate(["Пшеница 4 класса, вагонами", "Бидай", "Пшеница с поля"]):
        add_photo(make_listing(title, price=90_000 + number), 10 + number, "#b58f45")
    make_listing("Пшеница, цена по звонку")
    return listing


@pytest.fixture
def look(open_browser):
    def open(**options):
        page = open_browser(**options)
        width = page.viewport_size["width"]
        said = []
        page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)

        def look(path=None):
            if path:
                page.goto(path)
            assert faults(page) == "", path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert said == []
            if SHOTS:
                name = f"{page.url.split('/', 3)[3].replace('/', '_')[:40]}-{width}"
                page.wait_for_timeout(300)
                page.screenshot(
                    path=f"{SHOTS}/{name}-{options.get('color_scheme', 'light')}.png",
                    full_page=True,
                )

        return page, look

    return open


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("ru", "light", 1280), ("kk", "dark", 360)]
)
def test_an_ad_is_read_answered_and_kept(listing, look, aigul, marat, language, scheme, width):
    page, look = look(color_scheme=scheme, viewport={"width": width, "height": 800})

    look(f"/{language}/listing/{listing.pk}/")
    assert page.locator(".gallery__strip img").first.evaluate("i => i.complete && i.naturalWidth")
    page.locator(".gallery__thumbs a").nth(2).click()
    third = page.locator("#photo-3 img")
    third.evaluate(COMES_INTO_VIEW)
    assert "701 234" not in page.content()
    page.locator("#phones button").focus()
    page.keyboard.press("Enter")
    page.get_by_text("+7 701 234 5678").wait_for()
    look()

    sign_in(page, marat)
    page.goto(f"/{language}/listing/{listing.pk}/")
    page.locator(f"form[action$='/listing/{listing.pk}/save/'] button").first.click()
    page.locator(f"form[action$='/listing/{listing.pk}/unsave/']").wait_for()
    assert Favourite.objects.get().user == marat
    listing.price = 190
    listing.changed("price")
    look(f"/{language}/account/favourites/")
    look(f"/{language}/account/searches/")

    for back in range(30):
        DailyCount.objects.create(
            listing=listing, day=timezone.localdate() - timedelta(days=back),
            views=60 + back * 7 % 50, reveals=back % 9, saves=back % 3,
        )  # fmt: skip
    page.context.clear_cookies()
    sign_in(page, aigul)
    look(f"/{language}/account/listings/{listing.pk}/stats/")
    for each in ("kk", "ru", "en"):
        page.goto(f"/{each}/account/listings/{listing.pk}/stats/")
        page.set_viewport_size({"width": 360, "height": 800})
        table = page.locator(".table-scroll")
        assert table.evaluate("table => table.scrollWidth - table.clientWidth") == 0, each
