"""`make bench`: the bars of a million ads, in one run; `make bench-quick`: of a hundred thousand.

Two portals on databases of their own, the small market and the large one, run as `make run` has
them. What is compared is measured in turn, three times, and the median counts; rates are ratios to
the page that says hello on the same server, behind the same middleware. The figures go to
docs/benchmarks/. Searches after the manner of one index for each column are measured beside ours
and live here only.
"""

import argparse
import contextlib
import logging
import os
import statistics
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django

from benchmarks import chart
from benchmarks.client import open_pages, send_forms
from benchmarks.ground import own_servers
from local import ROOT

REPORTS = ROOT / "docs" / "benchmarks"
ROUNDS = 3
CLIENTS = 16
SIZES = {"small": 10_000, "large": 1_000_000}
QUICK = {"small": 10_000, "large": 100_000}
FILLED_WITHIN = 6 * 60
KILOBYTE = 1000
# Times as long as pages are measured.
WARMED_FOR = 10
# Orders and ads of each second that pages are measured.
WRITTEN = 25
# Milliseconds: rows of tables are rendered anew for whoever looks, which public pages are spared.
PERSONAL = 100


@dataclass
class Bar:
    number: int
    what: str
    figure: str
    bar: str
    is_met: bool


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    sizes = QUICK if asked.quick else SIZES
    with own_servers() as ground, contextlib.ExitStack() as running:
        filled = {size: ground.fill(size, ads) for size, ads in sizes.items()}
        django.setup()
        logging.disable(logging.INFO)
        # Only now can models be imported.
        from benchmarks.asked import Asked

        places = {}
        for size in sizes:
            url = ground.environment(size)["DATABASE_URL"]
            address, process = running.enter_context(ground.portal(size))
            places[size] = Place(address, process, url, Asked(url))
        bench = Bench(places, sizes, seconds=1 if asked.quick else 4)
        if not asked.quick:
            bench.filling(filled["large"])
        bench.rates()
        bench.writing()
        bench.growth()
        bench.latencies()
        bench.personal()
        if not asked.quick:
            # Among fewer ads one index for each column is quick enough.
            bench.naive()
            bench.memory()
    name = "quick" if asked.quick else "portal"
    write_report(name, sizes, bench)
    missed = [bar for bar in bench.bars if not bar.is_met]
    if missed:
        sys.exit("Missed: " + "; ".join(f"{bar.number}, {bar.what}" for bar in missed))


@dataclass
class Place:
    address: str
    process: object
    url: str
    asked: object


