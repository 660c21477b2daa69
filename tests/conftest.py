import functools
import io
import itertools
import math
import os
import shutil
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone, translation
from playwright.sync_api import expect, sync_playwright
from pytest_django.plugin import blocking_manager_key
from whitenoise.base import WhiteNoise

from accounts.models import User
from kazvek.demo import ADMINISTRATOR
from listings import board as board_memory
from listings import catalogue as catalogue_memory
from listings.catalogue import Catalogue, current_version, forget_catalogue
from listings.models import (
    Attribute,
    CatalogueVersion,
    Category,
    CategoryAttribute,
    Choice,
    Listing,
)
from listings.models import Document as Paper
from listings.shipped_catalogue import SHIPPED, read
from orders.models import Cart, CartLine
from orders.sending import PRICE, Form, send
from places.atlas import atlas_of
from places.models import Country, Region, Settlement
from privacy import operator as operator_memory
from privacy.documents import content_digest, publish
from privacy.ledger import Occasion
from privacy.models import Clause, ControllerIdentity, Document, Export, Version
from privacy.operator import forget_operator
from privacy.restoring import gate
from sellers.founding import found
from sellers.models import Seller
from tests import servers
from tests.letters.outside import direct_database_url
from ui import remembered
from ui.remembered import Pages, Parts

# Playwright keeps an event loop in this thread; Django's ORM is still used by one thread at a time.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


# What `migrate` writes: no test changes it, and Django takes long to write it again.
STAYS = {ContentType._meta.db_table, Permission._meta.db_table}


