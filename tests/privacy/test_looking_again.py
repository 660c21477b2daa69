# ruff: noqa: F811 fixtures of neighbours are parameters here
"""The night after an erasure looks once more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from listings.models import Listing
from orders.models import Order
from privacy import watch
from privacy.erasure.secrets import unseal
from privacy.models import Erasure, SelfCheckRun
from privacy.residue import NotSearched
from privacy.tasks import erase_due, look_again, make_up_for_the_night
from tests.accounts.conftest import link_in
from tests.listings.conftest import few_places, small, small_file  # noqa: F401 fixtures
from tests.privacy.test_erasure import erase, member  # noqa: F401 a fixture

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("residue"),
    pytest.mark.clause("P5.2b"),
]
HOUR = timedelta(hours=1)


@pytest.fixture
def places(few_places):
    """A few are enough, and load sooner."""


@pytest.fixture
def catalogue(small):
    """A small one, for the same reason."""


@pytest.fixture(autouse=True)
def folders(settings, private_folder, tmp_path):
    settings.LETTERS_FOLDER = tmp_path / "mail"
    settings.LOGS = ["none"]


@pytest.fixture
def erased(member, time_machine):
    """Somebody who was forgotten a moment ago."""
    time_machine.move_to(timezone.now())
    erasure = erase(member.subject, email=member.email)
    assert erasure.state == "done", erasure.trouble
    assert "dana@example.com" in str(unseal(erasure.sealed))
    assert b"dana" not in bytes(erasure.sealed)
    return erasure


def findings():
    watch.run()
    return SelfCheckRun.objects.first().findings


def test_when_nothing_is_found_nothing_is_kept_and_the_certificate_says_so(
    client, erased, mailoutbox
):
    link = link_in(mailoutbox[-1])
    assert "In the night after the deletion" in client.get(link).content.decode()

    look_again()

    erased.refresh_from_db()
    assert (erased.state, bytes(erased.sealed), bytes(erased.secret)) == ("done", b"", b"")
    assert erased.looked_again_at is not None
    assert "was searched once more" in client.get(link).content.decode()
    assert "looked again" not in findings()


def test_what_has_come_back_meanwhile_raises_the_alarm_and_is_removed_with_a_press(
    client, erased, staff, make_listing, mailoutbox
):
    link = link_in(mailoutbox[-1])
    described = "Звоните: 8 (701) 555-44-33"
    listing = make_listing(description=described)

    look_again()

    erased.refresh_from_db()
    assert (erased.state, bytes(erased.sealed)) == ("failed", b"")
    assert "table public.listings_listing: description" in erased.trouble
    assert "555" not in erased.trouble
    assert "erasures" in findings()
    assert "/admin/privacy/watch/" in mailoutbox[-1].body
    assert "Your data are deleted" not in client.get(link).content.decode()

    press = {"action": "carry_out_again", "_selected_action": erased.pk}
    staff.post("/admin/privacy/erasure/", press)
    erase_due()
    look_again()

    erased.refresh_from_db()
    assert (erased.state, erased.trouble, bytes(erased.sealed)) == ("done", "", b"")
    assert Listing.objects.get(pk=listing.pk).description == "Звоните: [•••]"
    assert "was searched once more" in client.get(link).content.decode()


def test_a_night_without_a_worker_is_made_up_for(erased, time_machine):
    make_up_for_the_night()
    erased.refresh_from_db()
    assert erased.sealed

    time_machine.shift(26 * HOUR)
    assert findings()["looked again"]["first"] == [f"№ {erased.pk}"]
    make_up_for_the_night()

    erased.refresh_from_db()
    assert erased.looked_again_at is not None
    assert bytes(erased.sealed) == b""
    assert "looked again" not in findings()


def test_while_a_place_cannot_be_searched_nothing_counts_as_looked_for(
    erased, settings, time_machine
):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    with pytest.raises(NotSearched):
        look_again()
    erased.refresh_from_db()
    assert erased.sealed
    assert erased.looked_again_at is None

    time_machine.shift(37 * HOUR)
    with pytest.raises(NotSearched):
        make_up_for_the_night()

    erased.refresh_from_db()
    assert (erased.state, bytes(erased.sealed), erased.looked_again_at) == ("done", b"", None)
    assert "looked again" in findings()


def test_whoever_came_back_is_not_looked_for(erased, make_user):
    make_user("dana@example.com")

    look_again()

    erased.refresh_from_db()
    assert erased.state == "done"
    assert erased.looked_again_at is not None
    assert Order.objects.exclude(email="").count() == 0


def test_of_two_people_only_who_was_found_is_told_of(erased, marat, make_listing):
    make_listing(description="Звоните: 8 (701) 555-44-33")
    other = erase(marat.subject, email=marat.email)
    assert other.state == "done", other.trouble

    look_again()

    states = dict(Erasure.objects.values_list("pk", "state"))
    assert states == {erased.pk: "failed", other.pk: "done"}
