import math
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from listings import publishing, reviewing
from listings.catalogue import remembered
from listings.models import Category, Change, Document, Listing, Photo, Revision
from listings.states import Act, Role
from moderation import deciding
from moderation.models import Claim, Decision
from moderation.queue import take_next
from moderation.rules import RulesInForce, WithoutRule
from sellers.models import Member

WAITS = {"state": "pending"}


@pytest.fixture
def waiting(make_listing, seller):
    """`waiting(minutes=5)`: an ad that has waited so long."""

    def make(title="Пшеница 3 класса", minutes=5, **fields):
        since = timezone.now() - timedelta(minutes=minutes)
        given = WAITS | {"seller": seller, "waiting_since": since}
        return make_listing(title, **given | fields)

    return make


@pytest.fixture
def changed(make_listing, seller):
    """A live ad with a change that waits."""
    listing = make_listing(seller=seller, price=98_000, waiting_since=timezone.now())
    content = {name: getattr(listing, name) for name in Listing.CONTENT}
    content |= {"title": "Пшеница 2 класса", "description": "Урожай прошлого года, в мешках."}
    Revision.objects.create(listing=listing, state="pending", **content)
    return listing


@pytest.mark.clause("P3.1l")
def test_a_refused_ad_is_corrected_and_goes_live_with_letters_naming_the_rule(
    moderator, waiting, decide, mailoutbox, sign_in, aigul, client
):
    listing = waiting("Пшеница, тел. 87012345678")
    page = moderator.get(f"/admin/moderation/queue/{listing.pk}/").content.decode()
    assert "A contact in the text: “87012345678”." in page

    decide(moderator, listing, "reject", reasons=["contacts"])

    listing.refresh_from_db()
    assert (listing.state, listing.waiting_since) == ("rejected", None)
    decision = Decision.objects.get()
    assert decision.rules == ["rules-ads/1/2.4"]
    letter = mailoutbox[0]
    assert letter.to == ["aigul@example.com"]
    assert letter.subject == f"Ad № {listing.pk} is refused"
    assert "Contacts in the title or description. Take phones" in letter.body
    assert "“87012345678”" in letter.body
    assert "Rules for ads, version 1, clause 2.4: " in letter.body
    rule = re.search(r"http\S+(/en/rules/ads/1/)#c-2\.4", letter.body)[1]
    assert 'id="c-2.4"' in client.get(rule).content.decode()
    why = re.search(r"http://\S+?(/en/account/listings/\d+/appeal/)", letter.body)[1]
    assert "Take phones, e-mails" in sign_in(aigul).get(why).content.decode()
    assert client.get(f"/en/listing/{listing.pk}/x/").status_code == 404

    listing.title = "Пшеница 3 класса"
    listing.changed("title")
    listing.move(Act.SUBMIT, Role.SELLER, aigul)
    decide(moderator, listing, "approve")

    listing.refresh_from_db()
    assert listing.is_live
    assert client.get(listing.get_absolute_url()).status_code == 200
    assert mailoutbox[1].subject == f"Ad № {listing.pk} is public"
    assert Decision.objects.first().rules == ["rules-ads/1/5.1"]


def test_owners_and_managers_are_written_to_each_in_their_language(
    moderator, waiting, decide, seller, make_user, mailoutbox
):
    for role, language in (("manager", "kk"), ("owner", "ru"), ("viewer", "ru")):
        user = make_user(f"{role}@example.com", language=language)
        Member.objects.create(seller=seller, user=user, role=role)
    listing = waiting()

    decide(moderator, listing, "reject", reasons=["special"])

    subjects = {letter.to[0]: letter.subject for letter in mailoutbox}
    assert subjects == {
        "aigul@example.com": f"Ad № {listing.pk} is refused",
        "manager@example.com": f"№ {listing.pk} хабарландыру қабылданбады",
        "owner@example.com": f"Объявление № {listing.pk} отклонено",
    }
    kazakh = next(one.body for one in mailoutbox if one.to == ["manager@example.com"])
    assert "Хабарландыру қағидалары" in kazakh or "қағидалары, 1-редакция, 4.3-тармақ" in kazakh
    assert "/kk/rules/posting/1/#c-4.3" in kazakh


