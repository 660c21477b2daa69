"""Every page of the administration, those of later models too, as axe sees it."""

from itertools import islice
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from kazvek.demo import ADMINISTRATOR
from letters.models import Letter
from listings.models import Attribute, Category, CategoryAttribute, Choice, Listing, Rate
from moderation.models import Appeal, Ban, Complaint, Decision, Removal, StopWord
from moderation.models.ban import known_by
from orders.models import Change, Order, OrderLine, OrderSeller
from places.models import District
from privacy import watch
from privacy.acknowledgements import acknowledge
from privacy.disclosures import disclose, show_to_staff
from privacy.documents import begin_draft
from privacy.ledger import Occasion, append, locked_chain
from privacy.models import (
    AuthorityRequest,
    Clause,
    ConsentEntry,
    GroupSite,
    IncomingLetter,
    Notice,
    Version,
)
from privacy.models.consents import text_hash
from privacy.requests import file_request
from privacy.sentences import acknowledgement_sentence
from privacy.sweep import sweep
from sellers.models import Seller
from sellers.verification import verify
from tests.axe import faults

pytestmark = pytest.mark.django_db(transaction=True)

# Files, and what leads on to pages without being one.
NO_PAGES = {
    *("record_json", "record_csv", "logout", "autocomplete", "jsi18n", "view_on_site"),
    *("queue_next", None),
    "privacy_authorityrequest_give",
}
# The same for every model but for names in them.
ALIKE = ("_history", "_delete")
LOOKED_AT_FOR_ALL = {Group, Version}
# A minute is too long for every day: each case looks at one page in so many.
PARTS = 5
# Their oldest row shows another page than their newest.
STATES = {User, Version, Clause}


@pytest.fixture
def administrator():
    return User.objects.create_superuser(ADMINISTRATOR, None)


@pytest.fixture
def enter(administrator, open_browser, client, portal):
    def enter(**options):
        page = open_browser(reduced_motion="reduce", **options)
        client.force_login(administrator)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": portal}]
        )
        return page

    return enter


@pytest.fixture
def something_of_everything(administrator, aigul, publish_version, places, make_seller):
    """A row of every model that has pages here, each with a history; of versions also a draft."""
    policy = publish_version("privacy", purposes=["news"])
    group = Group.objects.create(name="Moderators")
    group.permissions.set(Permission.objects.filter(codename__startswith="view"))
    aigul.groups.add(group)
    GroupSite.objects.create(domain="agro.example")
    shown = text_hash(acknowledgement_sentence([policy]))
    occasion = Occasion("test form", "Yes", network="203.0.113.0/24", browser="Firefox")
    acknowledge(aigul.subject, [policy], occasion, shown=shown)
    call_command("ledger", "verify")
    file_request(aigul.subject, "erasure", language="en", email=aigul.email)
    Letter.objects.create(
        sender="a@example.com", recipient="b@example.com", subject_line="A", content=b"A"
    )
    begin_draft(Version(document=policy.document))
    make_catalogue()
    District.objects.create(
        region_id="KZ-39",
        name_kk="Жітіқара ауданы",
        name_ru="Житикаринский район",
        name_en="Zhitikara",
    )
    seller = make_seller(phone="+77012345678")
    verify(seller, administrator, saw_documents=True)
    make_cases(seller, aigul, administrator)
    make_deal(seller, aigul, policy)
    for model in admin.site._registry:
        for row in rows_of(model):
            LogEntry.objects.log_actions(
                administrator.pk, [row], CHANGE, [{"changed": {"fields": ["pk"]}}]
            )


def make_deal(seller, buyer, policy):
    """An order, with what was disclosed by it and looked at by staff."""
    sentence = "By clicking the button, I consent."
    with transaction.atomic():
        entry = append(
            locked_chain(buyer.subject),
            ConsentEntry.Act.GIVEN,
            Occasion("order", "Send order"),
            purpose="orders",
            basis="contract",
            version=policy,
            sentence=sentence,
        )
    order = Order.objects.create(
        token=uuid4(),
        buyer=buyer.subject,
        seller=seller,
        currency="KZT",
        language="kk",
        full_name="Айгүл Сейтқазы",
        email=buyer.email,
        phone="+77012345678",
        state="disputed",
        consent=entry,
    )
    OrderSeller.objects.create(order=order, name=seller.name)
    OrderLine.objects.create(
        order=order,
        position=1,
        listing_number=1,
        title="Бидай",
        unit="t",
        ordered_quantity=1,
        quantity=1,
        price=98_000,
    )
    change = {"act": "dispute", "role": "buyer", "before": "accepted", "after": "disputed"}
    Change.objects.create(order=order, note="Салмағы кем", **change)
    facts = {"fields": ["email"], "about": order.reference}
    disclose(buyer.subject, seller, seller.name, purpose="orders", **facts)
    show_to_staff(buyer.subject, buyer.subject, reason="Dispute about the weight", **facts)


def make_catalogue():
    names = {"name_kk": "Бидай", "name_ru": "Пшеница", "name_en": "Wheat"}
    category = Category.objects.create(
        slug="wheat", deal_types=["sale"], units=["t"], price_unit="t", **names
    )
    attribute = Attribute.objects.create(code="grade", type="choice", **names)
    Choice.objects.create(attribute=attribute, code="third", **names)
    CategoryAttribute.objects.create(category=category, attribute=attribute)


