"""`make bench-scaling`: public pages from one web process beside two with a replica each.

Alone: one web process that reads the primary. Doubled: two, behind PgBouncer, that read two
replicas. Both stand behind the shipped proxy and are asked in turn in one run; who is not asked is
stopped meanwhile. What a page costs each part is taken from /proc, so that what two processors
allow can be told from what more would.
"""

import argparse
import contextlib
import itertools
import os
import resource
import secrets
import signal
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.asked import slug_of
from benchmarks.client import open_pages
from benchmarks.ground import SETTINGS, wait_for
from benchmarks.portal import REPORTS
from local import ROOT, run
from local.pgbouncer import PgBouncer
from local.replica import Primary, Replica
from local.supervisor import end_group
from local.valkey import Valkey
from proofs.folder import own_folder
from proofs.hosts import proxy
from proofs.orders import free_port

ADS = 20_000
CLIENTS = 16
# Kept by each process, once it has made them.
FEW, MANY = 60, 600
SETUPS = ["alone", "doubled"]
KINDS = ["remembered", "made anew"]
PARTS = ["web", "database", "PgBouncer", "proxy", "clients"]
TICK = 1000 / os.sysconf("SC_CLK_TCK")
ADS_AT_RANDOM = """
SELECT id, title FROM listings_listing WHERE state = 'published'
ORDER BY md5(id::text) LIMIT %s
"""
CATEGORIES = "SELECT '/ru/listings/' || slug || '/' FROM listings_category ORDER BY slug LIMIT 100"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--ads", type=int, default=ADS)
    asked = parser.parse_args()
    with own_folder("bench") as own:
        with contextlib.ExitStack() as at_the_end:
            figures, watching = Bench(asked, own.folder, at_the_end).run()
        write_report(asked, figures, watching)


class Tuned(Primary):
    def conf(self):
        return super().conf() + SETTINGS


class TunedReplica(Replica):
    def conf(self):
        return super().conf() + SETTINGS


@dataclass
class Setup:
    address: str
    web: list[int] = field(default_factory=list)
    # The processes of each part, by their first.
    parts: dict[str, list[int]] = field(default_factory=dict)

    def send(self, sign):
        for pid in (*self.web, *self.parts["proxy"]):
            os.killpg(pid, sign)


@dataclass
class Figure:
    """Of one round."""

    rate: float
    p50: float
    p95: float
    # Milliseconds of a processor for one page, by the part that used them.
    cost: dict[str, float]


