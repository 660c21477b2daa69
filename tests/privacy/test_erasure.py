"""Being forgotten, from the wish to the certificate, as people meet it."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Address, KnownDevice, Phone, User
from listings.models import Favourite, Listing
from orders.models import Order, OrderSeller
from privacy.data_map import DATA_MAP
from privacy.erasure import engine, registry
from privacy.erasure.certificate import in_words
from privacy.models import AuthorityRequest, Erasure, Request, Subject, SubjectIdentifier
from privacy.requests import file_request
from privacy.residue import look_for
from sellers.models import Member, Seller
from tests.accounts.conftest import link_in
from tests.conftest import BUYER, PASSWORD, enter_with_code

pytestmark = pytest.mark.django_db(transaction=True)

LEAVE = "/en/account/privacy/leave/"
DAY = timedelta(days=1)


def erase(subject, **how):
    request = file_request(subject, Request.Kind.ERASURE, language="en", at_once=True, **how)
    call_command("privacy", "erase", "--due")
    return Erasure.objects.get(request=request)


def rows_left(*people):
    """Of everything the data map calls personal, what still says something of them.

    What is sealed for the night has a test of its own: test_looking_again.py.
    """
    people = [person.pk for person in people]
    left = {}
    for model, described in DATA_MAP.items():
        if not described.is_personal or not isinstance(described.subject, str):
            continue
        rows = model._base_manager.filter(**{f"{described.subject}__in": people})
        for row in rows:
            said = {
                name: getattr(row, name)
                for name, declared in described.personal_fields.items()
                if (described.erase is None or declared.erase)
                and name != "sealed"
                and getattr(row, name)
            }
            if said or described.erase.__class__.__name__ == "DeleteRow":
                left.setdefault(model.__name__, []).append(said)
    return left


def keys_of_the_cache():
    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as valkey:
        return [key.decode() for key in valkey.scan_iter()]


def is_counter(key):
    return any(name in key for name in ("privacy:", "listings:phones:", "moderation:reports:"))


@pytest.fixture
def member(make_user, make_listing, make_order):
    """Somebody with a little of everything."""
    user = make_user("dana@example.com", surname="Омарова", first_name="Дана", activity="crops")
    SubjectIdentifier.objects.file(user.subject, "email", user.email)
    Phone.objects.create(user=user, number="+77015554433")
    Address.objects.create(user=user, kind="work", region="Қостанай", settlement="Рудный")
    KnownDevice.objects.create(user=user, digest="0" * 64, seen_at=timezone.now())
    wheat = make_listing(price=98_000, quantity=100)
    Favourite.objects.create(user=user, listing=wheat)
    order = make_order(wheat, user=user, email=user.email, phone="+77015554433")
    Order.objects.filter(pk=order.pk).update(state="completed", closed_at=timezone.now())
    return user


@pytest.mark.clause("P5.2b")
def test_of_a_member_nothing_is_left_but_what_names_nobody(client, member, mailoutbox):
    person = member.subject
    client.force_login(member)
    enter_with_code(client, member)
    client.post("/en/accounts/reauthenticate/", {"password": PASSWORD})

    client.post(f"{LEAVE}erasure/", {"at_once": "on"})
    call_command("privacy", "erase", "--due")

    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.trouble, bytes(erasure.secret)) == ("done", "", b"")
    person.refresh_from_db()
    assert (person.state, person.epoch) == ("erased", 1)
    assert rows_left(person) == {}
    assert not User.objects.filter(pk=member.pk).exists()
    assert not Session.objects.exists()
    assert "/accounts/login/" in client.get("/en/account/")["Location"]
    assert erasure.request.state == "answered"
    assert erasure.found["accounts_phone"] == 1
    assert "dana" not in str(erasure.certificate)
    page = client.get(link_in(mailoutbox[-1])).content.decode()
    assert "Certificate of deletion" in page
    assert "Your phones" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Nothing you sent has been saved"), ("kk", "Жібергеніңіздің ештеңесі сақталмады")],
)
def test_who_is_writing_when_the_fence_goes_up_reads_so_and_nothing_is_saved(
    client, make_user, language, words
):
    user = make_user("dana@example.com")
    client.force_login(user)
    client.raise_request_exception = False
    Subject.objects.filter(pk=user.subject_id).update(state="erasing")

    given = {"number": "+77015554433", "purpose": "calls"}
    answer = client.post(f"/{language}/account/profile/phones/add/", given)

    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert not Phone.objects.exists()


@pytest.mark.clause("P5.2b")
def test_the_seller_keeps_the_order_with_a_deleted_buyer(client, member):
    order = Order.objects.get()
    before = order.lines.values().get()
    seller = order.seller.members.get().user

    erase(member.subject)

    order.refresh_from_db()
    assert order.lines.values().get() == before
    assert {getattr(order, name) for name in Order.CONTACTS} == {""}
    client.force_login(seller)
    assert "Deleted buyer" in client.get("/en/account/sales/").content.decode()
    page = client.get(f"/en/orders/{order.reference}/").content.decode()
    assert "The data of the buyer has been deleted" in page


def test_a_guest_is_erased_with_all_that_was_joined(make_order, make_listing, mailoutbox):
    wheat = make_listing(price=98_000, quantity=100)
    first, second = make_order(wheat), make_order(wheat)
    others = make_order(wheat, email="somebody@example.com", phone="+77019998877")
    Subject.objects.filter(pk=second.buyer_id).update(joined_to=first.buyer)
    Order.objects.update(state="completed", closed_at=timezone.now())

    erasure = erase(first.buyer, email=BUYER["email"])

    assert erasure.state == "done"
    assert erasure.found["orders_order"] == 2
    assert rows_left(first.buyer, second.buyer) == {}
    states = Subject.objects.filter(pk__in=[first.buyer_id, second.buyer_id])
    assert set(states.values_list("state", flat=True)) == {"erased"}
    others.refresh_from_db()
    assert others.email == "somebody@example.com"
    assert others.buyer.state == "active"


@pytest.mark.clause("P5.2b")
def test_before_its_time_it_can_be_taken_back_by_the_letter(client, member, mailoutbox):
    file_request(member.subject, Request.Kind.ERASURE, language="en", email=member.email)
    link = link_in(mailoutbox[-1])
    call_command("privacy", "erase", "--due")
    page = client.get(link).content.decode()
    assert "Keep my data" in page
    client.force_login(member)
    assert "You asked us to delete your account" in client.get("/en/account/").content.decode()
    client.logout()

    client.post(link, {"take_back": ""}, headers={"Sec-Fetch-Site": "same-origin"})

    erasure = Erasure.objects.get()
    assert (erasure.state, bytes(erasure.secret)) == ("cancelled", b"")
    assert erasure.request.state == "taken_back"
    member.refresh_from_db()
    assert member.email == "dana@example.com"
    assert member.subject.state == "active"
    assert "Nothing was deleted" in client.get(link).content.decode()


def test_after_three_days_it_begins_by_itself(client, member, mailoutbox, time_machine):
    file_request(member.subject, Request.Kind.ERASURE, language="en", email=member.email)
    asked = Erasure.objects.get().created_at
    time_machine.move_to(asked + 3 * DAY - timedelta(minutes=1))
    call_command("privacy", "erase", "--due")
    assert Erasure.objects.get().state == "waiting"

    time_machine.move_to(asked + 3 * DAY)
    call_command("privacy", "erase", "--due")

    assert Erasure.objects.get().state == "done"
    assert rows_left(member.subject) == {}


def test_once_begun_it_cannot_be_taken_back(client, member, mailoutbox):
    file_request(member.subject, Request.Kind.ERASURE, language="en", email=member.email)
    Erasure.objects.update(state="running")

    link = link_in(mailoutbox[-1])
    response = client.post(
        link, {"take_back": ""}, headers={"Sec-Fetch-Site": "same-origin"}, follow=True
    )

    assert "cannot be taken back" in response.content.decode()
    assert Erasure.objects.get().state == "running"
    assert Request.objects.get().state == "checked"


@pytest.mark.clause("P4.5")
def test_the_certificate_does_not_tell_of_an_authority_before_its_day(member, marat):
    facts = {"body": "Police", "document": "1", "document_on": timezone.localdate()}
    facts |= {"ground": "fraud", "interest": "rights", "citation": "Article 1", "asked": "Whatever"}
    silent = {"silent_until": timezone.localdate() + DAY, "silent_because": "Article 2"}
    asked = AuthorityRequest.objects.create(
        subject=member.subject, handler=marat.subject, scope=[], review="x", **facts, **silent
    )

    erasure = erase(member.subject)

    def told():
        with override("en"):
            return [str(title) for title, _facts in in_words(erasure)["nameless"]]

    assert "When an authority asked for your data" not in told()
    AuthorityRequest.objects.filter(pk=asked.pk).update(silent_until=None)
    assert "When an authority asked for your data" in told()


@pytest.mark.parametrize("key", ["", "1", "1:x", "x" * 5000])
def test_without_the_key_there_is_no_page(client, member, key):
    file_request(member.subject, Request.Kind.ERASURE, language="en", email=member.email)

    assert client.get("/en/privacy/deletion/", {"key": key}).status_code == 404


@pytest.mark.clause("P5.2b")
def test_late_writes_are_refused_by_the_database(member):
    Subject.objects.filter(pk=member.subject_id).update(state="erasing")
    order = Order.objects.get()

    for write in (
        lambda: Phone.objects.create(user=member, number="+77015554434"),
        lambda: User.objects.filter(pk=member.pk).update(last_login=timezone.now()),
        lambda: Request.objects.create(subject=member.subject, kind="access"),
        lambda: Order.objects.filter(pk=order.pk).update(full_name="Дана"),
    ):
        with pytest.raises(IntegrityError, match="being erased"), transaction.atomic():
            write()

    assert member.phones.count() == 1
    assert Order.objects.filter(pk=order.pk).update(state="disputed", closed_at=None) == 1


@pytest.mark.clause("P5.2b")
def test_an_open_order_is_finished_first(client, member, mailoutbox):
    order = Order.objects.get()
    Order.objects.update(state="shipped", closed_at=None)

    erasure = erase(member.subject, email=member.email)

    assert erasure.state == "held"
    assert erasure.request.state == "answered"
    assert [hold.fields for hold in erasure.holds.all()] == [Order.CONTACTS]
    assert "until the order is closed" in mailoutbox[-1].body
    member.subject.refresh_from_db()
    assert member.subject.state == "erasing"
    assert set(rows_left(member.subject)) == {"Order", "Erasure"}
    link = link_in(mailoutbox[-1])
    assert "until the order is closed" in client.get(link).content.decode()

    Order.objects.filter(pk=order.pk).update(state="completed", closed_at=timezone.now())
    call_command("privacy", "erase", "--due")

    erasure.refresh_from_db()
    assert (erasure.state, erasure.trouble) == ("done", "")
    member.subject.refresh_from_db()
    assert member.subject.state == "erased"
    assert rows_left(member.subject) == {}
    assert "until the order is closed" not in client.get(link).content.decode()


@pytest.mark.clause("P5.2b")
def test_a_seller_goes_with_the_ads_and_buyers_keep_their_orders(
    client, make_seller, make_listing, make_order, marat, aigul
):
    seller = make_seller("ИП Омарова", form="sole", owner=marat, phone="+77015550000")
    wheat = make_listing(price=98_000, quantity=100, seller=seller)
    shipped = make_order(wheat, user=aigul)
    Order.objects.filter(pk=shipped.pk).update(state="completed", closed_at=timezone.now())
    asked = make_order(wheat, user=aigul)

    erasure = erase(marat.subject)

    assert erasure.state == "done", erasure.trouble
    assert rows_left(marat.subject) == {}
    assert not Listing.objects.exists()
    asked.refresh_from_db()
    assert (asked.state, asked.seller) == ("declined", None)
    client.force_login(aigul)
    for order in (shipped, asked):
        page = client.get(f"/en/orders/{order.reference}/").content.decode()
        assert "The data of the seller has been deleted" in page
        assert "Омарова" not in page
    held = "/en/account/privacy/data/"
    for page in ("/en/account/orders/", held, f"{held}privacy_disclosure/"):
        assert "Deleted seller" in client.get(page).content.decode(), page


@pytest.mark.clause("P5.2b")
def test_a_company_of_one_goes_with_them(client, make_seller, make_listing, make_order, marat):
    seller = make_seller("ТОО Омарова", owner=marat, phone="+77015550000")
    wheat = make_listing(price=98_000, quantity=100, seller=seller)
    order = make_order(wheat)
    Order.objects.filter(pk=order.pk).update(state="completed", closed_at=timezone.now())

    erasure = erase(marat.subject)

    assert erasure.state == "done", erasure.trouble
    assert not Seller.objects.exists()
    assert not Listing.objects.exists()
    assert not OrderSeller.objects.exclude(name="", bin="", place="").exists()
    assert client.get(f"/en/sellers/{seller.slug}/").status_code == 404
    assert not look_for([seller.bin])


@pytest.mark.clause("P5.2b")
@pytest.mark.parametrize("role", ["manager", "owner"])
def test_a_company_of_several_stays_and_sells_as_long_as_somebody_answers_for_it(
    client, make_seller, make_listing, marat, aigul, role
):
    seller = make_seller(owner=marat)
    Member.objects.create(seller=seller, user=aigul, role=role)
    wheat = make_listing(seller=seller)

    erasure = erase(marat.subject)

    assert erasure.state == "done", erasure.trouble
    wheat.refresh_from_db()
    assert wheat.state == ("published" if role == "owner" else "archived")
    assert Seller.objects.get().bin == seller.bin
    page = client.get(f"/en/sellers/{seller.slug}/")
    assert page.status_code == (200 if role == "owner" else 404)
    assert (wheat.title in client.get("/en/listings/").content.decode()) == (role == "owner")


@pytest.mark.clause("P5.2b")
def test_what_was_counted_under_the_person_is_forgotten_at_once(client, member, mailoutbox):
    ad = Listing.objects.get()
    Seller.objects.update(slug="zharqyn-dala")
    from_here = {"HTTP_SEC_FETCH_SITE": "same-origin"}
    before = set(keys_of_the_cache())
    client.post("/en/privacy/request/", {"email": member.email, "kind": "access"}, **from_here)
    asked_by_network = set(keys_of_the_cache()) - before
    client.force_login(member)
    client.post(f"/en/listing/{ad.pk}/phone/", **from_here)
    client.post(f"/en/listing/{ad.pk}/report/", {"reason": "sold"}, **from_here)
    counted = {key for key in keys_of_the_cache() if is_counter(key)} - before
    assert len(counted) == 4

    erase(member.subject)

    [left] = counted.intersection(keys_of_the_cache())
    assert left in asked_by_network  # of the net, which is nobody's


@pytest.mark.clause("P5.2b")
def test_what_others_wrote_of_the_person_is_marked(make_listing, member, make_order):
    wheat = Listing.objects.get()
    said = (
        "Звоните Дане: 8 (701) 555-44-33 или +7 701 555 44 33, пишите Dana@Example.com. "
        "Склад: 8 701 555 44 34, 2 701 555 44 33."
    )
    Listing.objects.filter(pk=wheat.pk).update(description=said)

    erase(member.subject)

    wheat.refresh_from_db()
    assert wheat.description == (
        "Звоните Дане: [•••] или [•••], пишите [•••]. Склад: 8 701 555 44 34, 2 [•••]."
    )


def test_a_number_that_colleagues_share_stays_in_texts(member, marat):
    Phone.objects.create(user=marat, number="+77015554433")
    Listing.objects.update(description="Звоните: +7 701 555 44 33")

    erasure = erase(member.subject)

    assert erasure.state == "done"
    assert Listing.objects.get().description == "Звоните: +7 701 555 44 33"
    assert marat.phones.exists()


def test_rows_that_do_not_go_are_an_error_and_never_a_success(member, caplog):
    with connection.cursor() as cursor:
        cursor.execute("CREATE RULE stays AS ON DELETE TO accounts_phone DO INSTEAD NOTHING")
    try:
        erasure = erase(member.subject)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP RULE stays ON accounts_phone")

    assert erasure.state == "running"
    assert "TABLES" in erasure.trouble
    assert Request.objects.get(pk=erasure.request_id).state == "in_work"
    Erasure.objects.update(lease_until=None)
    call_command("privacy", "erase", "--due")
    erasure.refresh_from_db()
    assert (erasure.state, erasure.trouble) == ("done", "")


def test_a_search_longer_than_its_lease_is_left_to_whoever_is_at_it(member, monkeypatch):
    monkeypatch.setattr(engine, "LEASE", timedelta(seconds=0.4))
    found_by_another = []

    def look_for_long(_needles):
        time.sleep(1)
        found_by_another.append(engine.run(0).done)
        return {}

    monkeypatch.setattr(registry, "LOOK_FOR", [look_for_long])

    assert erase(member.subject).state == Erasure.State.DONE
    assert found_by_another == [0]


def test_the_long_search_waits_for_those_who_are_on_the_way_to_it(member, marat, monkeypatch):
    for person in (member, marat):
        file_request(person.subject, Request.Kind.ERASURE, language="en", at_once=True)
    first, second = Erasure.objects.order_by("pk")
    searched = []
    monkeypatch.setattr(registry, "LOOK_FOR", [lambda needles: searched.append(needles) or {}])
    soon = timezone.now() + timedelta(minutes=5)
    Erasure.objects.filter(pk=second.pk).update(lease=uuid4(), lease_until=soon, state="running")

    engine.run(60)
    first.refresh_from_db()
    assert (first.step, searched) == (Erasure.Step.MENTIONS, [])

    Erasure.objects.filter(pk=second.pk).update(lease_until=timezone.now())
    engine.run(60)
    assert set(Erasure.objects.values_list("state", flat=True)) == {Erasure.State.DONE}
    assert len(searched) == 1


def test_erasing_again_changes_nothing(member):
    erasure = erase(member.subject)
    before = Erasure.objects.values().get()

    Erasure.objects.update(state="running", step=Erasure.Step.BEGIN)
    call_command("privacy", "erase", "--due")

    after = Erasure.objects.values().get()
    same = ("state", "step", "found", "letter", "request_id")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert erasure.request.steps.count() == 5


def test_staff_see_how_an_erasure_goes_in_words_and_what_holds_it(staff, member):
    Order.objects.update(state="shipped", closed_at=None)
    erasure = erase(member.subject, email=member.email)

    page = staff.get(f"/admin/privacy/erasure/{erasure.pk}/change/").content.decode()

    assert "carried out; something is still kept" in page
    assert "Your phones: 1" in page
    assert "until the order is closed" in page
    assert "accounts_phone" not in page