@pytest.fixture(scope="session", autouse=True)
def only_what_was_written_is_emptied():
    """Between tests everything goes, also what triggers keep for ever.

    Django would empty every table, which takes ten times as long as most tests.
    """
    tables = sorted({*connection.introspection.django_table_names()} - STAYS)
    first_rows = " UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables)

    def empty(case):
        with transaction.atomic(), connection.cursor() as cursor:
            # A request that the browser waits for no longer ends first.
            cursor.execute(f"LOCK {', '.join(tables)} IN EXCLUSIVE MODE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(first_rows)
            for [table] in cursor.fetchall():
                cursor.execute(f"DELETE FROM {table}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(autouse=True)
def copies_go_with_their_rows():
    """Else the deletion of the same person in another test would find them."""
    yield
    shutil.rmtree(Path(settings.PRIVATE_ROOT, "exports"), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """Before the workers start: translations, static files, the database that each copies."""
    if hasattr(session.config, "workerinput"):
        return
    call_command("compile_translations")
    with ThreadPoolExecutor() as beside:
        collecting = beside.submit(call_command, "collectstatic", interactive=False, verbosity=0)
        if session.config.pluginmanager.has_plugin("dsession"):
            make_database(session.config)
        collecting.result()


def make_database(config):
    name = connection.settings_dict["NAME"]
    unblocked = config.stash[blocking_manager_key].unblock

    def drop():
        with unblocked():
            connection.creation.destroy_test_db(name, verbosity=0)

    with unblocked():
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        connection.close_pool()
    config.add_cleanup(drop)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, django_db_modify_db_settings_parallel_suffix):
    if hasattr(request.config, "workerinput"):
        made = f"test_{connection.settings_dict['NAME']}"
        connection.settings_dict["TEST"]["TEMPLATE"] = made


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """As large sites do: through PgBouncer, which lends a session for one transaction."""
    if not (bouncer := servers.bouncer()):
        yield
        return
    direct = connection.settings_dict["PORT"]
    bouncer.start()
    reconnect(bouncer.port)
    yield
    reconnect(direct)
    bouncer.stop()


@pytest.fixture
def own_session(transactional_db):
    """Past PgBouncer, for what holds longer than a transaction."""
    behind = connection.settings_dict["PORT"]
    reconnect(urlsplit(os.environ["DATABASE_URL"]).port)
    yield
    reconnect(behind)


def reconnect(port):
    connection.close()
    connection.close_pool()
    connection.settings_dict["PORT"] = port


@pytest.fixture(scope="session", autouse=True)
def static_files_as_in_production():
    """The live server would look for the sources, which do not bear the names that pages use."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "django.contrib.staticfiles.handlers.StaticFilesHandler",
            lambda application: application,
        )
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_through_once():
    """Every client would read through the whole folder again, in which nothing ever changes."""
    look_through, seen = WhiteNoise.update_files_dictionary, {}

    def look_through_once(whitenoise, root, prefix):
        if (root, prefix) not in seen:
            look_through(whitenoise, root, prefix)
            seen[root, prefix] = whitenoise.files
        whitenoise.files = whitenoise.files | seen[root, prefix]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_through_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_second_passes_by_chance():
    """On a busy machine one would between two pages whose queries or words are compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue_memory, "LOOKS_EVERY", 60)
        patch.setattr(remembered, "LOOKS_EVERY", 0)
        yield


@pytest.fixture(autouse=True)
def nothing_remembered_from_the_test_before():
    """Of what a process keeps from one request to the next."""
    translation.activate(settings.LANGUAGE_CODE)
    forget_operator()
    forget_catalogue()
    board_memory.here["until"] = 0
    for pages in Pages.every:
        pages.clear()
    Parts.every.clear()


@pytest.fixture(scope="session")
def shipped_tree():
    """The categories of the shipped file, as they would be in the database."""
    _, _, levels, _ = read(SHIPPED)
    tree = {}
    for pk, ((slug,), facts) in enumerate((c for level in levels for c in level.items()), start=1):
        above = tree.get(facts["parent_id"])
        ancestors = [*above.ancestors, above.pk] if above else []
        parent_id = above and above.pk
        tree[slug] = Category(pk=pk, ancestors=ancestors, **facts | {"parent_id": parent_id})
    return Catalogue("shipped", tree.values())


@pytest.fixture
def catalogue_is_known(monkeypatch, shipped_tree):
    """It was read a moment ago, as it is on most requests."""
    monkeypatch.setitem(catalogue_memory.remembered, "catalogue", shipped_tree)
    monkeypatch.setitem(catalogue_memory.remembered, "until", math.inf)


@pytest.fixture
def catalogue_stays(catalogue, monkeypatch):
    """It and the map are known, and whether they have changed is asked once a second: not within a
    test that counts queries.
    """
    atlas_of(catalogue_memory.current_catalogue().version)
    monkeypatch.setitem(catalogue_memory.remembered, "until", math.inf)


@pytest.fixture
def operator_is_known(monkeypatch):
    """The record of the operator was read less than a minute ago, as it is on most requests."""
    monkeypatch.setitem(operator_memory.remembered, "until", math.inf)


@pytest.fixture(scope="session")
def copy_or_load():
    """`copy_or_load([Country, …], "load_places")`: rows that a command takes long to make are made
    once, and afterwards copied.
    """
    made, times = {}, itertools.count(1)

    def fill(models, *command):
        if next(times) % 20 == 0:
            # What was rolled back stays in the tables, and would soon be most of what is read.
            with psycopg.connect(direct_database_url(), autocommit=True) as beside:
                beside.execute(
                    f"VACUUM (TRUNCATE false) {', '.join(model._meta.db_table for model in models)}"
                )
        with connection.cursor() as cursor:
            if command not in made or models[0].objects.exists():
                call_command(*command, verbosity=0, stdout=io.StringIO())
                made.setdefault(command, {model: copied(cursor, model) for model in models})
                return
            cursor.execute("SET session_replication_role = replica")
            for model, rows in made[command].items():
                with cursor.copy(f"COPY {model._meta.db_table} FROM STDIN") as copy:
                    copy.write(rows)
            cursor.execute("SET session_replication_role = DEFAULT")
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)

    def copied(cursor, model):
        with cursor.copy(f"COPY {model._meta.db_table} TO STDOUT") as copy:
            return b"".join(copy)

    return fill


