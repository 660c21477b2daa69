"""`make cluster`: a small cluster on this machine, of which one part after the other is killed.

People read, publish, order and leave meanwhile, all through the proxy. A replica, web servers,
workers, beat and Valkey die; at last the primary does, and the replica that has most takes its
place. Then the books must agree: nothing that was answered with success is lost or doubled, and
nobody missed what they had written. The printed seed gives the same order of events again.
"""

import argparse
import contextlib
import logging
import random
import secrets
import sys
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import dataclass, field

import django
from django.conf import settings
from kombu.exceptions import OperationalError

from local import Trouble
from local.supervisor import Supervisor, end_group
from proofs.buyers import Buyer
from proofs.clock import Clock
from proofs.crowd import ForgottenSeller, Leaver, Passers, Reader, SellerAtWork
from proofs.folder import own_folder
from proofs.hosts import HOSTS, Cluster, is_streaming
from proofs.row import Row
from proofs.visitors import Visitor

ADS, UNITS = 6, 100_000
SETTLED_WITHIN = 150  # seconds: what no worker was told of, beat finds within a minute
READ_WITHIN = 30  # seconds: a replica, when it keeps up
# What readers bear, on two processors that carry everything: PgBouncer has a page wait for 15
# seconds; while there is no primary, each of them is refused so often.
SLOWEST, DOWN, REFUSED = 20, 20, 10
FOLLOWED = 25  # seconds: the lease of a beat that died is over, and another has looked
# After the new primary is there: until each process has noticed that its connections are dead.
NOTICED_WITHIN = 5
BEGUN = time.monotonic()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--pause", type=float, default=5, help="seconds between what is killed")
    parser.add_argument("--sellers", type=int, default=3)
    parser.add_argument("--leavers", type=int, default=12)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--demo", type=int, default=100, help="ads of the demo market")
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    try:
        with own_folder("cluster") as own, contextlib.ExitStack() as at_the_end:
            cluster = Cluster(own.folder, at_the_end)
            cluster.start(asked.demo)
            own.is_right = Proof(asked, cluster).run()
    except Trouble as trouble:
        sys.exit(str(trouble))


@dataclass
class Crowd:
    sellers: list[SellerAtWork] = field(default_factory=list)
    readers: list[Reader] = field(default_factory=list)
    leavers: list[Leaver] = field(default_factory=list)
    passers: Passers | None = None


