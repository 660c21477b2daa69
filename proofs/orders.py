"""`make proof-orders`: fifty buyers for twenty pieces while everything is killed around them.

The portal runs as by `make run`, with servers of its own in a folder that goes away. Buyers send
real forms, each several times, while web, worker and beat are killed with -9 and PostgreSQL and
Valkey restarted, in an order that the printed seed gives again. Afterwards the books must agree.
"""

import argparse
import contextlib
import logging
import os
import random
import secrets
import signal
import threading
import time
import urllib.request
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path

import django
from aiosmtpd.controller import Controller

from local import Trouble, run
from local.postgres import Postgres
from local.server import PORTS, is_bindable
from local.supervisor import Child, Supervisor
from local.valkey import Valkey
from proofs.buyers import Buyer
from proofs.folder import own_folder

LETTERS_WITHIN = 240  # seconds: what no worker was told of, beat finds within a minute


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--buyers", type=int, default=50)
    parser.add_argument("--units", type=int, default=20)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    asked = parser.parse_args()
    if asked.buyers < asked.units * 2:
        parser.error("The buyers must be at least twice as many as the units.")
    print(f"seed {asked.seed}", flush=True)
    with own_folder("proof") as own:
        own.is_right = prove(asked, own.folder)


def prove(asked, folder):
    with contextlib.ExitStack() as at_the_end:
        postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
        for server in (postgres, valkey):
            at_the_end.callback(server.stop)
            server.start()
        office = PostOffice()
        controller = Controller(office, hostname="127.0.0.1", port=free_port())
        controller.start()
        at_the_end.callback(controller.stop)
        port = free_port()
        os.environ.update(
            {
                "LOCAL": "1",
                "DATABASE_URL": postgres.url,
                "REDIS_URL": valkey.url,
                "EMAIL_URL": f"smtp://127.0.0.1:{controller.port}",
                "SECRET_KEY": secrets.token_hex(32),
                "PRIVACY_KEY": secrets.token_hex(32),
                "VAR_ROOT": str(folder),
                "PORT": str(port),
                # Or fifty buyers at one address would be taken for a program.
                "TRUSTED_PROXY_COUNT": "1",
                "DJANGO_SETTINGS_MODULE": "kazvek.settings",
            }
        )
        run.collect_static(folder)
        return Proof(asked, folder, port, postgres, valkey, office).run()


class PostOffice:
    """A mail server that takes everything."""

    def __init__(self):
        self.took = []

    async def handle_DATA(self, server, session, envelope):
        letter = message_from_bytes(envelope.content, policy=policy.default)
        self.took.append((letter["Message-ID"], envelope.rcpt_tos[0], letter["Subject"]))
        return "250 OK"


class Logged(Child):
    """What it says goes into a file."""

    def say(self, line):
        with self.mark.with_suffix(".log").open("a") as log:
            print(line, file=log)


