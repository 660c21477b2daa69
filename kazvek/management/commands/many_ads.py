import gc
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kazvek.demo import ground, multitude


class Command(BaseCommand):
    help = (
        "Fill a local database with very many ads, their sellers and orders, to measure the "
        "portal with: 1000000, say."
    )

    def add_arguments(self, parser):
        parser.add_argument("ads", type=int, help="So many more, all or none.")
        parser.add_argument(
            "--seed", type=int, default=1, metavar="N", help="Another number, other ads."
        )

    def handle(self, *, ads, seed, **options):
        if not settings.LOCAL:
            raise CommandError(
                "Nothing was changed: these ads are nobody's, so they are for a local run only. "
                "Set LOCAL=1, as `make run` does, if this is one."
            )
        if not 0 < ads <= 10_000_000:
            raise CommandError("Nothing was changed: say a number of ads, up to ten million.")
        ground.lay()
        begun = time.monotonic()

        def say(what):
            self.stdout.write(f"{time.monotonic() - begun:6.1f} s  {what}")

        # Very many rows and no cycles: looking for some takes a quarter of Python's time.
        gc.disable()
        try:
            multitude.fill(ads, seed, say)
        finally:
            gc.enable()