class Proof:
    def __init__(self, asked, cluster):
        self.asked, self.cluster = asked, cluster
        self.chance = random.Random(asked.seed)
        self.children = {child.name: child for child in cluster.children()}
        self.supervisor = Supervisor(list(self.children.values()))
        self.crowd, self.buyers, self.threads = Crowd(), [], []
        self.is_over = threading.Event()
        self.is_down = None
        self.failure = None

    def run(self):
        """Whether all is right."""
        django.setup()
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        # Only now can models be imported.
        from django.db import connection

        from proofs import books, cluster_books

        self.clock = Clock(self.cluster.valkey, settings.CELERY_BEAT_SCHEDULE)
        seller, ads = books.offer(ADS, UNITS)
        people = cluster_books.settle_in(self.asked.sellers, self.asked.leavers)
        category = cluster_books.easiest_category()
        connection.close()  # it would not survive
        connection.close_pool()
        self.tell("the hosts start")
        storm = threading.Thread(target=self.storm, args=[seller, ads, people, category])
        storm.start()
        try:
            self.supervisor.run()
        finally:
            self.supervisor.stop()
            self.is_over.set()
            storm.join()
        if self.failure:
            raise self.failure
        return not any(row.wrong for row in self.rows)

    def tell(self, sentence):
        print(f"{time.monotonic() - BEGUN:6.1f} s  {sentence}", flush=True)

    def storm(self, seller, ads, people, category):
        # Only now can models be imported.
        from proofs import books, cluster_books

        try:
            self.wait_for_hosts()
            self.begin_crowd(seller, ads, people, category)
            self.happen()
            self.end_crowd()
            self.settle(books, cluster_books)
            webs = [self.cluster.address]
            webs += [f"http://localhost:{port}" for port in self.cluster.ports.values()]
            self.rows = cluster_books.audit(
                self.crowd, self.buyers, ads, UNITS, self.cluster.office.took, webs
            )
            self.rows += self.audit_reading() + self.audit_clock()
            self.show()
        except Exception as failure:  # noqa: BLE001 the main thread raises it
            self.failure = failure
        finally:
            self.is_over.set()
            self.supervisor.stop()

    # People

    def wait_for_hosts(self):
        for port in self.cluster.ports.values():
            while True:
                self.go_on()
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://localhost:{port}/readyz").close()
                    break
                time.sleep(0.2)
        self.tell("both web servers answer")

    def begin_crowd(self, seller, ads, people, category):
        selling, leaving = people
        slug, answers = category
        address, crowd = self.cluster.address, self.crowd
        crowd.passers = Passers(address)
        kinds = [ForgottenSeller] + [SellerAtWork] * (len(selling) - 1)
        crowd.sellers = [
            kind(1000 + number, address, email, slug, answers, self.is_over, crowd.passers)
            for number, (kind, email) in enumerate(zip(kinds, selling, strict=True))
        ]
        lasts = self.asked.pause * (len(self.events()) + 2)
        crowd.leavers = [
            Leaver(2000 + number, address, email, time.monotonic() + lasts * number / len(leaving))
            for number, email in enumerate(leaving)
        ]
        pages = self.public_pages(ads)
        crowd.readers = [
            Reader(3000 + number, address, pages, 0.15, self.is_over)
            for number in range(self.asked.readers)
        ]
        self.go(crowd.passers.look)
        for each in crowd.readers:
            self.go(each.read)
        for each in crowd.sellers:
            self.go(each.work)
        for each in crowd.leavers:
            self.go(each.leave)
        self.go(self.send_buyers, seller, ads)

    def public_pages(self, ads):
        visitor = Visitor(4000, self.cluster.address)
        pages = ["/en/", "/ru/", "/kk/", "/en/listings/", "/ru/listings/", "/ru/sellers/"]
        pages += [f"/en/listings/?q={word}" for word in ("wheat", "tractor", "plough")]
        for page in ("/en/listings/", "/ru/"):
            html = visitor.ask_until_answered(page).page
            pages += {
                path
                for path in html.split('"')
                if path.startswith(("/en/listing/", "/ru/listing/", "/en/listings/"))
                and "?" not in path
                and "/phone" not in path
                and "/save" not in path
            }
        return pages

    def send_buyers(self, seller, ads):
        number = 0
        while not self.is_over.wait(self.chance_of_people.uniform(0.8, 2)):
            number += 1
            buyer = Buyer(
                10_000 + number,
                self.cluster.address,
                listing=self.chance_of_people.choice(ads),
                seller=seller,
                quantity=self.chance_of_people.choice([1, 2]),
                presses=self.chance_of_people.choice([1, 2]),
                starts_at=time.monotonic(),
            )
            self.buyers.append(buyer)
            self.go(buyer.buy)

    # Apart from what is killed when.
    chance_of_people = random.Random()

    def go(self, what, *args):
        thread = threading.Thread(target=what, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def end_crowd(self):
        self.is_over.set()
        self.tell("nobody new comes")
        passers, *others = self.threads
        for thread in others:
            self.wait_for(thread)
        self.crowd.passers.end()
        self.wait_for(passers)
        self.tell("everybody is done")

    def wait_for(self, thread):
        while thread.is_alive():
            self.go_on()
            thread.join(0.5)

    def settle(self, books, cluster_books):
        ends, freed = time.monotonic() + SETTLED_WITHIN, 0
        while time.monotonic() < ends:
            self.go_on()
            left = (
                books.letters_waiting(),
                cluster_books.people_waiting(),
                cluster_books.photos_waiting(),
            )
            set_off, each_minute = self.clock.twice_since(self.followed_at)
            if not any(left) and set_off == each_minute:
                break
            freed += cluster_books.let_time_pass()
            self.ask_for_deletions()
            time.sleep(2)
        self.tell(f"all is settled; {freed} times something was taken from the dead")

    def go_on(self):
        if self.supervisor.is_stopping:
            raise Trouble("The proof was stopped.")

    # What happens

    def events(self):
        first, second = self.chance_of_events
        return {
            "a replica is killed": self.kill_replica,
            f"the web server of host {first} is killed": lambda: self.kill(f"web-{first}"),
            f"the worker of host {second} is killed": lambda: self.kill(f"worker-{second}"),
            f"the worker of deletions of host {first} is killed": lambda: self.kill(
                f"privacy-{first}"
            ),
            "beat of the host that sets tasks off is killed": self.kill_first_beat,
            "Valkey is emptied": self.empty_valkey,
            "Valkey is killed, and replaced by an empty one": self.replace_valkey,
        }

    @property
    def chance_of_events(self):
        return HOSTS if self.asked.seed % 2 else HOSTS[::-1]

    def happen(self):
        events = self.events()
        self.looks_before = self.wait_for_looks([0] * len(self.cluster.replicas))
        self.tell("pages are read from each replica")
        for name in self.chance.sample(list(events), len(events)):
            self.pause()
            self.ask_for_deletions()
            self.tell(name)
            events[name]()
        self.pause()
        self.wait_for_replicas()
        self.lose_the_primary()
        before = self.cluster.looks_into_replicas()
        self.pause()
        self.pause()
        after = self.wait_for_looks(before)
        self.looks_after = [new - old for new, old in zip(after, before, strict=True)]
        self.tell("pages are read from the other replica, which follows it")

    def wait_for_looks(self, before):
        """What each replica counts when all were looked into once more, or nobody does."""
        ends = time.monotonic() + READ_WITHIN
        while True:
            self.go_on()
            now = self.cluster.looks_into_replicas()
            is_read = all(new > old for new, old in zip(now, before, strict=True))
            if is_read or time.monotonic() > ends:
                return now
            time.sleep(0.5)

    def pause(self):
        ends = time.monotonic() + self.asked.pause
        while time.monotonic() < ends:
            self.go_on()
            time.sleep(0.1)

    def ask_for_deletions(self):
        """As beat does, but not only once a minute."""
        # Only now can it be imported.
        from privacy.tasks import erase_due

        with contextlib.suppress(OperationalError):
            erase_due.apply_async(retry=False, expires=50)

    def kill_replica(self):
        replica = self.chance.choice(self.cluster.replicas)
        self.cluster.lose(replica)
        self.pause()
        replica.start()
        self.tell(f"{replica.name_there} is back")

    def kill(self, name):
        while True:
            self.go_on()
            process = self.children[name].process
            if process and process.poll() is None:
                return end_group(process.pid)
            time.sleep(0.05)

    def kill_first_beat(self):
        beats = [self.children[f"beat-{host}"] for host in HOSTS]
        while True:
            self.go_on()
            first = self.clock.first()
            for process in (beat.process for beat in beats):
                if first and process and process.pid == first:
                    with self.clock.trouble():
                        end_group(first)
                    self.wait_for_another(first)
                    return
            time.sleep(0.05)

    def wait_for_another(self, first):
        self.beat_died_at = time.monotonic()
        while self.clock.first() in (None, first):
            self.go_on()
            time.sleep(0.2)
        self.followed_at = time.monotonic()
        self.tell("another beat is first")

    def replace_valkey(self):
        with self.clock.trouble():
            self.cluster.replace_valkey()

    def empty_valkey(self):
        with self.clock.trouble(), self.cluster.valkey.connect() as connection:
            connection.flushall()

    def wait_for_replicas(self):
        while not is_streaming(self.cluster.primary, self.cluster.replicas):
            self.go_on()
            time.sleep(0.1)

    def lose_the_primary(self):
        cluster = self.cluster
        self.tell("the primary is killed")
        died_at = time.monotonic()
        cluster.lose(cluster.primary)
        time.sleep(3)  # or as long as somebody takes to notice
        promoted = cluster.promote()
        self.tell(f"{promoted.name_there} takes its place")
        visitor = Visitor(4001, cluster.address)
        visitor.ask_until_answered("/en/listings/?from=the-new-primary")
        self.tell("pages are made from it")
        self.is_down = (died_at, time.monotonic())
        cluster.note_the_new_history()

    # What came of it

    def audit_reading(self):
        seen = [page for reader in self.crowd.readers for page in reader.seen]
        died_at, back_at = self.is_down
        wrong = [(asked_at, till) for asked_at, till, came in seen if came != "200"]
        # Whoever was asked for something meanwhile, and waited.
        meanwhile = [
            asked_at
            for asked_at, till in wrong
            if till >= died_at and asked_at <= back_at + NOTICED_WITHIN
        ]
        slowest = max(till - asked_at for asked_at, till, _ in seen)
        return [
            Row("pages read by anybody", len(seen)),
            Row("slowest of them, in seconds", round(slowest), at_most=SLOWEST),
            Row("seconds without a primary", round(back_at - died_at), at_most=DOWN),
            Row("refused meanwhile", len(meanwhile), at_most=REFUSED * len(self.crowd.readers)),
            Row("refused at any other time", len(wrong) - len(meanwhile), 0),
            Row("looks into the ads of the replica read least", min(self.looks_before), at_least=1),
            Row("into those of the one left, in the end", min(self.looks_after), at_least=1),
        ]

    def audit_clock(self):
        set_off, each_minute = self.clock.twice_since(self.followed_at)
        took = round(self.followed_at - self.beat_died_at)
        sooner, explained = self.clock.sooner_than_is_their_turn()
        return [
            Row("tasks that beat set off", self.clock.count, at_least=1),
            Row("of them sooner than was their turn", sooner, 0),
            Row("once more when who was first died, or Valkey", explained),
            Row("seconds until another beat was first", took, at_most=FOLLOWED),
            Row("tasks of each minute set off twice since then", len(set_off), len(each_minute)),
        ]

    def show(self):
        everybody = [*self.crowd.sellers, *self.crowd.leavers, *self.buyers, *self.crowd.readers]
        answers = sum((each.answers for each in everybody), Counter())
        print()
        for name, count in sorted(answers.items()):
            print(f"{count:>7}  answers: {name}")
        print()
        for row in self.rows:
            wrong = f"   WRONG: {row.wrong}" if row.wrong else ""
            print(f"{row.count:>7}  {row.what}{wrong}")
        met = Counter(trouble for each in everybody for trouble in getattr(each, "trouble", []))
        for trouble, count in met.items():
            print(f"{count:>7}  met: {trouble}")
        print(flush=True)


if __name__ == "__main__":
    main()
    print(f"{time.monotonic() - BEGUN:.0f} s")
