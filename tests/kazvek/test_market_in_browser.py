"""From an empty account to an ad that somebody finds, on a phone, without scripts and with them."""

import re
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from letters import after_commit
from listings.answers import pack
from listings.catalogue import current_catalogue
from listings.models import Listing
from listings.tasks import prepare_waiting_photos
from moderation.staff import moderators
from privacy.documents import load
from tests.conftest import wait_for_behaviours
from tests.listings.photos.pictures import drawing, picture
from tests.sellers.test_in_browser import sign_in

# Each way is gone without scripts one day and with them the next.
pytestmark = pytest.mark.proof

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(params=[False, True], ids=["without-scripts", "with-scripts"])
def with_scripts(request):
    return request.param


@pytest.fixture
def phone(open_browser, with_scripts):
    """A phone of its own for each person."""
    return lambda: open_browser(**PHONE, java_script_enabled=with_scripts, locale="en-GB")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path, monkeypatch):
    """Files of these tests only; no worker takes what waits, the tests are the worker."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setitem(vars(storages["private"]), "location", str(tmp_path / "private"))
    monkeypatch.setattr(after_commit, "away_until", float("inf"))


@pytest.fixture
def five(tmp_path):
    paths = [tmp_path / f"IMG_{number}.jpg" for number in range(1, 6)]
    for number, path in enumerate(paths):
        Path(path).write_bytes(picture("JPEG", drawing((400 + 40 * number, 300))))
    return paths


@pytest.fixture
def moderator(make_user, monkeypatch, operator):
    monkeypatch.setattr("kazvek.admin.is_demo_staff", lambda user: True)
    for slug in ("rules-ads", "rules-posting", "rules-items"):
        load(slug)
    user = make_user("moderator@example.com", is_staff=True)
    user.groups.add(moderators())
    return user


def search(page, words):
    """With the field that stands on every page; the titles that it finds."""
    page.get_by_role("searchbox", name="Search the ads").fill(words)
    page.get_by_role("banner").get_by_role("button", name="Search").click()
    page.wait_for_url(f"**q={quote_plus(words)}*")
    page.wait_for_load_state()
    return titles(page)


def titles(page):
    return page.locator(".listing-row h3").all_inner_texts()


def page_of(letter):
    """The page that the letter leads to."""
    return urlsplit(re.findall(r"^http\S+", letter.body, re.MULTILINE)[-1]).path


@pytest.mark.proof(every=3)
def test_a_new_seller_publishes_corrects_what_was_refused_and_is_found(
    phone, with_scripts, aigul, moderator, places, catalogue, five, mailoutbox
):
    selling, judging, looking = phone(), phone(), phone()
    sign_in(selling, aigul)

    # Who sells, what, with photos: three minutes.
    selling.get_by_role("button", name="Menu").click()
    selling.locator("#menu").get_by_role("link", name="Post an ad").click()
    selling.get_by_label("Individual").check()
    selling.locator("[name=name]").fill("Айгүл Сейтқазы")
    selling.locator("[name=region]").select_option("KZ-39")
    selling.locator("[name=settlement]").fill("Рудный")
    selling.locator("[name=phone]").fill("8 701 234 56 78")
    selling.get_by_role("button", name="Open my page").click()
    selling.get_by_label("What is it?").fill("пшеницу")
    selling.get_by_role("main").get_by_role("button", name="Search").click()
    selling.get_by_role("button", name="Wheat", exact=False).first.click()
    selling.locator("[name=title]").fill("Продаю недорого")
    selling.get_by_role("button", name="Save, and go to the photos").click()
    if with_scripts:
        wait_for_behaviours(selling)
    selling.get_by_label("Choose photos").set_input_files(five)
    if not with_scripts:
        selling.get_by_role("button", name="Add photos").click()
    selling.get_by_text("5 of 15").wait_for()
    prepare_waiting_photos()
    selling.get_by_role("link", name="Продаю недорого").click()
    expect(selling.locator(".photos img")).to_have_count(5)
    selling.locator("[name=description]").fill("Хранится на элеваторе, отгрузка вагонами.")
    selling.locator("[name=price]").fill("98 500")
    selling.get_by_role("button", name="Preview").click()
    selling.get_by_role("heading", name="This is how it will look").wait_for()
    selling.get_by_role("button", name="Publish", exact=True).click()
    selling.get_by_text("The ad is sent.").wait_for()
    listing = Listing.objects.get()
    assert (listing.state, listing.title) == ("pending", "Продаю недорого")

    # A moderator sees it with its photos and says why not.
    sign_in(judging, moderator)
    judging.goto("/admin/moderation/queue/")
    judging.get_by_role("button", name="Take the next one").click()
    expect(judging.locator(".review__photos img")).to_have_count(5)
    judging.get_by_label("The title does not name the object").check()
    judging.locator("[name=note]").fill("Что именно продаёте?")
    judging.get_by_role("button", name="Refuse").click()
    judging.get_by_text("refused.").wait_for()

    # The letter leads to the reason, the reason to the form.
    selling.goto(page_of(mailoutbox[-1]))
    selling.get_by_text("Что именно продаёте?").wait_for()
    selling.get_by_role("link", name="Correct the ad").click()
    selling.locator("[name=title]").fill("Пшеница мягкая 3 класса")
    selling.get_by_role("button", name="Publish", exact=True).click()
    selling.get_by_text("The ad is sent.").wait_for()
    looking.goto("/en/listings/")
    assert search(looking, "пшеница") == []
    judging.goto("/admin/moderation/queue/")
    judging.get_by_role("button", name="Take the next one").click()
    judging.get_by_role("button", name="Approve").click()
    judging.get_by_text("approved.").wait_for()
    letter = mailoutbox[-1]

    # And somebody finds it, looks through the photos and asks for the phone.
    assert search(looking, "мягкой пшеницы") == ["Пшеница мягкая 3 класса"]
    looking.get_by_role("link", name="Пшеница мягкая 3 класса").click()
    assert urlsplit(looking.url).path == page_of(letter)
    expect(looking.locator(".gallery__strip img")).to_have_count(5)
    looking.get_by_role("button", name="Show the phone").first.click()
    looking.get_by_text("+7 701 234 5678").first.wait_for()
    assert looking.context.cookies() == []


@pytest.fixture
def market(make_listing, make_seller):
    """Ads in three languages, alike enough to be taken for one another."""
    make_seller(verified_at=timezone.now())
    told = {one.code: one for one in current_catalogue().filters.values()}
    third, fourth = (
        pack({told["wheat_class"]: choice})
        for choice in told["wheat_class"].choices.all()
        if choice.code in ("class_3", "class_4")
    )
    for title, category, fields in (
        ("Пшеница мягкая, вагонами", "wheat", {"price": 98_000, "answers": third}),
        ("Пшеница с поля", "wheat", {"price": 99_000, "answers": third}),
        ("Пшеница фуражная", "wheat", {"price": 80_000, "answers": fourth}),
        ("Пшеница Павлодара", "wheat", {"price": 97_000, "answers": third, "region_id": "KZ-55"}),
        ("Бұзаулар, өз шаруашылығымыздан", "cattle", {"language": "kk"}),
        ("Excavator with a spare bucket", "excavators", {"language": "en"}),
        ("Насос топливный RE-504836", "tractor-parts", {}),
        ("Насос топливный RE-504863", "tractor-parts", {}),
    ):
        make_listing(title, category=category, description="Показываем на месте.", **fields)
    call_command("reindex", verbosity=0)


def test_an_ad_is_found_as_people_write_and_by_three_filters(phone, with_scripts, market):
    page = phone()
    page.goto("/en/listings/")

    assert search(page, "пшинеца фуражная") == ["Пшеница фуражная"]
    expect(page.get_by_text("These ads are for “пшеница фуражная”")).to_be_visible()
    assert search(page, "бузаулар оз") == ["Бұзаулар, өз шаруашылығымыздан"]
    assert search(page, "spare buckets") == ["Excavator with a spare bucket"]
    assert search(page, "re 504.836") == ["Насос топливный RE-504836"]

    page.goto("/en/listings/wheat/")
    assert len(titles(page)) == 4
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Kostanay").check()
    page.get_by_label("Class 3").check()
    page.locator("[name=price_to]").fill("98 500")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**price_to=98*500*")
    page.get_by_role("link", name="Take away: Class 3").wait_for()
    assert titles(page) == ["Пшеница мягкая, вагонами"]


def test_nothing_appears_twice_while_new_ads_come_in(phone, make_listing):
    standing = {f"Пшеница, партия {number}" for number in range(50)}
    for title in standing:
        make_listing(title)
    page = phone()

    for query in ("", "?q=пшеница"):
        page.goto(f"/en/listings/wheat/{query}")
        read = titles(page)
        for number in (1, 2):
            for coming in range(3):
                make_listing(f"Пшеница, новая {query}{number}-{coming}")
            seen = page.locator(".listing-row h3").first.inner_text()
            page.get_by_role("link", name="Next page").click()
            page.get_by_text(seen, exact=True).wait_for(state="detached")
            read += titles(page)

        expect(page.get_by_role("link", name="Next page")).to_have_count(0)
        assert len(read) == len(set(read))
        assert standing <= set(read)
