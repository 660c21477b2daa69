"""Beat on two hosts: one of them sets tasks off, whatever becomes of either."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from kazvek.beat import HOLDER, LAST_RUNS, LEASE
from local import ROOT
from tests.letters.outside import Broker, kill, wait_until

QUEUES = ["default", "mail", "media", "privacy"]
# Seconds a busy machine takes to start one.
STARTING = 60
HOURLY = [n for n, e in settings.CELERY_BEAT_SCHEDULE.items() if e["schedule"] == 60 * 60]


class Hosts:
    def __init__(self, broker, folder):
        self.broker, self.folder, self.running = broker, folder, []

    def start(self):
        with (self.folder / f"beat-{len(self.running)}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "kazvek", "beat", "--pidfile="],
                cwd=ROOT,
                env=os.environ | {"REDIS_URL": self.broker.url},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def said(self):
        return "".join(log.read_text() for log in self.folder.glob("beat-*.log"))

    @property
    def first(self):
        holder = self.broker.database.get(HOLDER)
        return int(holder.split(b":")[1]) if holder else None

    def make_due(self):
        """What goes once an hour, so that nothing of it comes again while the test lasts."""
        self.broker.database.delete(*QUEUES)
        long_ago = (timezone.now() - timedelta(minutes=61)).isoformat()
        self.broker.database.hset(LAST_RUNS, mapping=dict.fromkeys(HOURLY, long_ago))

    def set_off(self):
        waiting = [each for queue in QUEUES for each in self.broker.database.lrange(queue, 0, -1)]
        tasks = Counter(json.loads(each)["headers"]["task"] for each in waiting)
        return {name: tasks[settings.CELERY_BEAT_SCHEDULE[name]["task"]] for name in HOURLY}


@pytest.fixture
def hosts(tmp_path):
    broker = Broker(tmp_path)
    broker.start()
    hosts = Hosts(broker, tmp_path)
    yield hosts
    for process in hosts.running:
        kill(process)
    broker.stop()


def dies(hosts, first):
    kill(first)


def ends(hosts, first):
    first.terminate()


def hangs(hosts, first):
    first.send_signal(signal.SIGSTOP)


@pytest.mark.proof(every=3)
@pytest.mark.parametrize("trouble", [dies, ends, hangs])
def test_of_two_hosts_one_sets_tasks_off_and_the_other_follows_it(hosts, trouble):
    once = dict.fromkeys(HOURLY, 1)
    hosts.make_due()
    processes = {process.pid: process for process in (hosts.start(), hosts.start())}
    wait_until(lambda: hosts.set_off() == once, STARTING)
    first = hosts.first

    trouble(hosts, processes[first])
    hosts.make_due()
    wait_until(lambda: hosts.first not in (None, first), STARTING + LEASE)
    wait_until(lambda: hosts.set_off() == once, LEASE)
    if trouble is hangs:
        processes[first].send_signal(signal.SIGCONT)
        wait_until(lambda: "another host is first" in hosts.said())

    assert hosts.first not in (None, first)
    assert hosts.set_off() == once


@pytest.mark.proof(every=3)
def test_a_queue_that_was_flushed_or_away_finds_its_clock_again(hosts):
    hosts.start()
    wait_until(lambda: hosts.first, STARTING)

    hosts.broker.database.flushall()
    wait_until(lambda: hosts.first and hosts.broker.database.hlen(LAST_RUNS), LEASE)
    hosts.broker.stop()
    wait_until(lambda: "queue away" in hosts.said())
    hosts.broker.start()
    hosts.make_due()
    wait_until(lambda: hosts.set_off() == dict.fromkeys(HOURLY, 1), STARTING)

    assert hosts.running[0].poll() is None
