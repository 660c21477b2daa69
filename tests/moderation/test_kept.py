"""The periods that the record of processing states are those by which the worker sweeps."""

from datetime import timedelta
from functools import reduce
from operator import or_

import pytest
from django.conf import settings
from django.utils import timezone

from kazvek.celery import app
from listings.models import DailyCount, Document, Favourite, Listing, Photo, Revision, SavedSearch
from moderation.models import Appeal, Ban, Claim, Complaint, Decision, Removal
from moderation.models.ban import known_by
from privacy.data_map import DATA_MAP

HOUR = timedelta(hours=1)
APPS = ("listings", "moderation")


@pytest.fixture(autouse=True)
def begin(time_machine):
    # Midnight in Kazakhstan, where days are counted.
    time_machine.move_to("2026-03-01T19:00Z", tick=False)
    return timezone.now()


def work():
    """What beat calls of these apps, each once."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"].startswith(APPS):
            app.tasks[entry["task"]](*entry.get("args", ()))


def over_by_the_map():
    """By model the rows whose time is over, as the data map has it."""
    now = timezone.now()
    return {
        model: reduce(
            or_,
            (
                set(declared.kept.over(model._base_manager.all(), now).values_list("pk", flat=True))
                for declared in described.personal_fields.values()
            ),
        )
        for model, described in DATA_MAP.items()
        if model._meta.app_label in APPS and described.is_personal
    }


def rows(model):
    return set(model._base_manager.values_list("pk", flat=True))


@pytest.fixture
def market(make_listing, seller, aigul, marat):
    """Every kind of row there is about ads, all of this moment: by name, with its last day."""
    facts = {"category": make_listing("Ячмень", seller=seller, state="draft").category}
    facts |= {"deal_type": "sale", "language": "ru"}
    far = {"expires_at": timezone.now() + timedelta(days=2000)}
    now, today = timezone.now(), timezone.localdate()

    def ad(state="published", **fields):
        return make_listing(f"Пшеница {state}", seller=seller, state=state, **fields)

    def decided(listing):
        decision = Decision.objects.create(
            listing=listing, matter="new", act="approve", rules=["rules-ads/1/5.1"]
        )
        Appeal.objects.create(decision=decision, by=aigul, text="x", due_at=now)
        return decision

    lives, blocked, archived = ad(**far), ad("blocked"), ad("archived")
    photo = {"state": "ready", "stem": "ab" * 32, "widths": [320], "width": 320, "height": 240}
    shown = Photo.objects.create(listing=archived, **photo)
    pdf = {"kind": "pdf", "name": "x.pdf", "size": 1}
    document = Document.objects.create(listing=archived, file="documents/x.pdf", **pdf)
    Listing.objects.filter(pk=archived.pk).update(
        photo_order=[shown.pk], document_order=[document.pk]
    )
    complaint = {"listing": lives, "reason": "sold", "visitor": "x" * 64, "on": today}
    complaint |= {"network": "y" * 64, "email": "guest@example.com", "language": "ru"}
    yesterday = today - timedelta(days=1)
    return {
        "draft": (ad("draft"), 30),
        "change begun": (Revision.objects.create(listing=ad(**far), **facts), 30),
        "change refused": (
            Revision.objects.create(listing=ad(**far), state="rejected", **facts),
            30,
        ),
        "change that waits": (
            Revision.objects.create(listing=ad(**far), state="pending", **facts),
            None,
        ),
        "sold": (ad("sold"), 30 + 365),
        "refused": (ad("rejected"), 30 + 365),
        "expired": (ad("expired"), 30 + 365),
        "ends": (ad(expires_at=now + timedelta(days=14)), 14 + 30 + 365),
        "paused": (ad("paused", expires_at=now + timedelta(days=14)), 14 + 30 + 365),
        "live": (lives, None),
        "waits": (ad("pending"), None),
        "blocked": (blocked, 365),
        "archived": (archived, 365),
        "decision about a live ad": (decided(lives), None),
        "decision about a blocked ad": (decided(blocked), 365),
        "favourite": (Favourite.objects.create(user=marat, listing=lives, **price(lives)), None),
        "favourite gone with its ad": (
            Favourite.objects.create(user=marat, listing=archived, **price(archived)),
            365,
        ),
        "search": (SavedSearch.objects.create(user=marat, name="x"), None),
        "count": (DailyCount.objects.create(listing=lives, day=yesterday), 365),
        "complaint": (Complaint.objects.create(**complaint), 365),
        "photo shown": (shown, 365),
        "photo that cannot be used": (
            Photo.objects.create(listing=lives, state="failed", reason="broken", file_name="x"),
            1,
        ),
        "document shown": (document, 365),
        "document that no ad shows": (
            Document.objects.create(listing=lives, file="documents/y.pdf", **pdf),
            0,
        ),
        "removal": (
            Removal.objects.create(
                seller=seller, parts=["logo"], reasons=["spam"], rules=["rules-posting/1/3.7"]
            ),
            365,
        ),
        "claim": (Claim.take(lives, aigul), 0),
        "ban that ends": (
            Ban.objects.create(
                **known_by("phone", "+77010000001"), reason="x", until=now + timedelta(days=10)
            ),
            10 + 30,
        ),
        "ban lifted": (
            Ban.objects.create(**known_by("phone", "+77010000002"), reason="x", lifted_at=now),
            30,
        ),
        "ban without end": (
            Ban.objects.create(**known_by("phone", "+77010000003"), reason="x"),
            None,
        ),
    }


def price(listing):
    return {name: getattr(listing, name) for name in ("price_kind", "price", "currency", "unit")}


@pytest.mark.clause("P5.3")
@pytest.mark.proof(every=3)
def test_everything_about_ads_goes_when_the_record_says_and_not_an_hour_before(
    market, begin, time_machine
):
    # A chain of terms moves by the moments at which the clock has looked: every hour, here so too.
    moments = {
        timedelta(days=day) + shift
        for day in (0, 1, 14, 30, 40, 44, 365, 395, 409)
        for shift in (-HOUR, HOUR)
    }
    for moment in sorted(moments)[1:]:
        time_machine.move_to(begin + moment, tick=False)
        over = over_by_the_map()
        kept = {model: rows(model) - gone for model, gone in over.items()}

        work()

        assert {name for name, (row, days) in market.items() if is_there(row)} == {
            name
            for name, (_row, days) in market.items()
            if days is None or moment <= timedelta(days=days)
        }, moment
        for model, there in kept.items():
            # An ad that has ended is found no more, though the ad itself stays.
            assert there <= rows(model), (model, moment)
        assert not any(over_by_the_map().values()), moment


def is_there(row):
    return type(row)._base_manager.filter(pk=row.pk).exists()