class Proof:
    def __init__(self, asked, folder, port, postgres, valkey, office):
        self.asked = asked
        self.address = f"http://localhost:{port}"
        self.postgres, self.valkey, self.office = postgres, valkey, office
        self.chance = random.Random(asked.seed)
        self.children = {
            child.name: Logged(child.name, child.command, child.colour, child.mark)
            for child in run.children(folder, port)
        }
        self.supervisor = Supervisor(list(self.children.values()))
        self.done = Counter()
        self.deck = self.chance.sample(list(self.events), len(self.events))
        self.buyers, self.failure = [], None

    def run(self):
        """Whether all is right."""
        django.setup()
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        # Only now can models be imported.
        from django.db import connection

        from proofs import books

        seller, ads = books.open_market(self.asked.rounds, self.asked.units)
        connection.close()  # it would not survive
        connection.close_pool()
        storm = threading.Thread(target=self.storm, args=[books, seller, ads])
        storm.start()
        try:
            self.supervisor.run()
        finally:
            self.supervisor.stop()
            storm.join()  # or it would start again what is being stopped
        if self.failure:
            raise self.failure
        rows = books.audit(self.buyers, ads, self.asked.units, self.office.took)
        self.show(rows)
        return not any(row.wrong for row in rows)

    def storm(self, books, seller, ads):
        try:
            for number, listing in enumerate(ads):
                self.wait_for_portal()
                self.one_round(number, seller, listing)
            self.wait_for_letters(books)
        except Exception as failure:  # noqa: BLE001 the main thread raises it
            self.failure = failure
        finally:
            self.supervisor.stop()

    def wait_for_portal(self):
        while not self.supervisor.is_stopping:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/readyz"):
                return
            time.sleep(0.2)

    def one_round(self, number, seller, listing):
        """Before each event some buyers come: the pieces are gone after the first few."""
        begins, threads, buyers = time.monotonic(), [], []
        events = self.order_of_events(number)
        for place, name in enumerate(events):
            pause = self.chance.uniform(0.2, 2)
            for each in range(place, self.asked.buyers, len(events)):
                buyer = Buyer(
                    number=number * self.asked.buyers + each,
                    address=self.address,
                    listing=listing,
                    seller=seller,
                    # At least so many want one that the last piece is sold.
                    quantity=self.chance.choice([1, 2]) if each >= self.asked.units else 1,
                    presses=self.chance.choice([2, 3]),
                    starts_at=time.monotonic() + self.chance.uniform(0, pause),
                )
                buyers.append(buyer)
                threads.append(threading.Thread(target=buyer.buy, daemon=True))
                threads[-1].start()
            time.sleep(pause)
            self.go_on()
            self.events[name]()
            self.done[name] += 1
            if self.chance.random() < 0.5:  # or what comes next meets what still lies there
                self.wait_for_portal()
        for thread in threads:
            while thread.is_alive():
                self.go_on()
                thread.join(0.5)
        self.buyers += buyers
        sold = sum(bool(buyer.told) for buyer in buyers)
        took = time.monotonic() - begins
        print(f"round {number + 1}: {len(buyers)} buyers, {sold} orders, {took:.0f} s", flush=True)

    def order_of_events(self, number):
        """By chance, and so that within three rounds each comes once in the midst of the sale."""
        first = 3 * number % len(self.deck)
        firsts = self.deck[first : first + 3]
        others = [name for name in self.deck if name not in firsts]
        return firsts + self.chance.sample(others, len(others))

    def wait_for_letters(self, books):
        ends = time.monotonic() + LETTERS_WITHIN
        while (
            not self.supervisor.is_stopping and time.monotonic() < ends and books.letters_waiting()
        ):
            self.done["letters taken from the dead"] += books.free_letters_of_the_dead()
            time.sleep(1)

    def go_on(self):
        if self.supervisor.is_stopping:
            raise Trouble("The proof was stopped.")

    # What happens

    @property
    def events(self):
        return {
            "a web process killed": lambda: self.kill_one_of("web"),
            "the web server killed": lambda: self.kill("web"),
            "a worker process killed": lambda: self.kill_one_of("worker"),
            "the worker killed": lambda: self.kill("worker"),
            "beat killed": lambda: self.kill("beat"),
            "PostgreSQL restarted (fast)": lambda: self.restart(self.postgres, signal.SIGINT),
            "PostgreSQL restarted (immediate)": lambda: self.restart(self.postgres, signal.SIGQUIT),
            "Valkey restarted": lambda: self.restart(self.valkey, signal.SIGTERM),
            "Valkey killed": lambda: self.restart(self.valkey, signal.SIGKILL),
        }

    def kill(self, name):
        os.kill(self.running(name), signal.SIGKILL)

    def kill_one_of(self, name):
        parts = []
        while not parts:
            pid = self.running(name)
            with contextlib.suppress(FileNotFoundError):
                parts = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            time.sleep(0.05)
        os.kill(int(self.chance.choice(parts)), signal.SIGKILL)

    def running(self, name):
        while True:
            self.go_on()
            process = self.children[name].process
            if process and process.poll() is None:
                return process.pid
            time.sleep(0.05)

    def restart(self, server, sign):
        server.process.send_signal(sign)
        server.process.wait()
        server.start()

    def show(self, rows):
        answers = sum((buyer.answers for buyer in self.buyers), Counter())
        print()
        for name, count in [*self.done.items(), *sorted(answers.items())]:
            print(f"{count:>7}  {name if name in self.done else f'answers: {name}'}")
        print()
        for row in rows:
            wrong = f"   WRONG: {row.wrong}" if row.wrong else ""
            print(f"{row.count:>7}  {row.what}{wrong}")
        for trouble, count in Counter(t for b in self.buyers for t in b.trouble).items():
            print(f"{count:>7}  met: {trouble}")


def free_port():
    return next(port for port in iter(lambda: secrets.choice(PORTS), None) if is_bindable(port))


if __name__ == "__main__":
    main()
