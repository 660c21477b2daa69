from datetime import timedelta

import pytest
from django.utils import timezone

from listings.models import Listing, Revision
from moderation.deciding import reject
from moderation.models import Appeal, Ban, Complaint, Decision
from moderation.models.ban import known_by
from moderation.staff import moderators
from tests.axe import faults
from tests.conftest import PASSWORD


def sign_in(page, user):
    page.goto("/en/accounts/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/account/")


@pytest.fixture
def queue(make_user, monkeypatch, rules, make_listing, seller):
    """A moderator's account, and three ads that wait for them."""
    monkeypatch.setattr("kazvek.admin.is_demo_staff", lambda user: True)
    user = make_user("moderator@example.com", is_staff=True, language="ru")
    user.groups.add(moderators())
    since = timezone.now() - timedelta(minutes=47)
    changed = make_listing(
        "Пшеница мягкая 3 класса, клейковина 24 %", seller=seller, price=98_000, waiting_since=since
    )
    content = {name: getattr(changed, name) for name in Listing.CONTENT}
    content |= {
        "title": "Пшеница мягкая 2 класса, клейковина 27 %",
        "description": "Урожай этого года, хранится на складе. Тел. 8 701 234 56 78.",
        "answers": [],
    }
    Revision.objects.create(listing=changed, state="pending", **content)
    Complaint.objects.create(
        listing=changed, reason="other", text="Просит аванс.", visitor="x", on=since.date()
    )
    for title in ("Ячмень кормовой", "Рожь продовольственная"):
        make_listing(title, seller=seller, state="pending", waiting_since=timezone.now())
    return user, changed


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_queue_is_worked_from_the_keyboard_and_axe_finds_nothing(
    open_browser, queue, scheme, width
):
    user, changed = queue
    page = open_browser(
        locale="en-GB", color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    said = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)

    def look(name):
        assert faults(page) == "", name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    sign_in(page, user)
    page.goto("/admin/moderation/queue/")
    look("queue")
    page.get_by_role("button", name="Take the next one").click()
    page.wait_for_url(f"**/queue/{changed.pk}/")
    look("review")

    page.keyboard.press("r")
    page.get_by_text("Say why: tick at least one reason.").wait_for()
    look("refused")
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.keyboard.type("Телефон в описании, ab")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_url(lambda url: not url.endswith(f"/{changed.pk}/"))
    page.keyboard.press("a")
    page.get_by_text("approved.").wait_for()

    assert [(one.act, one.reasons, one.note) for one in Decision.objects.order_by("pk")] == [
        ("reject", ["contacts"], "Телефон в описании, ab"),
        ("approve", [], ""),
    ]
    assert said == [line for line in said if "400" in line]


def test_without_a_script_the_buttons_do_it_all(open_browser, queue):
    user, changed = queue
    page = open_browser(locale="en-GB", java_script_enabled=False)
    sign_in(page, user)
    page.goto(f"/admin/moderation/queue/{changed.pk}/")

    page.get_by_label("The price is not real").check()
    page.get_by_role("button", name="Refuse").click()

    page.get_by_text("refused.").wait_for()
    assert Decision.objects.get().reasons == ["price"]


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(
    ("language", "scheme", "width"), [("ru", "light", 360), ("kk", "dark", 1280)]
)
def test_reports_and_appeals_are_open_to_all(open_browser, queue, aigul, language, scheme, width):
    moderator, changed = queue
    reject(changed, moderator, ["contacts", "price"], "«8 701 234 56 78» в описании")
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})

    def look(name):
        assert faults(page) == "", name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    page.goto(f"/{language}/listing/{changed.pk}/report/")
    look("report")
    page.locator("[value=other]").check()
    page.locator("form.stack button").click()
    page.locator(".notice--bad").wait_for()
    look("report-refused")
    page.locator("[name=text]").fill("Просит аванс.")
    page.locator("form.stack button").click()
    page.wait_for_url("**/report/sent/")
    look("sent")
    Ban.objects.create(**known_by("network", "127.0.0.0/24"), reason="Ложные жалобы")
    page.goto(f"/{language}/listing/{changed.pk}/report/")
    page.locator("[value=sold]").check()
    page.locator("form.stack button").click()
    page.get_by_text("Ложные жалобы").wait_for()
    look("banned")
    sign_in(page, aigul)
    page.goto(f"/{language}/account/listings/{changed.pk}/appeal/")
    look("appeal")
    page.locator("[name=text]").fill("Телефона больше нет.")
    page.locator("form.stack:has([name=text]) button").click()
    page.locator("[name=text]").wait_for(state="detached")
    look("appealed")
    assert Appeal.objects.get().text == "Телефона больше нет."
