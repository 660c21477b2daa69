"""Killed anywhere and started again, an erasure ends as if nothing had happened, and once."""

import os
import secrets
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from accounts.models import Address, KnownDevice, Phone, User
from accounts.sessions import SessionStore
from letters.models import Letter
from listings.models import Document, Favourite, Listing, SavedSearch, SearchDocument
from orders.models import Order
from privacy.disclosures import disclose
from privacy.models import Erasure, Request, Subject, SubjectIdentifier
from privacy.requests import file_request
from sellers.founding import found
from sellers.models import Seller
from tests.privacy.test_erasure import rows_left

# So many that `make test`, which takes one of them, does not wait long.
BATCHES = 200
FEWEST_POINTS = 200


@pytest.fixture
def eraser():
    """Another process that carries out what is due: `eraser("run")`, `eraser("17 before")`."""
    database = urlsplit(os.environ["DATABASE_URL"])
    url = database._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.privacy.eraser"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "kazvek.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"

    def act(what):
        process.stdin.write(f"{what}\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    yield act
    process.stdin.close()
    process.wait()


@pytest.fixture
def market(make_listing, make_order, aigul):
    """What everybody here has bought, and seen."""
    return make_order(make_listing(price=98_000, quantity=100), user=aigul)


def somebody(number, market):
    """A person who has done a bit of everything, and waits to be erased."""
    email = f"somebody{number}@example.com"
    phone = f"+7701{number:07}"
    user = User.objects.create(email=email, surname="Омарова", first_name="Дана")
    person = user.subject
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    SubjectIdentifier.objects.file(person, "email", email)
    Phone.objects.create(user=user, number=phone)
    Address.objects.create(user=user, kind="work", region="Қостанай", settlement="Рудный")
    KnownDevice.objects.create(user=user, digest="0" * 64, seen_at=timezone.now())
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session.save()
    UserSession.objects.create(
        user=user, ip="203.0.113.7", user_agent="Firefox", session_key=session.session_key
    )
    wheat = market.lines.get().listing
    Favourite.objects.create(user=user, listing=wheat)
    SavedSearch.objects.create(user=user, name="Пшеница", query="q=wheat")
    seller = found(
        Seller(form="person", name=f"Дана {number}", region_id="KZ-39", settlement="Рудный"),
        user,
        phone,
    )
    ad = Listing.objects.create(
        seller=seller,
        category=wheat.category,
        title="Ячмень",
        description=f"Пишите: {email}",
        state="published",
        **{name: getattr(wheat, name) for name in ("deal_type", "price_kind", "price", "unit")},
        language="ru",
        region_id="KZ-39",
        sort_at=timezone.now(),
        first_published_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=30),
    )
    ad.changed()
    file = storages["private"].save(f"documents/{number}.pdf", ContentFile(b"%PDF-1.4"))
    Document.objects.create(listing=ad, kind="pdf", name="Прайс", file=file, size=8)
    disclose(person, market.seller, "Жарқын дала", fields=["email"], purpose="orders", about="X")
    copy_of_order(market, person, email, phone, state="completed", closed_at=timezone.now())
    Listing.objects.filter(pk=wheat.pk).update(description=f"Звоните {email}, {phone}")
    file_request(person, Request.Kind.ERASURE, language="en", email=email, at_once=True)
    return person, file


def copy_of_order(order, buyer, email, phone, **state):
    """As if it had been sent; its proof is a consent of the same words."""
    entry = order.consent
    values = {
        field.name: getattr(entry, field.name)
        for field in entry._meta.local_concrete_fields
        if field.name not in ("id", "subject")
    }
    consent = type(entry).objects.create(subject=buyer, **values)
    order = Order.objects.get(pk=order.pk)
    fresh = Order._meta.get_field
    order.pk, order.buyer, order.consent = None, buyer, consent
    order.reference, order.token = fresh("reference").get_default(), os.urandom(16).hex()
    order.email, order.phone, order.full_name = email, phone, "Дана Омарова"
    for name, value in state.items():
        setattr(order, name, value)
    order.save(force_insert=True)
    return order


def leases_run_out():
    """Minutes pass, after which others may take what the killed one had."""
    Erasure.objects.update(lease_until=None)
    Letter.objects.update(due_at=timezone.now())


def numbers_of_rows():
    # Whether this database was compared with the store is of nobody.
    tables = set(connection.introspection.table_names()) - {"privacy_compareddatabase"}
    union = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(union)
        return dict(cursor.fetchall())


def numbers_of_people():
    """Not those of the other worker: both search all that is stored."""
    start = secrets.randbelow(9_000_000)
    return iter(range(start, start + 10_000))


@contextmanager
def traces():
    """What a whole life, from the sign-up to the certificate, adds to the tables."""
    before, added = numbers_of_rows(), {}
    yield added
    after = numbers_of_rows()
    added |= {
        table: after[table] - before[table] for table in after if after[table] - before[table]
    }


def outcome(person, file):
    erasure = Erasure.objects.get(subject=person)
    person.refresh_from_db()
    order = Order.objects.get(buyer=person)
    return {
        "person": (person.state, person.epoch, person.erased_at is not None),
        "erasure": (erasure.state, erasure.trouble, bytes(erasure.secret), erasure.step),
        "found": erasure.found,
        "certificate": sorted(erasure.certificate),
        "steps": list(erasure.request.steps.values_list("state", flat=True)),
        "left": rows_left(person),
        "order": ([getattr(order, name) for name in Order.CONTACTS], order.state),
        "file": storages["private"].exists(file),
        "sessions": Session.objects.count(),
        "mentions": Listing.objects.get().description,
        "found by search": SearchDocument.objects.count(),
    }


@pytest.mark.clause("P5.2b")
@pytest.mark.django_db(transaction=True)
@pytest.mark.proof(every=3)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_killed_at_any_statement_it_ends_as_if_it_had_not_been(eraser, market, batch):
    numbers = numbers_of_people()
    with traces() as expected_traces:
        person, file = somebody(next(numbers), market)
        statements = int(eraser("run"))
        expected = outcome(person, file)
    assert expected["erasure"] == ("done", "", b"", Erasure.Step.CERTIFY)
    assert expected["left"] == {}
    assert "[•••], [•••]" in expected["mentions"]
    assert not expected["file"]
    points = [
        f"{number} {moment}"
        for number in range(1, statements + 1)
        for moment in ("before", "after")
        # What is between the end of one statement and the begin of the next is one place.
        if moment == "before" or number == statements
    ]
    assert len(points) >= FEWEST_POINTS

    for point in points[batch::BATCHES]:
        with traces() as left:
            person, file = somebody(next(numbers), market)
            said = eraser(point)
            # The first needs some statements that those after it do not: they end before that.
            assert said == "killed" or int(said) < int(point.split()[0]), point
            leases_run_out()
            assert eraser("run").isdecimal(), point
            assert outcome(person, file) == expected, point
        assert left == expected_traces, point
    assert Subject.objects.filter(state="erasing").count() == 0