class Bench:
    def __init__(self, places, sizes, seconds):
        self.places, self.sizes, self.seconds = places, sizes, seconds
        self.large, self.bars, self.grown = places["large"], [], {}

    def meet(self, number, what, figure, bar, is_met):
        self.bars.append(Bar(number, what, figure, bar, is_met))
        print(
            f"{'  ' if is_met else '! '}{number:2}  {what}: {figure} (the bar: {bar})", flush=True
        )

    def open(self, place, paths, cookies="", clients=CLIENTS, seconds=None):
        seconds = seconds or self.seconds
        times = open_pages(place.address, paths, clients=clients, seconds=seconds, cookies=cookies)
        if times.faults:
            sys.exit(f"{len(times.faults)} pages were none: {times.faults[:3]}, of {paths[:2]}")
        return times

    def in_turn(self, asked: dict, clients=CLIENTS):
        """Of each (place, paths) or (place, paths, cookies) the runs of all rounds; before them
        all are opened for once.
        """
        for pages in asked.values():
            self.warm(*pages)
        runs = {name: [] for name in asked}
        for _round in range(ROUNDS):
            for name, pages in asked.items():
                runs[name].append(self.open(*pages, clients=clients))
        return runs

    def warm(self, place, paths, cookies=""):
        """Every page by each of the workers, as far as the time goes."""
        open_pages(
            place.address,
            sorted(set(paths)),
            rounds=2,
            seconds=WARMED_FOR * self.seconds,
            cookies=cookies,
        )

    def filling(self, seconds):
        ads = self.sizes["large"]
        self.meet(
            0, f"filling {ads:,} ads, indexes and all", f"{seconds:.0f} s",
            f"≤ {FILLED_WITHIN} s", seconds <= FILLED_WITHIN,
        )  # fmt: skip

    def rates(self):
        asked = self.large.asked
        runs = self.in_turn(
            {
                "hello": (self.large, ["/hello/"]),
                "category": (self.large, asked.browsed),
                "ad": (self.large, asked.ads),
            }
        )
        # Afterwards: nobody would find the page of a popular ad remembered any more.
        runs |= self.in_turn({"any ad": (self.large, asked.any_ads)})
        rate = {name: statistics.median(run.rate for run in of) for name, of in runs.items()}
        for number, name, least in ((1, "category", 0.35), (2, "ad", 0.2)):
            ratio = rate[name] / rate["hello"]
            self.meet(
                number, f"{name} pages to hellos",
                f"{ratio:.3f} ({rate[name]:.0f} to {rate['hello']:.0f} a second)", f"≥ {least}",
                ratio >= least,
            )  # fmt: skip
        self.told = (
            "Categories are opened as people open them, the largest most often; of ads the newest "
            f"{len(set(asked.ads))}, the newest most often. Of {len(asked.any_ads):,} ads that are "
            f"opened equally often {rate['any ad']:.0f} a second are shown, "
            f"{rate['any ad'] / rate['hello']:.3f} of the hellos: most are rendered for the "
            "one visit."
        )
        for name in ("category", "ad"):
            spread = statistics.median(run.p99 / run.p50 for run in runs[name])
            self.meet(
                8, f"{name} pages, slowest of a hundred to the middle, {CLIENTS} clients",
                f"{spread:.1f}", "≤ 6", spread <= 6,
            )  # fmt: skip
            largest = max(run.largest for run in runs[name]) / KILOBYTE
            self.meet(
                8, f"{name} pages, the largest", f"{largest:.1f} KB", "≤ 50 KB", largest <= 50
            )
        for name, paths in {
            "category": asked.categories, "ad": asked.any_ads, "search": asked.words,
            "4 filters": asked.filtered,
        }.items():  # fmt: skip
            most = queries_of(self.large, paths)
            self.meet(8, f"{name} pages, queries", str(most), "≤ 4", most <= 4)

    def writing(self):
        """Presses of the last button, none of which may be lost."""
        with connected_to(self.large):
            # Only now can models be imported.
            from benchmarks import written

            each = WRITTEN * self.seconds
            orders = written.orders(self.large.address, 0, ROUNDS * each)
            drafts = written.drafts(self.large.address, ROUNDS * each)
            before = written.how_many()
            rates = {"hello": [], "orders": [], "ads": []}
            for turn in range(ROUNDS):
                part = slice(turn * each, (turn + 1) * each)
                rates["hello"].append(self.open(self.large, ["/hello/"]).rate)
                for name, forms in (("orders", orders[part]), ("ads", drafts[part])):
                    sent = send_forms(self.large.address, forms, clients=CLIENTS)
                    if sent.faults:
                        sys.exit(f"{len(sent.faults)} {name} were refused: {sent.faults[:3]}")
                    rates[name].append(sent.rate)
            kept = [now - was for now, was in zip(written.how_many(), before, strict=True)]
        rate = {name: statistics.median(of) for name, of in rates.items()}
        for name, count, least in (("orders", kept[0], 0.006), ("ads", kept[1], 0.004)):
            ratio, lost = rate[name] / rate["hello"], ROUNDS * each - count
            self.meet(
                9, f"{name} written to hellos, {CLIENTS} clients",
                f"{ratio:.4f} ({rate[name]:.0f} a second), {lost} lost",
                f"≥ {least}, none lost", ratio >= least and lost == 0,
            )  # fmt: skip

    def growth(self):
        """With one client: how much longer a page takes in the large market than in the small."""
        for kind, name, most in (
            ("categories", "newest in a category", 1.5),
            ("words", "one word", 1.5),
            ("deep", "at depth", 1.5),
            ("filtered", "4 filters and a price", 3),
        ):
            runs = self.in_turn(
                {size: (place, getattr(place.asked, kind)) for size, place in self.places.items()},
                clients=1,
            )
            p50 = {size: statistics.median(run.p50 for run in of) for size, of in runs.items()}
            self.grown[name] = p50
            times = p50["large"] / p50["small"]
            self.meet(
                4, f"growth, {name}",
                f"{times:.2f} ({p50['small']:.1f} → {p50['large']:.1f} ms)", f"≤ {most}",
                times <= most,
            )  # fmt: skip

    def latencies(self):
        asked = self.large.asked
        kinds = {
            "category": asked.categories, "ad": asked.any_ads, "one word": asked.words,
            "4 filters and a price": asked.filtered, "first page": asked.first,
            "depth": asked.deep, "spelt right": asked.right, "mistyped": asked.mistyped,
        }  # fmt: skip
        runs = self.in_turn({name: (self.large, of) for name, of in kinds.items()}, clients=1)
        p50 = {name: statistics.median(run.p50 for run in of) for name, of in runs.items()}
        p99 = {name: statistics.median(run.p99 for run in of) for name, of in runs.items()}
        for name in ("category", "ad", "one word", "4 filters and a price"):
            self.meet(
                5, f"{name}, slowest of a hundred, one client", f"{p99[name]:.1f} ms", "≤ 50 ms",
                p99[name] <= 50,
            )  # fmt: skip
        times = p50["depth"] / p50["first page"]
        self.meet(7, "depth to the first page", f"{times:.2f}", "≤ 1.2", times <= 1.2)
        most = 2 * p50["spelt right"] + 5
        self.meet(
            7, "mistyped words", f"{p50['mistyped']:.1f} ms", f"≤ {most:.1f} ms",
            p50["mistyped"] <= most,
        )  # fmt: skip

    def personal(self):
        """With one client, pages that are one person's. The bars are ours: they grow no more
        than public pages.
        """
        # Only now can models be imported.
        from benchmarks import written

        asked, names = {}, []
        for size, place in self.places.items():
            with connected_to(place):
                pages = written.of_people(place.address)
            for name, (path, cookies) in pages.items():
                asked[name, size] = place, [path], cookies
            names = list(pages)
        runs = self.in_turn(asked, clients=1)
        p50 = {key: statistics.median(run.p50 for run in of) for key, of in runs.items()}
        # Some sixty of each: there is no slowest of a hundred.
        p95 = {key: statistics.median(run.within(95) for run in of) for key, of in runs.items()}
        for name in names:
            small, large = p50[name, "small"], p50[name, "large"]
            self.meet(
                0, f"growth, {name}", f"{large / small:.2f} ({small:.1f} → {large:.1f} ms)",
                "≤ 1.5", large <= small * 1.5,
            )  # fmt: skip
            self.meet(
                0, f"{name}, slowest of twenty, one client", f"{p95[name, 'large']:.1f} ms",
                f"≤ {PERSONAL} ms", p95[name, "large"] <= PERSONAL,
            )  # fmt: skip

    def naive(self):
        # Only now can models be imported.
        from benchmarks import naive

        with connected_to(self.large):
            ours, theirs = naive.compare(self.large.url, self.large.asked.filtered)
        times = theirs / ours
        self.meet(
            6, "4 filters and a price to one index for each column",
            f"{times:.1f} times as fast ({theirs:.1f} → {ours:.1f} ms)", "≥ 8", times >= 8,
        )  # fmt: skip

    def memory(self):
        """Of the heaviest web worker, halfway through a hundred thousand pages and after them."""
        paths = [*self.large.asked.ads[:3000], *self.large.asked.categories * 10]
        opened, held = 0, []
        for until in (50_000, 100_000):
            while opened < until:
                opened += len(self.open(self.large, paths, seconds=10).times)
            held.append(heaviest_below(self.large.process.pid))
        self.meet(
            10, "memory of a web worker after 100,000 pages",
            f"{held[1]:.0f} MB, halfway {held[0]:.0f} MB", "≤ 200 MB, no growth",
            held[1] <= 200 and held[1] <= held[0] * 1.03,
        )  # fmt: skip


