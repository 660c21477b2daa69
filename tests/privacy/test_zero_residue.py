# ruff: noqa: F811 fixtures of neighbours are parameters here
"""Of people who did everything the portal offers nothing is left once they are forgotten."""

from collections import defaultdict
from datetime import timedelta
from urllib.parse import unquote

import pytest
import yaml
from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from accounts.models import User
from letters.delivery import deliver
from letters.models import Letter
from listings import reviewing
from listings.models import Listing, Photo
from listings.tasks import clear_leftovers, fold_counts, learn_words, prepare_photo
from moderation.models import Appeal
from moderation.storefronts import edition, said_by
from orders.models import Order
from privacy.data_map import DATA_MAP
from privacy.documents import load
from privacy.erasure import looking_again
from privacy.erasure.holding import RULES
from privacy.models import AuthorityRequest, Erasure, Hold, IncomingLetter
from privacy.models.identifiers import digest
from privacy.people import filed_under
from privacy.residue import find
from privacy.residue.needles import why_unfit
from sellers.models import Payment, Seller, Shipping
from sellers.verification import identity_of
from tests.conftest import BIN, IIN
from tests.letters.conftest import outbox, post_office  # noqa: F401 fixtures
from tests.listings.conftest import attribute, few_places, small_catalogue  # noqa: F401 a fixture
from tests.privacy import plain_dump
from tests.privacy.everybody import Person, seen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("residue")]

# Tables with words in them that each of the two tests below fills, beside those of both.
FILLED_BY_BOTH = {
    *("account_emailaddress", "account_emailconfirmation", "accounts_address", "accounts_user"),
    *("accounts_knowndevice", "accounts_phone", "django_admin_log", "django_session"),
    *("letters_letter", "mfa_authenticator", "privacy_authorityrequest", "privacy_consent"),
    *("privacy_consententry", "privacy_consentevidence", "privacy_disclosure", "privacy_export"),
    *("privacy_request", "privacy_requeststep", "privacy_staffaccess", "privacy_storedact"),
    *("privacy_subjectidentifier", "usersessions_usersession"),
}
FILLED = {
    "buyers": FILLED_BY_BOTH
    | {
        *("listings_savedsearch", "moderation_complaint", "orders_change", "orders_entries"),
        *("orders_offer", "orders_order", "privacy_incomingletter", "privacy_letterkey"),
        "sellers_invitation",
    },
    "sellers": FILLED_BY_BOTH
    | {
        *("listings_document", "listings_listing", "listings_photo", "listings_revision"),
        *("listings_searchdocument", "moderation_appeal", "moderation_ban"),
        *("moderation_decision", "moderation_removal", "orders_orderseller"),
        *("sellers_authorisedperson", "sellers_formerslug", "sellers_logo", "sellers_payment"),
        *("sellers_phone", "sellers_seller", "sellers_shipping"),
    },
}
# They come about by the erasure itself.
OF_THE_ERASURE = {"moderation_banmark", "privacy_erasure", "privacy_notice"}