def make_cases(seller, buyer, moderator):
    """An ad that waits, what was decided about it and what was said against it."""
    now = timezone.now()
    listing = Listing.objects.create(
        seller=seller,
        category=Category.objects.get(),
        deal_type="sale",
        unit="t",
        title="Пшеница 3 класса",
        language="ru",
        region_id="KZ-39",
        price_kind="on_request",
        state="pending",
        waiting_since=now,
    )
    Rate.objects.create(currency="USD", tenge=525)
    StopWord.objects.create(word="предоплата", mode="word")
    Ban.objects.create(**known_by("network", "203.0.113.0/24"), reason="Spam", by=moderator)
    decision = Decision.objects.create(
        listing=listing,
        matter="new",
        act="reject",
        reasons=["contacts"],
        rules=["rules-ads/1/2.4"],
        by=moderator,
    )
    Removal.objects.create(
        seller=seller,
        parts=["logo"],
        reasons=["others_photo"],
        rules=["rules-posting/1/2.3"],
        by=moderator,
    )
    Appeal.objects.create(decision=decision, by=buyer, text="It is gone.", due_at=now)
    Complaint.objects.create(
        listing=listing,
        reason="fraud",
        visitor="0" * 64,
        on=timezone.localdate(),
        subject=buyer.subject,
    )
    sweep()
    watch.run()
    IncomingLetter.objects.create(
        generation=1, uid=1, size=1, received_at=now, read_at=now, state="unclear"
    )
    file_request(buyer.subject, "export", language="en")
    Notice.objects.create(
        subject=buyer.subject, act="erased", kind="seller", recipient_number=1, about=["1"]
    )
    AuthorityRequest.objects.create(
        body="Department of Police",
        document="17-4/221",
        document_on=timezone.localdate(),
        ground="fraud",
        interest="rights",
        citation="Article 122",
        asked="The address",
        subject=buyer.subject,
        scope=["accounts.user.email"],
        review="It is enough.",
        handler=seller.members.first().user.subject,
    )


def rows_of(model):
    """Its newest row, and its oldest if that shows another page."""
    rows = model.objects.order_by("pk")
    assert rows, f"Add a row of {model._meta.label} to something_of_everything."
    return list(dict.fromkeys([rows.last(), rows.first()] if model in STATES else [rows.last()]))


def addresses():
    """Of the site's own pages and of each model's."""
    for pattern in with_pages(admin.site.get_urls()):
        if pattern.name == "app_list":
            for label in dict.fromkeys(model._meta.app_label for model in admin.site._registry):
                yield reverse("admin:app_list", args=[label])
        elif pattern.name == "queue_review":
            yield reverse("admin:queue_review", args=[Listing.objects.get().pk])
        elif pattern.name == "storefront_review":
            yield reverse("admin:storefront_review", args=[Seller.objects.get().pk])
        else:
            yield reverse(f"admin:{pattern.name}")
    for model, pages in admin.site._registry.items():
        for pattern in with_pages(pages.get_urls()):
            if pattern.name.endswith(ALIKE) and model not in LOOKED_AT_FOR_ALL:
                continue
            for row in rows_of(model) if pattern.pattern.converters else [None]:
                yield reverse(f"admin:{pattern.name}", args=[row.pk] if row else [])


def with_pages(patterns):
    return [pattern for pattern in patterns if getattr(pattern, "name", None) not in NO_PAGES]


@pytest.mark.proof(every=6)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("kk", "dark")])
def test_axe_finds_nothing_in_the_administration(
    enter, something_of_everything, language, scheme, part
):
    page = enter(locale=language, color_scheme=scheme)
    found, seen = "", set()

    for address in islice(addresses(), part, None, PARTS):
        response = page.goto(address)
        assert response.status in {200, 403, 404}, address
        if response.ok and page.url not in seen:
            seen.add(page.url)
            found += faults(page)

    assert not found, found


@pytest.mark.proof(every=6)
@pytest.mark.parametrize(("language", "scheme"), [("ru", "light"), ("en", "dark")])
def test_axe_finds_nothing_where_the_administration_asks_back(
    enter, something_of_everything, language, scheme
):
    page = enter(locale=language, color_scheme=scheme)
    found = ""

    for path in ("auth/group/add/", "privacy/clause/add/", "privacy/version/add/"):
        page.goto(f"/admin/{path}")
        page.locator("form:has(.submit-row)").evaluate("form => form.noValidate = true")
        page.locator("[name=_save]").click()
        page.locator(".errornote").wait_for()
        found += faults(page)
    for path, action in [
        ("auth/group/", "delete_selected"),
        ("accounts/user/", "remove_second_factor"),
    ]:
        page.goto(f"/admin/{path}")
        page.locator("[name=_selected_action]").first.check()
        page.locator("[name=action]").select_option(action)
        page.locator("button[name=index]").click()
        page.locator("#content form:not(#changelist-form, #changelist-search)").wait_for()
        found += faults(page)

    assert not found, found
