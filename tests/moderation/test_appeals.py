import pytest

from listings.models import Listing, Revision
from listings.states import Act, Role
from moderation.models import Appeal, Decision
from sellers.models import Member
from tests.html import assert_valid


@pytest.fixture
def refused(make_listing, seller, moderator, decide):
    listing = make_listing(seller=seller, state="pending")
    decide(moderator, listing, "reject", reasons=["price"])
    return listing


def address(listing):
    return f"/en/account/listings/{listing.pk}/appeal/"


def answer_page():
    return f"/admin/moderation/appeal/{Appeal.objects.get().pk}/answer/"


def test_an_appeal_is_sent_once_and_answered_by_another_moderator(
    browser, refused, moderator, make_moderator, mailoutbox, client
):
    assert_valid(browser.get(address(refused)))
    for text in ("Цена настоящая, вот договор.", "Ещё раз."):
        browser.post(address(refused), {"text": text})
    appeal = Appeal.objects.get()
    assert appeal.text == "Цена настоящая, вот договор."
    assert (appeal.due_at - appeal.at).days == 2
    assert "is with another moderator" in browser.get(address(refused)).content.decode()

    given = {"is_granted": "yes", "note": "Договор убедил."}
    own = moderator.post(answer_page(), given)
    assert "The decision is yours: another moderator answers." in own.content.decode()
    refused.refresh_from_db()
    assert (refused.state, Appeal.objects.get().answer) == ("rejected", None)

    other = make_moderator("other@example.com")
    assert "Цена настоящая" in other.get(answer_page()).content.decode()
    other.post(answer_page(), given)

    refused.refresh_from_db()
    assert refused.state == "published"
    answer = Appeal.objects.get().answer
    assert (answer.act, answer.rules, answer.by) == ("grant", ["rules-posting/1/5.1"], other.user)
    assert "What was refused is public now." in mailoutbox[-1].body
    assert "Договор убедил." in mailoutbox[-1].body
    assert client.get(refused.get_absolute_url()).status_code == 200
    assert "Your appeal is granted" in browser.get(address(refused)).content.decode()
    again = other.post(answer_page(), given | {"is_granted": "no"})
    assert "answered already" in again.content.decode()
    assert Decision.objects.count() == 2


def test_a_declined_appeal_changes_nothing_but_says_why(
    browser, refused, make_moderator, mailoutbox
):
    browser.post(address(refused), {"text": "Почему?"})

    make_moderator("other@example.com").post(
        answer_page(), {"is_granted": "no", "note": "Тонна не стоит сто тенге."}
    )

    refused.refresh_from_db()
    assert refused.state == "rejected"
    assert "Another moderator of Kazvek found the decision right." in mailoutbox[-1].body
    page = browser.get(address(refused)).content.decode()
    assert "Тонна не стоит сто тенге." in page


def test_what_the_seller_changed_meanwhile_is_not_published_by_the_answer(
    browser, refused, make_moderator, aigul, mailoutbox
):
    browser.post(address(refused), {"text": "Почему?"})
    listing = Listing.objects.get()
    listing.move(Act.SUBMIT, Role.SELLER, aigul)

    make_moderator("other@example.com").post(answer_page(), {"is_granted": "yes", "note": "Верно."})

    listing.refresh_from_db()
    assert listing.state == "pending"
    assert "You have changed the ad since" in mailoutbox[-1].body


@pytest.mark.parametrize("act", ["block", "reject"])
def test_a_granted_appeal_puts_a_blocked_ad_and_a_refused_change_right(
    browser, make_listing, seller, moderator, make_moderator, decide, act
):
    listing = make_listing(seller=seller)
    content = {name: getattr(listing, name) for name in Listing.CONTENT} | {"title": "Рожь"}
    Revision.objects.create(listing=listing, state="pending", **content)
    decide(moderator, listing, act, reasons=["photo"])
    browser.post(address(listing), {"text": "Это наши фото."})

    make_moderator("other@example.com").post(answer_page(), {"is_granted": "yes", "note": "Верно."})

    listing.refresh_from_db()
    outcome = {"block": ("paused", "Пшеница 3 класса"), "reject": ("published", "Рожь")}
    assert (listing.state, listing.title) == outcome[act]


def test_only_those_who_may_change_the_ad_read_the_decision_and_appeal(
    client, refused, sign_in, marat, make_user, seller, browser
):
    viewer = make_user("viewer@example.com")
    Member.objects.create(seller=seller, user=viewer, role="viewer")
    manager = make_user("manager@example.com")
    Member.objects.create(seller=seller, user=manager, role="manager")

    for one, status in ((client, 302), (sign_in(marat), 404), (sign_in(viewer), 403)):
        assert one.get(address(refused)).status_code == status
        assert one.post(address(refused), {"text": "Evil"}).status_code == status
    assert not Appeal.objects.exists()

    assert sign_in(manager).get(address(refused)).status_code == 200
    answer = browser.post(address(refused), {"text": "x" * 2001})
    assert answer.status_code == 400
    assert not Appeal.objects.exists()
    sign_in(manager).post(address(refused), {"text": "Почему?"})
    assert Appeal.objects.get().by == manager


def test_staff_without_the_right_answer_no_appeal(browser, refused, make_moderator):
    browser.post(address(refused), {"text": "Почему?"})
    staff = make_moderator("staff@example.com", may=False)

    answer = staff.post(answer_page(), {"is_granted": "yes", "note": "x"})

    assert answer.status_code == 403
    assert Appeal.objects.get().answer is None
    refused.refresh_from_db()
    assert refused.state == "rejected"