# What no form fills, and why. What stands there is random, or made of what was typed, and so is
# looked for as it is.
NOT_TYPED = {
    "accounts_knowndevice": {"digest": "a keyed digest"},
    "accounts_user": {"password": "a hash"},
    "django_session": {"session_key": "random", "session_data": "packed and signed"},
    "letters_letter": {"content": "packed as letters are", "subject_line": "of the portal"},
    "listings_document": {"file": "random"},
    "listings_photo": {"stem": "random", "upload": "random"},
    "moderation_banmark": {"digest": "a keyed digest"},
    "moderation_complaint": {"visitor": "a keyed digest", "network": "a keyed digest"},
    "privacy_consentevidence": {"network": "of the address of the browser"},
    "privacy_export": {"file": "random"},
    "privacy_incomingletter": {"sender": "a keyed digest"},
    "privacy_letterkey": {"digest": "of a random key"},
    "privacy_subjectidentifier": {"digest": "a keyed digest"},
    "sellers_formerslug": {"slug": "the name in Latin letters"},
    "sellers_logo": {"stem": "of the picture"},
    "sellers_seller": {"logo": "of the picture", "slug": "the name in Latin letters"},
    "usersessions_usersession": {"ip": "of the address of the browser", "session_key": "random"},
}
# A few words and numbers of the portal, the same for thousands of people.
OF_THE_PORTAL = {
    "listings_searchdocument": {"choices", "region"},
    "moderation_decision": {"reasons", "rules"},
    "moderation_removal": {"parts", "reasons", "rules"},
    "privacy_consent": {"purpose"},
    "privacy_consententry": {
        *("purpose", "basis", "version_digest", "sentence", "sentence_hash", "language"),
        *("form", "button", "scope"),
    },
    "privacy_consentevidence": {"browser"},
    "privacy_disclosure": {"recipient_name", "fields", "purpose", "basis", "about"},
    "privacy_export": {"language"},
    "privacy_incomingletter": {"kinds"},
    "privacy_authorityrequest": {"body", "document", "citation", "scope"},
    "privacy_notice": {"occasion", "about"},
    "privacy_request": {"purpose"},
    "privacy_storedact": {"content"},
    "privacy_staffaccess": {"fields", "about"},
    "sellers_logo": {"webp_256", "webp_512", "jpg_256", "jpg_512"},
    "sellers_seller": {"sort_key"},
    "usersessions_usersession": {"user_agent"},
}
# Of companies, which are no people; and what is emptied before anybody looks.
NOBODYS = {
    "moderation_ban": {"digest"},
    "orders_orderseller": {"bin"},
    "sellers_seller": {"bin"},
    "privacy_erasure": {"secret", "sealed"},
}
# What the other side keeps of a deal, in its books.
BOOKS = {
    "orders_orderline": {"title", "facts"},
    "orders_order": {"shipping_conditions", "payment_conditions"},
}
# Whoever comes back out of a backup is recognised by keyed digests, until the last backup is gone;
# and random names of files are remembered for an hour, so that none stays.
FOR_A_WHILE = {"privacy_storedact": {"content"}, "listings_leftover": {"name"}}


@pytest.fixture
def places(few_places):
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
def folder(settings, private_folder, tmp_path):
    """All that is stored as files, of this test alone."""
    settings.LETTERS_FOLDER = tmp_path / "mail"
    settings.LOGS = [str(tmp_path / "logs")]
    (tmp_path / "logs").mkdir()
    return tmp_path


@pytest.fixture
def moderators(monkeypatch):
    """Two browsers in the administration."""
    monkeypatch.setattr("kazvek.admin.is_demo_staff", lambda user: True)

    def enter(name):
        client = Client(HTTP_ACCEPT_LANGUAGE="en", HTTP_HOST="localhost")
        client.force_login(User.objects.create_superuser(f"{name}@kazvek.example", None))
        return client

    return enter("first"), enter("second")


@pytest.fixture
def portal_in_use(places, catalogue, policy, folder, outbox, post_office, moderators):
    for slug in ("rules-ads", "rules-posting", "rules-items"):
        load(slug)
    return post_office


@pytest.fixture
def buyers(portal_in_use, moderators, make_seller, make_listing):
    """A guest and a member who buy of somebody else; and what they have done."""
    guest, member = Person(1, portal_in_use), Person(2, portal_in_use)
    farm = make_seller("Жарқын дала", phone="+77770000001")
    Shipping.objects.create(seller=farm, method="carrier", conditions="До станции")
    Payment.objects.create(seller=farm, method="prepaid")
    selling = Client(HTTP_SEC_FETCH_SITE="same-origin")
    selling.force_login(farm.members.get().user)
    wheat = make_listing(seller=farm, price=98_000, quantity=10_000)
    take_account(member)
    for buyer in (guest, member):
        buyer.get(f"/ru/listing/{wheat.pk}/")
        buyer.post(f"/en/listing/{wheat.pk}/phone/")
        buyer.report(wheat, email=buyer.email)
        turned_down, disputed, cancelled = (buyer.order(wheat) for _ in range(3))
        offer = {"quantity_1": "4", "price_1": "97 000"}
        offer["note"] = f"Для {buyer.known_by}"
        press(selling, f"/en/orders/{turned_down}/offer/", **offer)
        buyer.act(turned_down, "turn-down", round="1", reason=buyer.mark("Дорого {}"))
        press(selling, f"/en/orders/{disputed}/accept/")
        buyer.act(disputed, "dispute", reason=buyer.mark("Не довезли {}"))
        order = Order.objects.get(reference=disputed)
        settle = f"/admin/orders/order/{order.pk}/settle/"
        press(moderators[0], settle, act="undo", note=f"Звонили: {buyer.known_by}")
        buyer.act(cancelled, "cancel", reason=buyer.mark("Передумал {}"))
        press(
            moderators[0],
            f"/admin/orders/order/{order.pk}/reveal/",
            reason=f"Звонит: {buyer.known_by}",
        )
    # What others wrote of them, in an ad and on a page of their own.
    said = f"Спросите у {member.known_by} или {guest.known_by}"
    make_listing(seller=farm, description=said)
    Seller.objects.filter(pk=farm.pk).update(street=said[:160])
    member.keep_what_interests(wheat)
    invites = make_seller("Арпа", form="person").members.get().user
    inviting = Client()
    inviting.force_login(invites)
    press(
        inviting,
        "/en/account/seller/members/invite/",
        email=guest.email,
        role="viewer",
        language="ru",
    )
    guest.ask_by_letter("access")
    guest.ask_by_letter("rectification", words=guest.mark("Моё имя {}"))
    IncomingLetter.objects.create(
        generation=1, uid=1, size=1, sender=digest("email", guest.email), received_at=timezone.now()
    )
    # The one order that is still open: its contacts are held.
    member.order(wheat)
    member.type_and_go_back(wheat)
    use_rights(member, moderators)
    return guest, member