def test_a_change_is_shown_word_by_word_and_replaces_what_was_public(moderator, changed, decide):
    page = moderator.get(f"/admin/moderation/queue/{changed.pk}/").content.decode()
    shown = re.sub(r'<span class="unseen">.*?</span>', "", page)
    assert "Пшеница <del>3 </del><ins>2 </ins>класса" in shown

    decide(moderator, changed, "approve")

    version = changed.version
    changed.refresh_from_db()
    assert (changed.title, changed.state) == ("Пшеница 2 класса", "published")
    assert (changed.version, changed.waiting_since) == (version + 1, None)
    assert not Revision.objects.exists()
    assert Decision.objects.get().rules == ["rules-ads/1/5.2"]


def test_a_refused_change_leaves_the_public_ad_as_it_is(moderator, changed, decide, mailoutbox):
    decide(moderator, changed, "reject", reasons=["untrue", "photo"], note="Мешков нет.")

    changed.refresh_from_db()
    assert (changed.title, changed.state) == ("Пшеница 3 класса", "published")
    assert changed.waiting_since is None
    assert changed.revision.state == "rejected"
    assert "What was public before stays so." in mailoutbox[0].body
    assert "Мешков нет." in mailoutbox[0].body


@pytest.mark.clause("P3.1l")
@pytest.mark.parametrize("act", ["reject", "block"])
def test_without_a_reason_and_its_rule_nothing_is_decided(
    moderator, waiting, decide, mailoutbox, act
):
    listing = waiting()

    for given, said in (
        ({}, "Say why: tick at least one reason."),
        ({"reasons": ["other"], "note": "x"}, "Every decision names the rule it stands on."),
        ({"reasons": ["other"], "note": "x", "rule": "rules-ads/9/9.9"}, "Select a valid choice"),
        ({"reasons": ["untrue"]}, "Write what exactly is wrong, and where."),
        ({"reasons": ["dislike"]}, "Select a valid choice"),
        ({"reasons": ["price"], "note": "x" * 1001}, "at most 1000"),
    ):
        answer = decide(moderator, listing, act, **given)

        assert answer.status_code == 400, given
        assert said in answer.content.decode(), given
    listing.refresh_from_db()
    assert listing.state == "pending"
    assert not Decision.objects.exists()
    assert mailoutbox == []


@pytest.mark.clause("P3.1l")
def test_no_door_keeps_a_decision_without_a_rule(moderator, waiting):
    listing = waiting()

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(listing=listing, matter="new", act="approve", rules=[])
    with pytest.raises(WithoutRule):
        deciding.reject(listing, moderator.user, [])
    with pytest.raises(WithoutRule):
        deciding.reject(listing, moderator.user, ["other"], "Without a rule.")
    listing.refresh_from_db()
    assert listing.state == "pending"


@pytest.mark.clause("P3.1l")
def test_without_documents_in_force_nothing_is_decided(make_moderator, waiting, decide):
    client, listing = make_moderator(), waiting()

    answer = decide(client, listing, "approve", follow=True)

    assert "No clause in force stands behind this decision." in answer.content.decode()
    listing.refresh_from_db()
    assert listing.state == "pending"


@pytest.mark.clause("P3.1l")
def test_a_decision_cites_the_version_in_force_and_keeps_it(
    moderator, waiting, decide, publish_version
):
    first, second = waiting(), waiting("Ячмень")
    decide(moderator, first, "reject", reasons=["price"])
    version = RulesInForce().rule("rules-ads", "3.1").version

    # The clauses of this version are numbered otherwise: none stands behind the reason.
    publish_version("rules-ads")
    answer = decide(moderator, second, "reject", reasons=["price"])

    assert answer.status_code == 400
    assert Decision.objects.get().rules == [f"rules-ads/{version}/3.1"]
    second.refresh_from_db()
    assert second.state == "pending"