@pytest.fixture
def copy_catalogue(db, copy_or_load):
    """`copy_catalogue(path)`: the catalogue of this file, or the shipped one."""
    models = [Category, Attribute, Choice, CategoryAttribute, CatalogueVersion]

    def copy(*path):
        CatalogueVersion.objects.all().delete()  # it was of the places alone
        copy_or_load(models, "load_catalogue", *path)
        forget_catalogue()

    return copy


@pytest.fixture(scope="session")
def shipped_catalogue():
    """As it was read the first time; later only its regions and towns are, if there are any."""
    read = functools.cache(lambda version: Catalogue.read())

    def shipped():
        known = read(current_version())
        rows = known.categories.values(), known.attributes.values()
        return Catalogue(known.version, *rows, Region.objects.shown())

    return shipped


@pytest.fixture
def catalogue(request, copy_catalogue, shipped_catalogue):
    """The shipped catalogue in the database.

    To this process it is known, as to one that has run for a while; with the next page it looks
    whether it still is the same.
    """
    for name in {"places", "few_places"}.intersection(request.fixturenames):
        request.getfixturevalue(name)
    copy_catalogue()
    catalogue_memory.remembered["catalogue"] = shipped_catalogue()


@pytest.fixture
def places(db, copy_or_load):
    """The shipped countries, regions and settlements in the database."""
    copy_or_load([Country, Region, Settlement], "load_places")


# Milliseconds, for a busy machine.
PATIENCE = 20_000


@pytest.fixture(scope="session")
def chromium():
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture
def portal(live_server):
    """The address of a running portal, by the name that passkeys need."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def open_browser(chromium, portal):
    """A new browser profile: `page = open_browser(locale="kk-KZ", color_scheme="dark")`."""
    contexts = []

    def open(**options):
        context = chromium.new_context(base_url=portal, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open
    for context in contexts:
        context.close()


def wait_for_behaviours(page):
    """For the scripts of all elements, which come when the page is long there."""
    expect(page.locator(":not(:defined)")).to_have_count(0)


@pytest.fixture
def page(open_browser):
    return open_browser(locale="en-GB")


@pytest.fixture(autouse=True)
def a_cache_of_its_own(settings):
    """Rate limits of one test must not count in another, nor in the other worker."""
    cache = settings.CACHES["default"] | {"KEY_PREFIX": uuid4().hex}
    settings.CACHES = {"default": cache}


@pytest.fixture(autouse=True)
def an_open_gate_and_a_store_of_its_own(settings, monkeypatch, tmp_path_factory):
    """The portal was compared with an empty store just now, as one that has run for a while."""
    address = f"file://{tmp_path_factory.getbasetemp()}/store-{uuid4().hex}"
    settings.TOMBSTONES_URL = address
    monkeypatch.setenv("TOMBSTONES_URL", address)  # for programs that a test starts
    monkeypatch.setattr(gate, "looked", gate.Look("", math.inf))


# Of each long proof `make test` runs one case, another one every day, or with proof(every=4) on one
# day in four. `make proof` runs them all, also proof(network=True), which load packages.

PROOF_DAY = int(os.environ.setdefault("PROOF_DAY", str(datetime.now(UTC).toordinal())))


def pytest_report_header():
    return f"long proofs: the sample of PROOF_DAY={PROOF_DAY}"


# With a browser, or with programs that are started: many of these tests take seconds.
LONG = {"chromium", "start_program", "make_run"}


def pytest_collection_modifyitems(config, items):
    # These come first, so that at the end no worker waits long for the other.
    items.sort(key=lambda item: LONG.isdisjoint(item.fixturenames))
    if config.option.markexpr:
        return
    cases = defaultdict(list)
    for item in items:
        if item.get_closest_marker("proof"):
            cases[item.nodeid.partition("[")[0]].append(item)
    left_out = []
    for place, name in enumerate(sorted(cases)):
        taken = one_of(cases[name], PROOF_DAY + place)
        left_out += [item for item in cases[name] if item is not taken]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def one_of(cases, day):
    options = cases[0].get_closest_marker("proof").kwargs
    turn, is_another_day = divmod(day, options.get("every", 1))
    if options.get("network") or is_another_day:
        return None
    return cases[turn % len(cases)]


class QuickArgon2(Argon2PasswordHasher):
    """The hasher of the portal with less work, or half of the suite's time would be hashing."""

    time_cost = parallelism = 1
    memory_cost = 1024