@pytest.fixture
def sellers(portal_in_use, moderators, make_order, marat):
    """A farmer and the owner of a company who sell to somebody else; and what they have done."""
    farmer, owner = Person(3, portal_in_use), Person(4, portal_in_use)
    first, second = moderators
    take_account(farmer)
    # Whoever has a second factor keeps their address.
    owner.sign_up()
    owner.change_address()
    farmer.begin_to_sell("person", IIN)
    farmer.fill_storefront("person", IIN)
    with owner.as_company():
        owner.begin_to_sell("company", BIN)
        owner.fill_storefront("company", BIN)
    owner.name_oneself()
    farmer.invite("somebody@example.com")
    wheat = sell(farmer, moderators)
    with owner.as_company():
        sell(owner, moderators)
    farmer.begin_ad()  # its photo waits for a worker
    turned_down, offered = make_order(wheat, user=marat), make_order(wheat)
    farmer.act(turned_down.reference, "decline", reason=farmer.mark("Урожай {}"))
    offer = {"quantity_1": "4", "price_1": "97 000", "note": farmer.mark("Скидка {}")}
    farmer.act(offered.reference, "offer", **offer)
    seller = wheat.seller
    verify = f"/admin/sellers/seller/{seller.pk}/verify/"
    press(first, verify, saw_documents="on", checked_number="on", seen=identity_of(seller))
    press(
        first,
        f"/admin/moderation/storefront/{seller.pk}/",
        parts=["website"],
        reasons=["personal"],
        note=f"Чужое имя: {farmer.known_by}",
        seen=edition(said_by(seller)),
    )
    farmer.post(
        "/en/account/seller/about/",
        {"about_ru": farmer.mark(), "about_kk": farmer.mark(), "about_en": farmer.mark()}
        | {"website": farmer.latin("https://{}.example.com/")},
    )
    user = User.objects.get(email=farmer.email)
    ban = {"user": user.pk, "reason": f"Обман: {farmer.known_by}", "until": "2031-03-03T12:00"}
    press(first, "/admin/moderation/ban/add/", **ban)
    use_rights(farmer, moderators)
    return farmer, owner


def take_account(person):
    person.sign_up()
    person.fill_profile()
    person.take_second_factor()
    person.begin_elsewhere()
    user = User.objects.get(email=person.email)
    # Only a browser with a key for the finger fills the first, of the others allauth has no form.
    Authenticator.objects.create(user=user, type="webauthn", data={"name": person.mark()})
    EmailConfirmation.objects.create(
        email_address=user.emailaddress_set.first(), key=person.latin()
    )
    LogEntry.objects.create(
        user=user, action_flag=2, object_repr=person.mark(), change_message=person.mark()
    )


