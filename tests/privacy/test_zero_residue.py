"""Of people who did everything the portal offers nothing is left once they are forgotten."""

import pytest
import yaml
from django.core.management import call_command
from django.db import connection, models
from django.test import Client

from accounts.models import User
from letters.delivery import deliver
from letters.models import Letter
from listings import reviewing
from listings.models import Listing, Photo
from listings.tasks import fold_counts, prepare_photo
from moderation.models import Appeal
from orders.models import Order
from privacy.documents import load
from django.utils import timezone
from privacy.residue import find
from privacy.models import AuthorityRequest, Erasure, Request, Subject
from tests.conftest import BIN, IIN, enter_with_code
from tests.letters.conftest import outbox, post_office  # noqa: F401 fixtures
from tests.listings.conftest import attribute, few_places, small_catalogue  # noqa: F401 a fixture
from tests.privacy.everybody import Person, seen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("residue")]


@pytest.fixture
def places(few_places):  # noqa: F811
    """A few are enough, and load sooner."""


@pytest.fixture
def catalogue(copy_catalogue, tmp_path):
    """A small one, for the same reason; of wheat it asks for words, too."""
    data = small_catalogue()
    data["attributes"].append(attribute("origin", "text"))
    data["categories"][0]["attributes"].append("origin")
    path = tmp_path / "catalogue.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    copy_catalogue(path)


@pytest.fixture
def everywhere(settings, private_folder, tmp_path):
    """Folders of this test alone, and mail that goes out by a mail server."""
    settings.LETTERS_FOLDER = tmp_path / "mail"
    settings.LOGS = [str(tmp_path / "logs")]
    (tmp_path / "logs").mkdir()
    return tmp_path


@pytest.fixture
def moderators(make_user, monkeypatch):
    monkeypatch.setattr("kazvek.admin.is_demo_staff", lambda user: True)
    made = []
    for name in ("first", "second"):
        User.objects.create_superuser(f"{name}@kazvek.example", None)
        client = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_HOST="localhost")
        client.force_login(User.objects.get(email=f"{name}@kazvek.example"))
        made.append(client)
    return made


def press(client, path, **form):
    answer = client.post(path, form, follow=True)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {seen(answer)}"
    refused = answer.context and [
        field.errors for field in (answer.context.get("form") or []) if field.errors
    ]
    assert not refused, f"{path}: {refused}"
    return answer


def review(client, pk, act, **given):
    listing = Listing.objects.get(pk=pk)
    page = f"/admin/moderation/queue/{pk}/"
    press(client, page, act=act, seen=reviewing.edition(listing), **given)
    assert not listing.decisions.count() == 0


def prepare_photos():
    for photo in Photo.objects.filter(state="waiting"):
        prepare_photo(photo.pk)


def sell(seller, moderators):
    """An ad that was read, changed, refused, appealed and changed again; its row."""
    first, second = moderators
    ad = seller.begin_ad()
    prepare_photos()
    seller.change_ad(ad)
    review(first, ad, "approve")
    seller.change_ad(ad)
    review(first, ad, "reject", reasons=["price"], note=f"Не верна: {seller.known_by}")
    seller.post(f"/en/account/listings/{ad}/appeal/", {"text": seller.mark("Верна: {}")})
    answer = f"/admin/moderation/appeal/{Appeal.objects.latest('pk').pk}/answer/"
    press(second, answer, is_granted="no", note=f"Нет: {seller.known_by}")
    seller.change_ad(ad)
    return Listing.objects.get(pk=ad)


