"""`make bench-export`: a copy of everything held on somebody of whom there are 100,000 entries.

A proprietor with thousands of ads, their daily counts, letters and documents asks for a copy. The
bars: under 30 seconds, and no more than 64 MB of memory on top of what the worker has anyway. The
PostgreSQL is of its own and goes away afterwards.
"""

import os
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import django

from local import ROOT
from local.postgres import Postgres
from local.servers import var_root

LISTINGS = 5_000
DAYS = 12
FAVOURITES = 20_000
SEARCHES = 10_000
CHANGES = 5_000
DOCUMENTS = 100
DOCUMENT_BYTES = 300_000
MOVED = {"act": "submit", "role": "seller", "before": "draft", "after": "pending"}
WORDS = "Пшеница третьего класса, урожай этого года, хранится на элеваторе в Рудном. " * 10

MOST_SECONDS = 30
MOST_MB = 64
MB = 1024 * 1024


def main():
    var = var_root()
    var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=var))
    folder.chmod(0o711)
    postgres = Postgres(folder / "postgres")
    try:
        postgres.start()
        environment = os.environ | {
            "LOCAL": "1",
            "DATABASE_URL": postgres.url,
            "REDIS_URL": "redis://127.0.0.1:1",  # nothing here asks it
            "SECRET_KEY": secrets.token_hex(32),
            "PRIVACY_KEY": secrets.token_hex(32),
            "VAR_ROOT": str(folder / "var"),
            "MEDIA_ROOT": str(folder / "var" / "media"),
            "PRIVATE_ROOT": str(folder / "var" / "private"),
            "DJANGO_SETTINGS_MODULE": "kazvek.settings",
        }
        for command in (["migrate"], ["load_places"], ["load_catalogue"]):
            subprocess.run(
                [sys.executable, "manage.py", *command, "--verbosity=0", "--skip-checks"],
                cwd=ROOT,
                env=environment,
                check=True,
            )
        for step in ("fill", "measure"):
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.export", step],
                cwd=ROOT,
                env=environment,
                check=False,
            )
            if done.returncode:
                sys.exit(done.returncode)
    finally:
        postgres.stop()
        shutil.rmtree(folder)


def fill():
    """As much as there would be after years, written at once."""
    from django.core.files.base import ContentFile
    from django.utils import timezone

    from accounts.models import User
    from listings.models import (
        Category,
        Change,
        DailyCount,
        Document,
        Favourite,
        Listing,
        SavedSearch,
    )
    from listings.models.document import private_storage
    from sellers.models import Seller

    now = timezone.now()
    user = User.objects.create_user("seller@example.com", None, surname="Сейтқазы", language="ru")
    seller = Seller.objects.create(
        subject=user.subject,
        form="person",
        name="Айгүл Сейтқазы",
        slug="aigul",
        region_id="KZ-39",
        settlement="Рудный",
    )
    category = Category.objects.get(slug="wheat")
    facts = {
        "seller": seller,
        "category": category,
        "state": "published",
        "language": "ru",
        "description": WORDS,
        "deal_type": category.deal_types[0],
        "unit": category.price_unit,
        "price_kind": "exact",
        "price": 98_000,
        "region_id": "KZ-39",
        "first_published_at": now,
        "sort_at": now,
        "expires_at": now + timedelta(days=30),
    }
    listings = Listing.objects.bulk_create(
        [Listing(title=f"Пшеница, партия {number}", **facts) for number in range(LISTINGS)], 1000
    )
    DailyCount.objects.bulk_create(
        (
            DailyCount(listing=listing, day=now.date() - timedelta(days=day), views=day)
            for listing in listings
            for day in range(DAYS)
        ),
        5000,
    )
    Change.objects.bulk_create(
        (
            Change(
                listing=each, act="submit", role="seller", before="draft", after="pending", by=user
            )
            for each in listings[:CHANGES]
        ),
        1000,
    )
    others = Seller.objects.create(
        form="company",
        name="Диқан",
        slug="diqan",
        bin="991240900010",
        region_id="KZ-39",
        settlement="Рудный",
    )
    theirs = Listing.objects.bulk_create(
        [Listing(title=f"Ячмень {n}", **facts | {"seller": others}) for n in range(FAVOURITES)],
        1000,
    )
    Favourite.objects.bulk_create(
        (
            Favourite(
                user=user, listing=each, price_kind="exact", price=1, currency="KZT", unit=each.unit
            )
            for each in theirs
        ),
        1000,
    )
    SavedSearch.objects.bulk_create(
        (
            SavedSearch(user=user, name=f"Ячмень {n}", query=f"q=barley+{n}")
            for n in range(SEARCHES)
        ),
        1000,
    )
    for number, listing in enumerate(listings[:DOCUMENTS]):
        name = f"documents/{number:032x}.pdf"
        private_storage().save(name, ContentFile(os.urandom(DOCUMENT_BYTES)))
        Document.objects.create(
            listing=listing, kind="pdf", name="price.pdf", file=name, size=DOCUMENT_BYTES
        )


def measure():
    import json
    import zipfile

    from django.utils.translation import override

    from accounts.models import User
    from privacy.export.walking import write_copy

    subject = User.objects.get().subject
    before = memory()
    with tempfile.TemporaryFile() as file, override("ru"):
        began, busy = time.monotonic(), time.process_time()
        write_copy(subject, file, proved="seller@example.com")
        seconds, busy = time.monotonic() - began, time.process_time() - busy
        # Of Linux, in kilobytes: the most there ever was.
        growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before
        size = file.tell()
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read("manifest.json"))
    entries = sum(manifest["entries"].values())
    print(
        f"{entries} entries and {len(manifest['files'])} files, {size / MB:.0f} MB, in "
        f"{seconds:.1f} s ({busy:.1f} s of a processor) with {growth / MB:.0f} MB more memory "
        f"(the bars: {MOST_SECONDS} s, {MOST_MB} MB)"
    )
    if entries < 100_000 or seconds >= MOST_SECONDS or growth >= MOST_MB * MB:
        sys.exit("A bar is missed.")


def memory():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    if sys.argv[1:]:
        django.setup()
        {"fill": fill, "measure": measure}[sys.argv[1]]()
    else:
        main()