@pytest.mark.parametrize("what", ["version", "revision", "decided"])
def test_what_was_changed_since_it_was_shown_is_read_again(
    moderator, make_moderator, changed, waiting, decide, what
):
    listing = waiting() if what != "revision" else changed
    seen = reviewing.edition(listing)
    if what == "version":
        listing.changed("title")
    elif what == "revision":
        Revision.objects.update(touched_at=timezone.now())
    else:
        decide(make_moderator("faster@example.com"), listing, "approve")
    before = list(Decision.objects.all())

    answer = decide(moderator, listing, "approve", seen=seen)

    page = answer.content.decode()
    assert "It has changed since you opened it" in page or "cannot be done" in page
    assert list(Decision.objects.all()) == before
    assert Revision.objects.count() == 1


def test_the_verbs_refuse_what_is_not_any_more_what_was_read(moderator, waiting, changed):
    listing, by = waiting(), moderator.user
    stale = Listing.objects.get(pk=listing.pk)
    reviewing.approve(listing, by)

    for verb in (reviewing.approve, reviewing.reject, reviewing.block):
        with pytest.raises(Listing.Impossible):
            verb(stale, by)

    with pytest.raises(Listing.Impossible):
        reviewing.unblock(Listing.objects.get(pk=listing.pk), by)
    assert Change.objects.count() == 1


def test_blocking_takes_away_and_unblocking_lets_the_seller_decide(
    moderator, changed, decide, mailoutbox
):
    decide(moderator, changed, "block", reasons=["prohibited"])
    changed.refresh_from_db()
    assert (changed.state, changed.revision.state) == ("blocked", "rejected")
    assert "Nobody sees it any more." in mailoutbox[0].body

    decide(moderator, changed, "unblock", note="Документы показаны.")
    changed.refresh_from_db()
    assert changed.state == "paused"
    assert "Документы показаны." in mailoutbox[1].body


def test_a_wrong_category_is_put_right_and_the_ad_stays_on_the_page(
    moderator, waiting, decide, mailoutbox
):
    listing, barley = waiting(), Category.objects.get(slug="barley")

    answer = decide(moderator, listing, "refile", category=barley.pk)

    assert answer.url == f"/admin/moderation/queue/{listing.pk}/"
    listing.refresh_from_db()
    assert (listing.category, listing.state) == (barley, "pending")
    assert Decision.objects.get().rules == ["rules-ads/1/1.2"]
    assert "“Barley”" in mailoutbox[0].body


def test_a_category_without_such_a_deal_is_refused(moderator, waiting, decide):
    listing = waiting()
    category = Category.objects.exclude(deal_types__contains=["sale"]).first()

    answer = decide(moderator, listing, "refile", category=category.pk)

    assert "The category allows no such deal." in answer.content.decode()
    listing.refresh_from_db()
    assert listing.category.slug == "wheat"
    assert not Decision.objects.exists()


def test_two_refusals_end_trust_for_thirty_days(moderator, waiting, decide, seller, time_machine):
    seller.verified_at = timezone.now()
    seller.save()
    assert seller.is_trusted

    decide(moderator, waiting(), "reject", reasons=["price"])
    seller.refresh_from_db()
    assert seller.is_trusted
    decide(moderator, waiting("Ячмень"), "reject", reasons=["photo"])

    seller.refresh_from_db()
    assert not seller.is_trusted
    time_machine.move_to(timezone.now() + timedelta(days=31))
    assert seller.is_trusted


def test_what_was_published_on_trust_is_checked_and_pausing_does_not_avoid_that(
    moderator, make_listing, seller, decide, aigul, mailoutbox
):
    listing = make_listing(seller=seller, state="draft")
    listing.move(Act.TRUST, Role.SELLER, aigul)
    listing.move(Act.PAUSE, Role.SELLER, aigul)
    listing.move(Act.RESUME, Role.SELLER, aigul)
    assert "an ad that is public" in moderator.get("/admin/moderation/queue/").content.decode()

    decide(moderator, listing, "approve")

    listing.refresh_from_db()
    assert (listing.state, listing.waiting_since) == ("published", None)
    assert Decision.objects.get().matter == "check"
    assert mailoutbox == []


