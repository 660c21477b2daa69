"""The outbox with real programs: a worker, a queue that can be stopped, a mail server."""

from datetime import timedelta

import pytest
from django.utils import timezone

from letters.models import Letter
from letters.tasks import send_waiting
from tests.letters.outside import ADDRESS, kill, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def all_sent():
    return not Letter.objects.exclude(state=Letter.State.SENT).exists()


def test_a_letter_caused_while_the_queue_is_down_arrives_once_when_it_is_back(
    broker, post_office, start_worker, cause_letter
):
    worker = start_worker()
    cause_letter("first@example.com")
    wait_until(all_sent)

    broker.stop()
    cause_letter()
    assert Letter.objects.due().count() == 1
    broker.start()
    # As beat does every minute, twice.
    send_waiting.apply_async(connection=broker.connection())
    send_waiting.apply_async(connection=broker.connection())
    wait_until(all_sent)

    assert [receivers for receivers, _ in post_office.took] == [["first@example.com"], [ADDRESS]]
    log = worker.log.read_text()
    assert "letter sent" in log
    for secret in ("example.com", "harvest", "wheat"):
        assert secret not in log


@pytest.mark.proof(every=3)
def test_a_letter_whose_worker_was_killed_while_sending_is_sent_by_the_next(
    broker, post_office, start_worker, cause_letter
):
    worker = start_worker()
    post_office.slowness = 1.5
    cause_letter()
    wait_until(lambda: post_office.connections)
    kill(worker)
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts) == (Letter.State.WAITING, 1)
    assert timedelta() < letter.due_at - timezone.now() <= Letter.LEASE

    Letter.objects.update(due_at=timezone.now())  # the lease is over
    post_office.slowness = 0
    start_worker()
    send_waiting.apply_async(connection=broker.connection())
    wait_until(all_sent)

    assert [receivers for receivers, _ in post_office.took] == [[ADDRESS]]


@pytest.mark.proof(every=6)
def test_two_workers_share_the_letters_and_each_goes_once(
    broker, post_office, start_worker, cause_letter
):
    for number in range(30):
        cause_letter(f"buyer-{number}@example.com")
    for _ in range(4):
        send_waiting.apply_async(connection=broker.connection())

    start_worker()
    start_worker()
    wait_until(all_sent)

    receivers = [receiver for [receiver], _ in post_office.took]
    assert sorted(receivers) == sorted(f"buyer-{number}@example.com" for number in range(30))


@pytest.mark.proof(every=6)
def test_beat_finds_within_two_minutes_what_a_dead_queue_has_left(
    broker, post_office, start_worker, start_program, cause_letter
):
    broker.stop()
    cause_letter()
    broker.start()

    start_worker()
    start_program("beat", "--pidfile=")
    wait_until(all_sent, seconds=120)

    assert [receivers for receivers, _ in post_office.took] == [[ADDRESS]]