def test_nothing_is_left_of_anybody(
    everywhere,
    places,
    catalogue,
    policy,
    outbox,  # noqa: F811
    post_office,  # noqa: F811
    moderators,
):
    for slug in ("rules-ads", "rules-posting", "rules-items"):
        load(slug)
    guest, member, seller, company = (Person(number, post_office) for number in range(1, 5))
    first, second = moderators

    for person in (member, seller, company):
        person.sign_up()
        person.fill_profile()
        person.take_second_factor()
        person.begin_elsewhere()
    seller.begin_to_sell("person", IIN)
    seller.fill_storefront("person", IIN)
    company.begin_to_sell("company", BIN)
    company.fill_storefront("company", BIN)
    company.name_oneself()
    company.invite(guest.email)
    seller.invite(guest.email)
    seller.begin_ad()
    listing = sell(seller, moderators)
    others = sell(company, moderators)

    for buyer in (guest, member):
        buyer.get(f"/ru/listing/{listing.pk}/")
        for ad, act in ((listing, "offer"), (others, "accept"), (others, "decline")):
            reference = buyer.order(ad)
            by = seller if ad == listing else company
            reason = {"reason": by.mark("Урожай {}")} if act == "decline" else {}
            offer = {"quantity_1": "4", "price_1": "97 000", "note": by.mark("Скидка {}")}
            by.act(reference, act, **(offer if act == "offer" else reason))
            if act == "offer":
                buyer.act(reference, "turn-down", round="1", reason=buyer.mark("Дорого {}"))
            if act == "accept":
                buyer.act(reference, "dispute", reason=buyer.mark("Не довезли {}"))
                order = Order.objects.get(reference=reference)
                note = f"Звонили: {buyer.known_by}, {by.known_by}"
                press(first, f"/admin/orders/order/{order.pk}/settle/", act="undo", note=note)
        buyer.report(listing, email=buyer.email)
    member.type_and_go_back(listing)
    member.keep_what_interests(listing)
    staff_looks(moderators, guest, member, seller)
    member.fetch_copy()
    seller.fetch_copy()
    member.ask_things()
    guest.ask_by_letter("access")
    guest.ask_by_letter("rectification", words=guest.mark("Моё имя {}"))
    people = guest, member, seller, company
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    needles = [mark for person in people for mark in person.marks]
    for person in (member, seller, company):
        person.leave()
    guest.ask_by_letter("erasure")
    Erasure.objects.update(starts_at=timezone.now())
    deliver(Letter.objects.all())
    try:
        call_command("privacy", "erase", "--due")
    except Exception as x:
        print("FAILED", x)
    for e in Erasure.objects.all():
        print("ERASURE", e.pk, e.state, e.get_step_display(), e.trouble)
    hits = {}
    for hit in find(needles):
        hits.setdefault((hit.place, hit.where.partition(",")[0]), set()).add(needles[hit.needle])
    for place, marks in sorted(hits.items()):
        print("HIT", place, len(marks), sorted(marks)[:3])


def staff_looks(moderators, guest, member, seller):
    first, second = moderators
    order = Order.objects.filter(email=guest.email).first()
    reason = {"reason": f"Звонит: {member.known_by}"}
    press(first, f"/admin/orders/order/{order.pk}/reveal/", reason=f"Звонит: {guest.known_by}")
    for person in (member, seller):
        user = User.objects.get(email=person.email)
        page = f"/admin/accounts/user/{user.pk}/"
        press(first, f"{page}reveal/", **reason)
        corrected = {"surname": person.mark(), "first_name": person.mark(), "language": "kk"}
        press(first, f"{page}change/", **corrected, is_active="on")
        press(
            first,
            "/admin/privacy/authorityrequest/add/",
            body="Department of Police of Kostanay region",
            document="17-4/221",
            document_on="2026-11-20",
            ground="fraud",
            interest="rights",
            citation="Criminal Procedure Code, Article 122",
            asked=f"Всё о {person.known_by}",
            email=person.email,
            scope=["accounts.user.email"],
            review=f"По адресу {person.known_by} находится один человек.",
        )
        asked = AuthorityRequest.objects.latest("pk")
        press(second, f"/admin/privacy/authorityrequest/{asked.pk}/approve/")
        first.post(f"/admin/privacy/authorityrequest/{asked.pk}/give/")