@contextlib.contextmanager
def connected_to(place):
    from django.db import connection

    connection.settings_dict["NAME"] = place.url.rpartition("/")[2]
    connection.close_pool()
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()


def queries_of(place, paths):
    """The most that any of these pages asks the first time it is shown in a process."""
    from django.test import Client

    client, most = Client(SERVER_NAME="localhost"), 0
    with connected_to(place):
        client.get(paths[0])
        for path in paths[:20]:
            # Twice: now and then a process also looks after itself, whatever the page.
            most = max(most, min(queries_of_one(client, path) for _time in range(2)))
    return most


def queries_of_one(client, path):
    # Only now can it be imported.
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from ui.remembered import Pages

    for pages in Pages.every:
        pages.clear()
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def heaviest_below(pid):
    """In megabytes, of the processes that this one has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{child}/statm").read_text().split()[1]) for child in children]
    return max(pages) * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def write_report(name, sizes, bench):
    REPORTS.mkdir(parents=True, exist_ok=True)
    lines = [
        f"# {sizes['large']:,} ads beside {sizes['small']:,}",
        "",
        f"Written by `make bench{'-quick' if name == 'quick' else ''}` on "
        f"{datetime.now(UTC).date()}, on {os.cpu_count()} processors that also bear the "
        "database and the clients. Figures are "
        f"medians of {ROUNDS} rounds in turn; trust the ratios.",
        "",
        "| # | what | figure | bar | |",
        "|---|---|---|---|---|",
        *(
            f"| {bar.number or ''} | {bar.what} | {bar.figure} | {bar.bar} "
            f"| {'met' if bar.is_met else '**missed**'} |"
            for bar in bench.bars
        ),
        "",
        bench.told,
        "",
        f"![How pages grow]({name}.svg)",
    ]
    (REPORTS / f"{name}.md").write_text("\n".join(lines) + "\n")
    (REPORTS / f"{name}.svg").write_text(chart.draw(bench.grown, sizes))


if __name__ == "__main__":
    begun = time.monotonic()
    main()
    print(f"{time.monotonic() - begun:.0f} s")