def use_rights(person, moderators):
    first, second = moderators
    user = User.objects.get(email=person.email)
    page = f"/admin/accounts/user/{user.pk}/"
    press(first, f"{page}reveal/", reason=f"Звонит: {person.known_by}")
    corrected = {name: person.mark() for name in ("surname", "first_name", "patronymic")}
    press(first, f"{page}change/", **corrected, language="kk", is_active="on")
    authority = "/admin/privacy/authorityrequest/"
    press(
        first,
        f"{authority}add/",
        body="Department of Police of Kostanay region",
        document="17-4/221",
        document_on="2026-11-20",
        ground="fraud",
        interest="rights",
        citation="Criminal Procedure Code, Article 122",
        asked=person.mark("Всё о {}"),
        email=person.email,
        scope=["accounts.user.email"],
        review=f"По адресу {person.known_by} находится один человек.",
    )
    asked = AuthorityRequest.objects.latest("pk")
    press(second, f"{authority}{asked.pk}/approve/")
    assert first.post(f"{authority}{asked.pk}/give/").status_code == 200
    person.fetch_copy()
    person.ask_things()
    correction = user.subject.requests.get(kind="rectification")
    press(
        first,
        f"/admin/privacy/request/{correction.pk}/change/",
        next_state="refused",
        reason=person.mark("Имя {} верно"),
        **{"steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0"},
    )


def sell(seller, moderators):
    """An ad that was read, changed, refused, appealed and changed again; its row."""
    first, second = moderators
    ad = seller.begin_ad()
    for photo in Photo.objects.filter(state="waiting"):
        prepare_photo(photo.pk)
    seller.change_ad(ad)
    review(first, ad, "approve")
    seller.change_ad(ad)
    review(first, ad, "reject", reasons=["price"], note=f"Не верна: {seller.known_by}")
    seller.post(f"/en/account/listings/{ad}/appeal/", {"text": seller.mark("Верна: {}")})
    answer = f"/admin/moderation/appeal/{Appeal.objects.latest('pk').pk}/answer/"
    press(second, answer, is_granted="no", note=f"Нет: {seller.known_by}")
    seller.change_ad(ad)
    return Listing.objects.get(pk=ad)


def review(client, pk, act, **given):
    listing = Listing.objects.get(pk=pk)
    before = listing.decisions.count()
    page = f"/admin/moderation/queue/{pk}/"
    press(client, page, act=act, seen=reviewing.edition(listing), **given)
    assert listing.decisions.count() == before + 1


def press(client, path, **form):
    answer = client.post(path, form, follow=True)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {seen(answer)}"
    context = answer.context or {}
    shown = [context.get("form"), getattr(context.get("adminform"), "form", None)]
    refused = [field.errors for form in shown if form for field in form if field.errors]
    assert not refused, f"{path}: {refused}"
    return answer


# What they have left behind


def texts_of(people):
    """By table and column, what stands there of these people; of columns that hold words."""
    family = [each for person in people for each in filed_under(person.email)]
    found = {}
    for model, described in DATA_MAP.items():
        rows = list(described.rows_of(*family)) if described.is_personal else []
        for name in described.personal_fields:
            column = model._meta.get_field(name)
            if holds_words(column):
                values = [getattr(row, column.attname) for row in rows]
                found[described.table, name] = {text for value in values for text in texts(value)}
    return found


def holds_words(column):
    """Numbers, days, choices and links say the same of many."""
    kinds = (
        *(models.CharField, models.TextField, models.BinaryField, models.JSONField, ArrayField),
        *(models.FileField, models.GenericIPAddressField, SearchVectorField),
    )
    return isinstance(column, kinds) and not column.choices


def texts(value):
    if isinstance(value, dict | list):
        return [text for each in getattr(value, "values", value.copy)() for text in texts(each)]
    if isinstance(value, bytes | memoryview):
        return [bytes(value).decode(errors="replace")]
    return [str(value)] if value else []


def listed(*lists):
    return {(table, name) for each in lists for table, names in each.items() for name in names}


def is_marked(texts, marks):
    together = unquote("\n".join(texts)).casefold()
    return any(mark.casefold() in together for mark in marks)


def assert_everything_is_marked(people, left):
    marks = [mark for person in people for mark in person.marks]
    filled = {place for place, texts in left.items() if is_marked(texts, marks)}
    reasoned = listed(NOT_TYPED, OF_THE_PORTAL, NOBODYS)
    tables = {table for table, _ in filled | {place for place in left if left[place]}}
    missing = {place for place in left if place[0] in tables} - filled - reasoned
    assert not missing, sorted(missing)
    return tables