def test_the_next_is_the_longest_waiting_that_nobody_has_and_skipping_passes_on(
    moderator, make_moderator, waiting
):
    old, young = waiting("Ячмень", 90), waiting("Рожь", 10)
    other = make_moderator("other@example.com")

    first = moderator.post("/admin/moderation/queue/next/")
    second = other.post("/admin/moderation/queue/next/")
    third = make_moderator("third@example.com").post("/admin/moderation/queue/next/")

    assert first.url == f"/admin/moderation/queue/{old.pk}/"
    assert second.url == f"/admin/moderation/queue/{young.pk}/"
    assert third.url == "/admin/moderation/queue/"
    other.post(second.url, {"act": "skip"})
    skipped = moderator.post(first.url, {"act": "skip"})
    assert skipped.url == f"/admin/moderation/queue/{young.pk}/?passed={old.pk}"
    end = moderator.post(skipped.url, {"act": "skip", "passed": str(old.pk)})
    assert end.url == "/admin/moderation/queue/"
    assert not Decision.objects.exists()


def test_what_another_has_before_them_is_refused_until_the_ten_minutes_are_over(
    moderator, make_moderator, waiting, decide
):
    listing = waiting()
    make_moderator("other@example.com").post("/admin/moderation/queue/next/")
    assert "Another moderator has this ad" in (
        moderator.get(f"/admin/moderation/queue/{listing.pk}/").content.decode()
    )

    refused = decide(moderator, listing, "approve")
    assert "Another moderator has this ad before them." in refused.content.decode()
    listing.refresh_from_db()
    assert listing.state == "pending"

    Claim.objects.update(until=timezone.now())
    decide(moderator, listing, "approve")
    listing.refresh_from_db()
    assert listing.state == "published"
    assert not Claim.objects.exists()


def test_nobody_judges_the_ads_of_their_own_seller(moderator, waiting, decide, seller):
    listing = waiting()
    Member.objects.create(seller=seller, user=moderator.user, role="viewer")

    assert moderator.post("/admin/moderation/queue/next/").url == "/admin/moderation/queue/"
    answer = decide(moderator, listing, "approve")

    assert "another moderator decides about it" in answer.content.decode()
    listing.refresh_from_db()
    assert listing.state == "pending"