@pytest.fixture(autouse=True)
def quick_hashing(settings):
    settings.PASSWORD_HASHERS = ["tests.conftest.QuickArgon2"]


# The cast: named people, each with the same password.

PASSWORD = "steppe wind over barley"
# Of their authenticator apps.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def make_user(db):
    def make(email, *, verified=True, **fields):
        user = User.objects.create_user(email, PASSWORD, **{"language": "en"} | fields)
        EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
        return user

    return make


@pytest.fixture
def aigul(make_user):
    return make_user("aigul@example.com", first_name="Айгүл", surname="Сейтқазы")


@pytest.fixture
def marat(make_user):
    return make_user("marat@example.com", first_name="Марат", surname="Ким")


def enter_with_code(client, user):
    """By the password and a code of an authenticator app, which the person gets if need be."""
    if not user.authenticator_set.filter(type="totp").exists():
        totp.TOTP.activate(user, SECRET)
    client.post("/en/accounts/login/", {"login": user.email, "password": PASSWORD})
    response = client.post("/en/accounts/2fa/authenticate/", {"code": code_of(SECRET)})
    assert response.status_code == 302, response.content.decode()


def code_of(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def staff(client, db):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(User.objects.create_superuser(ADMINISTRATOR, None))
    return client


@pytest.fixture
def private_folder(settings, monkeypatch, tmp_path):
    """Where private files of this test alone lie; its public ones are in `media` beside it.

    The models' columns hold on to their storage, so that a setting would come too late for them;
    and after a test that changed STORAGES it is not the one that others get.
    """
    # A change of this setting would undo what comes next.
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "private"
    columns = [model._meta.get_field("file") for model in (Paper, Export)]
    for storage in (storages["private"], *(column.storage for column in columns)):
        monkeypatch.setitem(vars(storage), "location", str(folder))
    return folder


# What stands in the documents.

LANGUAGES = ["kk", "ru", "en"]
MAILINGS = ["news", "promotions", "offers", "group"]


@pytest.fixture
def operator(db):
    return ControllerIdentity.objects.get_or_create(
        defaults={
            "name": "VECTOR'KZ",
            "bin": "990140000029",
            "address_kk": "Қостанай",
            "address_ru": "Костанай",
            "address_en": "Kostanay",
            "email": "support@kazvek.com",
            "phone": "+77142000000",
            "website": "https://kazvek.com/",
            "data_protection_contact": "privacy@kazvek.com",
            "supervisory_authority_kk": "Уәкілетті орган",
            "supervisory_authority_ru": "Уполномоченный орган",
            "supervisory_authority_en": "The authorised body",
        }
    )[0]


@pytest.fixture
def publish_version(operator):
    """A new version in force: `publish_version("privacy", is_material=True)`."""

    def make(
        slug="privacy", *, is_material=False, purposes=MAILINGS, suspended=(), effective_at=None
    ):
        document, _ = Document.objects.get_or_create(slug=slug)
        words = {f"{name}_{code}": "x" for name in ("title", "summary") for code in LANGUAGES}
        draft = Version.objects.create(document=document, **words)
        for number, purpose in enumerate(["", *purposes], start=1):
            Clause.objects.create(
                version=draft,
                number=str(number),
                purposes=[purpose] if purpose else [],
                is_suspended=purpose in suspended,
                **{f"text_{code}": f"Clause {number}" for code in LANGUAGES},
            )
        return publish(
            draft,
            as_seen=content_digest(draft),
            is_material=is_material,
            effective_at=effective_at,
        )

    return make


@pytest.fixture
def policy(publish_version):
    """Without one nobody can sign up, nor order."""
    return publish_version("privacy", purposes=[*MAILINGS, "orders"])


# Who sells, and what.

# Right in form and nobody's: of the end of the year 2099.
BIN = "991240900010"
OTHER_BIN = "991240900020"
IIN = "991231500016"


@pytest.fixture
def make_seller(make_user, places):
    """`make_seller("Жарқын дала", form="person")`: a seller and its owner."""

    def make(name="Жарқын дала", *, owner=None, phone=None, **fields):
        numbers = {"company": {"bin": BIN}, "sole": {"iin": IIN}, "person": {}}
        fields = {"form": "company", "region_id": "KZ-39", "settlement": "Рудный"} | fields
        owner = owner or make_user(f"owner-{Seller.objects.count()}@example.com")
        return found(Seller(name=name, **numbers[fields["form"]] | fields), owner, phone)

    return make


@pytest.fixture
def make_listing(make_seller, catalogue):
    """`make_listing("Пшеница 3 класса", category="wheat", price=98_000)`: live unless said."""

    def make(
        title="Пшеница 3 класса", *, seller=None, category="wheat", state="published", **fields
    ):
        category = Category.objects.get(slug=category)
        now = timezone.now()
        dates = {"first_published_at": now, "sort_at": now, "expires_at": now + timedelta(days=30)}
        facts = {
            "description": "Урожай этого года, хранится на элеваторе.",
            "language": "ru",
            "deal_type": category.deal_types[0],
            "unit": category.price_unit,
            "price_kind": "exact" if "price" in fields else "on_request",
            "region_id": "KZ-39",
            **({} if state in ("draft", "pending", "rejected") else dates),
        }
        seller = seller or Seller.objects.first() or make_seller()
        listing = Listing.objects.create(
            seller=seller, category=category, title=title, state=state, **facts | fields
        )
        listing.changed()
        return listing

    return make


# Who buys.

BUYER = {
    "full_name": "Сейтқазы Айгүл Маратқызы",
    "organization": "Қостанай диірмені",
    "email": "buyer@example.com",
    "phone": "+77012345678",
    "address": "Қостанай, Абай даңғылы, 1",
    "comment": "Тиеу дүйсенбіден",
}


@pytest.fixture
def make_order(make_listing, policy):
    """`make_order(listing, quantity=10, user=aigul)`: sent just now; a guest's without a user.

    Several ads of one seller: `make_order([wheat, barley])`.
    """

    def make(listings=None, *, quantity=10, user=None, language="en", shipping=None, **entered):
        if not isinstance(listings, list):
            listings = [listings or make_listing(price=98_000, quantity=100)]
        owner = {"user": user} if user else {"token_digest": uuid4().hex}
        cart = Cart.objects.filter(user=user).first() if user else None
        cart = cart or Cart.objects.create(**owner)
        as_they_are = Listing.objects.in_bulk([each.pk for each in listings])
        lines = [
            CartLine.objects.create(
                cart=cart,
                listing=listing,
                quantity=Decimal(quantity),
                **{name: getattr(listing, name) for name in PRICE},
            )
            for listing in (as_they_are[each.pk] for each in listings)
        ]
        with translation.override(language):
            return send(
                lines,
                Form(**BUYER | entered, shipping=shipping, payment=None),
                token=uuid4(),
                seller=listings[0].seller,
                currency=listings[0].currency,
                user=user,
                version=policy,
                sentence="By clicking the button, I consent.",
                occasion=Occasion("order", "Send order"),
            )

    return make
