from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from listings.models import Rate
from listings.rates import SAMPLE, Unreadable, fetch, read, refresh, store


class Command(BaseCommand):
    help = (
        "Take over the rates of a day from a file (CSV, JSON or the XML of the National Bank) or "
        "from RATES_URL, and compare all prices anew. Safe to run any number of times."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument(
            "--sample",
            action="store_true",
            help="Example rates, to try the portal with, if it knows none.",
        )

    def handle(self, *, file, sample, **options):
        if sample and Rate.objects.exists():
            return
        try:
            if sample:
                changed = store(read(SAMPLE.read_text()), Rate.Source.SAMPLE)
            elif file:
                changed = store(read(file.read_text(encoding="utf-8")), Rate.Source.FILE)
            elif settings.RATES_URL:
                changed = store(fetch(settings.RATES_URL), Rate.Source.FILE)
            else:
                raise CommandError("Name a file, or set RATES_URL.")
        except (Unreadable, OSError, UnicodeError) as error:
            raise CommandError(str(error)) from error
        behind = 0
        while (behind := refresh(behind)) is not None:
            pass
        self.stdout.write(f"{changed} rates are new or changed")