class Bench:
    def __init__(self, asked, folder, at_the_end):
        self.asked, self.folder, self.at_the_end = asked, folder, at_the_end
        self.figures = defaultdict(list)
        self.numbers = itertools.count(1)

    def run(self):
        self.start_servers()
        self.setups = {"alone": self.alone(), "doubled": self.doubled()}
        few, many = self.pages(FEW), self.pages(MANY)
        for setup in self.setups.values():
            # Each process, whichever it was that was asked.
            open_pages(setup.address, few, clients=4, rounds=4 * len(setup.web))
            setup.send(signal.SIGSTOP)
        for _round in range(self.asked.rounds):
            for kind in KINDS:
                for name in SETUPS:
                    pages = few if kind == "remembered" else self.unheard_of(many)
                    self.measure(name, kind, pages)
        self.measure_watching()
        return self.figures, self.watching

    def start_servers(self):
        self.primary = Tuned(self.folder / "primary")
        self.valkey = Valkey(self.folder / "valkey")
        for server in (self.primary, self.valkey):
            self.begin(server)
        os.environ.update(
            {
                "LOCAL": "1",
                "DATABASE_URL": self.primary.url,
                "REDIS_URL": self.valkey.url,
                "VAR_ROOT": str(self.folder),
                "TRUSTED_PROXY_COUNT": "1",
                "DJANGO_SETTINGS_MODULE": "kazvek.settings",
                **{name: secrets.token_hex(32) for name in ("SECRET_KEY", "PRIVACY_KEY")},
            }
        )
        run.collect_static(self.folder)
        run.finish(["-m", "local.prepare"], DEMO_LISTINGS="50")
        run.finish(["manage.py", "many_ads", str(self.asked.ads), "--skip-checks"])
        with psycopg.connect(self.primary.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        self.replicas = []
        for number in (1, 2):
            name = f"replica{number}"
            replica = TunedReplica(self.folder / name, self.primary, name_there=name)
            self.replicas.append(replica)
            self.begin(replica)
        places = {f"kazvek_{replica.name_there}": replica for replica in self.replicas}
        self.bouncer = PgBouncer(
            self.folder / "bouncer", self.primary.password, {"kazvek": self.primary} | places
        )
        self.begin(self.bouncer)

    def begin(self, server):
        self.at_the_end.callback(server.stop)
        server.start()

    def alone(self):
        return self.start_setup("alone", [{"DATABASE_URL": self.primary.url}], [self.primary])

    def doubled(self):
        replicas = [self.bouncer.url(f"kazvek_{each.name_there}") for each in self.replicas]
        of_each = {
            "DATABASE_URL": self.bouncer.url("kazvek"),
            "DATABASE_REPLICA_URLS": ",".join(replicas),
        }
        servers = [self.primary, *self.replicas]
        return self.start_setup("doubled", [of_each] * 2, servers)

    def start_setup(self, name, webs, databases):
        port = free_port()
        setup = Setup(f"http://localhost:{port}")
        ports = []
        for environment in webs:
            ports.append(free_port())
            [web, *_workers] = run.children(self.folder, ports[-1])
            command = [*web.command]
            command[command.index("--workers") + 1] = "1"
            setup.web.append(self.launch(command, **environment, SITE_URL=setup.address))
        folder = self.folder / name
        folder.mkdir()
        setup.parts = {
            "web": setup.web,
            "database": [server.process.pid for server in databases],
            "PgBouncer": [self.bouncer.process.pid] if name == "doubled" else [],
            "proxy": [self.launch(proxy(folder, ports), SITE_URL=setup.address)],
        }
        for each in ports:
            wait_for(f"http://localhost:{each}")
        return setup

    def launch(self, command, **environment):
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.at_the_end.callback(process.wait)
        self.at_the_end.callback(end_group, process.pid)
        return process.pid

    def pages(self, count):
        with psycopg.connect(self.primary.url) as connection:
            ads = [
                f"/ru/listing/{pk}/{slug_of(title)}/"
                for pk, title in connection.execute(ADS_AT_RANDOM, [count - count // 3])
            ]
            lists = [path for (path,) in connection.execute(CATEGORIES)]
        return [*ads, *itertools.islice(itertools.cycle(lists), count // 3)]

    def unheard_of(self, pages):
        """The same under addresses nobody has asked for yet; more than are opened in a round."""
        return [f"{page}?utm={next(self.numbers)}" for _turn in range(20) for page in pages]

    def measure(self, name, kind, pages):
        setup = self.setups[name]
        setup.send(signal.SIGCONT)
        open_pages(
            setup.address, pages[-40:], clients=4, seconds=1.5
        )  # replicas are looked at anew
        before = self.used_by(setup)
        times = open_pages(setup.address, pages, clients=CLIENTS, seconds=self.asked.seconds)
        after = self.used_by(setup)
        setup.send(signal.SIGSTOP)
        if times.faults:
            sys.exit(f"{len(times.faults)} pages were none: {times.faults[:3]}")
        count = len(times.times)
        cost = {part: (after[part] - before[part]) / count for part in PARTS}
        figure = Figure(times.rate, times.p50, times.within(95), cost)
        self.figures[kind, name].append(figure)
        print(
            f"{kind}, {name}: {figure.rate:.0f} pages a second, 95 of 100 within "
            f"{figure.p95:.0f} ms; " + ", ".join(f"{part} {ms:.2f}" for part, ms in cost.items()),
            flush=True,
        )

    def measure_watching(self):
        """What two web processes use that nobody asks, of a processor in a thousand."""
        setup = self.setups["doubled"]
        setup.send(signal.SIGCONT)
        time.sleep(2)
        before = self.used_by(setup)
        time.sleep(self.asked.seconds)
        after = self.used_by(setup)
        self.watching = {part: (after[part] - before[part]) / self.asked.seconds for part in PARTS}

    def used_by(self, setup):
        clients = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {part: sum(map(used_below, pids)) for part, pids in setup.parts.items()} | {
            "clients": (clients.ru_utime + clients.ru_stime) * 1000
        }


def used_below(pid) -> float:
    """Milliseconds of a processor, with all that this process has started."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    # Its own, and those of children that have ended.
    return sum(map(int, fields[11:15])) * TICK + sum(used_below(int(child)) for child in children)


def write_report(asked, figures, watching):
    def median(kind, name, of):
        return statistics.median(map(of, figures[kind, name]))

    lines = [
        "# One web process beside two with two replicas",
        "",
        f"Written by `make bench-scaling` on {datetime.now(UTC).date()}, on {os.cpu_count()} "
        f"processors that bear all of it: web, proxy, databases and {CLIENTS} clients. "
        f"{asked.ads:,} ads; medians of {asked.rounds} rounds of {asked.seconds:.0f} s in turn. "
        "*Alone*: one web process that reads the primary. *Doubled*: two, behind PgBouncer, that "
        "read two replicas. Both stand behind the shipped proxy.",
        "",
        "| pages | set-up | pages a second | half within | 95 of 100 within |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        for name in SETUPS:
            rate, p50, p95 = (
                median(kind, name, lambda figure, of=of: getattr(figure, of))
                for of in ("rate", "p50", "p95")
            )
            lines.append(f"| {kind} | {name} | {rate:.0f} | {p50:.0f} ms | {p95:.0f} ms |")
    lines += [
        "",
        "Milliseconds of a processor for one page:",
        "",
        f"| pages | set-up | {' | '.join(PARTS)} | together | processors busy |",
        f"|---|---|{'---|' * (len(PARTS) + 2)}",
    ]
    told = []
    for kind in KINDS:
        for name in SETUPS:
            cost = {
                part: median(kind, name, lambda figure, part=part: figure.cost[part])
                for part in PARTS
            }
            together = sum(cost.values())
            busy = together * median(kind, name, lambda figure: figure.rate) / 1000
            each = " | ".join(f"{ms:.2f}" for ms in cost.values())
            lines.append(f"| {kind} | {name} | {each} | {together:.2f} | {busy:.2f} |")
            if name == "doubled":
                # One thread: it waits while its database works.
                alone = 1000 / (cost["web"] + cost["database"] + cost["PgBouncer"])
                told.append(
                    f"Pages {kind}: {os.cpu_count()} processors bear at most "
                    f"{os.cpu_count() * 1000 / together:.0f} a second of all this, however many "
                    f"processes share them. With processors of their own a web process makes "
                    f"{alone:.0f} a second and keeps {alone * cost['database'] / 1000:.2f} of a "
                    f"processor of its database busy; a proxy passes on "
                    f"{1000 / cost['proxy']:.0f} with each of its processors."
                )
    lines += ["", *(f"{sentence}\n" for sentence in told)]
    lines += [
        "*Remembered* pages were made before by the process that is asked: it asks its database "
        "only whether they are still right, at most once a second. *Made anew* are pages under "
        "addresses that no process has seen. Two web processes do not help where two processors "
        "are busy already; on hosts of their own each adds what it makes, and replicas take the "
        "reading off the primary.",
        "",
        "To know how far two replicas are, two web processes that nobody asks use of a processor: "
        f"themselves {watching['web'] / 10:.1f} %, the three databases "
        f"{watching['database'] / 10:.1f} %, PgBouncer {watching['PgBouncer'] / 10:.1f} %.",
    ]
    REPORTS.mkdir(parents=True, exist_ok=True)
    (REPORTS / "scaling.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