@pytest.mark.django_db(transaction=True)
def test_moderators_at_the_same_moment_get_different_ads(waiting, make_user):
    for number in range(3):
        waiting(f"Ячмень {number}", 90 - number)
    people = [make_user(f"m{number}@example.com") for number in range(4)]

    def take(moderator):
        try:
            return take_next(moderator)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [listing.pk for listing in pool.map(take, people) if listing]

    assert sorted(taken) == sorted(Listing.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_moderator_who_refuses_and_a_seller_who_acts_never_wait_for_each_other(
    rules, waiting, make_user, aigul, monkeypatch
):
    waiting(state="published")
    moderator = make_user("moderator@example.com")
    has_the_ad = Event()
    locked, end_trust = reviewing.locked, deciding.end_trust

    def lock_and_tell(listing):
        listing = locked(listing)
        has_the_ad.set()
        return listing

    def end_trust_later(seller_pk):
        time.sleep(0.5)  # in which the seller comes to wait
        end_trust(seller_pk)

    monkeypatch.setattr(reviewing, "locked", lock_and_tell)
    monkeypatch.setattr(deciding, "end_trust", end_trust_later)

    def refuse():
        try:
            deciding.reject(Listing.objects.get(), moderator, ["price"])
        finally:
            connection.close()

    def pause():
        has_the_ad.wait()
        try:
            publishing.act_on(Listing.objects.get(), Act.PAUSE, aigul)
        except Listing.Impossible:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        refusal, act = pool.submit(refuse), pool.submit(pause)
        refusal.result()
        assert act.result() == "refused"
    assert Listing.objects.get().state == "rejected"


def test_staff_without_the_right_see_and_decide_nothing(make_moderator, rules, waiting):
    listing = waiting()
    client = make_moderator("staff@example.com", may=False)

    for path in ("", f"{listing.pk}/"):
        assert client.get(f"/admin/moderation/queue/{path}").status_code == 403
    for path in ("next/", f"{listing.pk}/"):
        given = {"act": "approve", "seen": reviewing.edition(listing)}
        assert client.post(f"/admin/moderation/queue/{path}", given).status_code == 403

    listing.refresh_from_db()
    assert listing.state == "pending"
    assert not Claim.objects.exists()
    assert not Decision.objects.exists()


def test_a_moderator_sees_and_opens_the_documents_that_a_change_brings(
    moderator, changed, tmp_path, monkeypatch
):
    monkeypatch.setitem(vars(storages["private"]), "location", str(tmp_path))
    kept, new = (
        Document.objects.create(
            listing=changed, kind="pdf", name=name, size=9, file=ContentFile(b"%PDF %%EO", name)
        )
        for name in ("approved.pdf", "new.pdf")
    )
    Listing.objects.update(document_order=[kept.pk])
    Revision.objects.update(document_order=[new.pk])

    html = moderator.get(f"/admin/moderation/queue/{changed.pk}/").content.decode()

    assert re.search(r"new\.pdf</a>[^<]*\(added\)", html)
    assert re.search(r"approved\.pdf</a>[^<]*\(removed\)", html)
    address = re.search(r'href="([^"]+)"[^>]*>new\.pdf', html)[1]
    assert moderator.get(address).status_code == 200


def test_visitors_and_sellers_do_not_reach_the_queue(client, browser, waiting):
    listing = waiting()

    for one in (client, browser):
        for path in ("", f"{listing.pk}/"):
            assert one.get(f"/admin/moderation/queue/{path}").status_code in (302, 403)
        one.post(f"/admin/moderation/queue/{listing.pk}/", {"act": "approve", "seen": "1-"})
    listing.refresh_from_db()
    assert listing.state == "pending"


def test_the_pages_take_as_many_queries_for_one_ad_as_for_many(
    moderator, waiting, monkeypatch, django_assert_max_num_queries
):
    def queries(path):
        with django_assert_max_num_queries(60) as counted:
            assert moderator.get(f"/admin/moderation/queue/{path}").status_code == 200
        return len(counted)

    listing = waiting()
    listing.photo_order = [Photo.objects.create(listing=listing, state="failed").pk]
    listing.save()
    queries(f"{listing.pk}/")
    monkeypatch.setitem(remembered, "until", math.inf)
    before = queries(""), queries(f"{listing.pk}/")
    for number in range(6):
        waiting(f"Пшеница 3 класса {number}", minutes=60)
        Photo.objects.create(listing=listing, state="failed")
        rule = "rules-ads/1/5.1"
        Decision.objects.create(
            listing=listing, matter="new", act="keep", rules=[rule], by=moderator.user
        )
    listing.photo_order = list(Photo.objects.values_list("pk", flat=True))
    listing.save()

    assert (queries(""), queries(f"{listing.pk}/")) == before


def test_the_queue_says_who_waits_too_long_in_words(moderator, waiting):
    waiting("Ячмень", 45), waiting("Рожь", 5)

    html = moderator.get("/admin/moderation/queue/").content.decode()

    assert html.count("too long") == 1
    assert html.index("Ячмень") < html.index("Рожь")
    assert "<strong>2</strong> ads wait" in html
    assert "1 for more than half an hour" in html


def test_the_audit_and_the_ads_are_read_in_the_admin_and_not_written(moderator, waiting, decide):
    listing = waiting()
    decide(moderator, listing, "reject", reasons=["price"], note="Сто тенге за тонну.")
    decision = Decision.objects.get()

    for path in (
        f"moderation/decision/{decision.pk}/change/",
        "moderation/decision/",
        f"moderation/decision/?q={listing.pk}",
        f"listings/listing/{listing.pk}/change/",
        "listings/listing/?q=пшеница",
    ):
        assert moderator.get(f"/admin/{path}").status_code == 200, path
    answers = [
        moderator.post(f"/admin/moderation/decision/{decision.pk}/change/", {"note": "Changed"}),
        moderator.post(f"/admin/moderation/decision/{decision.pk}/delete/", {"post": "yes"}),
        moderator.post("/admin/moderation/decision/add/", {"note": "Made up"}),
        moderator.post(f"/admin/listings/listing/{listing.pk}/change/", {"title": "Changed"}),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert Decision.objects.get().note == "Сто тенге за тонну."
    listing.refresh_from_db()
    assert listing.title == "Пшеница 3 класса"


def test_everything_kept_is_declared_with_rows_there(moderator, waiting, decide):
    decide(moderator, waiting(), "reject", reasons=["price"])

    call_command("check", databases=["default"])