def own_values(left):
    """Of what nobody typed, what can be looked for."""
    return {
        text
        for place in listed(NOT_TYPED) & left.keys()
        for text in left[place]
        if "\n" not in text and len(text) < 300 and not why_unfit(text)
    }


def found(words):
    """Each with the tables and columns, or other places, in which it stands."""
    words = sorted(words)
    places = defaultdict(set)
    for hit in find(words):
        places[words[hit.needle]].add(place_of(hit))
    return places


def place_of(hit):
    column, _, row = hit.where.partition(", ")
    if hit.place.startswith("planner"):
        # As `public.table.column`, or of an index.
        return tuple(row.split(".")[1:])
    if hit.place.startswith("table public."):
        return hit.place.removeprefix("table public."), column
    return hit.place, hit.where


@pytest.fixture
def done(request, folder):
    people = request.getfixturevalue(request.param)
    fold_counts()
    learn_words()
    deliver(Letter.objects.all())
    # Nobody sends what is written now.
    for person in people[1:]:
        person.post("/en/accounts/password/reset/", {"email": person.email}, client=Client())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        yield people
        # Other tests look for the same names.
        cursor.execute(
            "SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) "
            "FROM pg_stats WHERE schemaname = current_schema()"
        )


def places_by_word(words):
    return {word: places for word, places in found(words).items() if places}


def held_words():
    """What stands where a hold of an erasure keeps it."""
    words = set()
    for hold in Hold.objects.filter(ended_at=None):
        row = RULES[hold.rule].rows.get(pk=hold.row)
        words.update(text for name in hold.fields for text in texts(getattr(row, name)))
    return words


@pytest.mark.clause("P5.2b")
@pytest.mark.proof(every=3)
@pytest.mark.parametrize("done", ["buyers", "sellers"], indirect=True)
def test_nothing_is_left_of_anybody(done, folder, time_machine):
    left = texts_of(done)
    who = "sellers" if Seller.objects.filter(iin=IIN).exists() else "buyers"
    assert assert_everything_is_marked(done, left) >= FILLED[who]
    marks = {mark for person in done for mark in person.marks}
    words = marks | own_values(left)

    for person in done:
        if User.objects.filter(email=person.email).exists():
            person.leave()
        else:
            person.ask_by_letter("erasure")
    Erasure.objects.update(starts_at=timezone.now())
    call_command("privacy", "erase", "--due")

    deliver(Letter.objects.all())

    # While an order is open its contacts are held, and so is whatever stands in them.
    kept, books = held_words(), listed(BOOKS)
    for word, places in places_by_word(words & marks).items():
        assert is_marked(kept, [word]) or places <= books, (word, places)
    Order.objects.filter(closed_at=None).update(state="completed", closed_at=timezone.now())
    call_command("privacy", "erase", "--due")
    assert set(Erasure.objects.values_list("state", "trouble")) == {("done", "")}
    time_machine.move_to(timezone.now() + timedelta(hours=3))
    clear_leftovers()
    assert not looking_again.look(60)
    assert Erasure.objects.filter(sealed=b"").exclude(looked_again_at=None).count() == len(done)

    stays = places_by_word(words)
    others = listed(FOR_A_WHILE)
    for word, places in stays.items():
        assert places <= (books if word in marks else others), (word, places)

    # Once more by other means.
    stored = plain_dump.everything(folder)
    for word, places in plain_dump.places_of(words, stored).items():
        assert places == {"dump"}, (word, places)
        tables = plain_dump.tables_with(word, stored["dump"])
        assert word in stays, (word, tables)
        assert tables <= {table for table, _ in stays[word]}, (word, tables)


def test_every_kind_of_data_that_holds_words_is_filled_by_one_of_them():
    columns = {
        (described.table, name)
        for model, described in DATA_MAP.items()
        for name in described.personal_fields
        if holds_words(model._meta.get_field(name))
    }

    filled = FILLED["buyers"] | FILLED["sellers"] | OF_THE_ERASURE
    assert {table for table, _ in columns} == filled
    assert listed(NOT_TYPED, OF_THE_PORTAL, NOBODYS) <= columns
