from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from places.shipped import Unreadable, told
from places.shipped_places import SHIPPED, load


class Command(BaseCommand):
    help = (
        "Take over the countries, regions and settlements shipped with the software. What was "
        "edited by hand stays, what is no longer shipped is archived. Safe to run at any moment, "
        "any number of times."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "folder", nargs="?", type=Path, default=SHIPPED, help="Another folder with the files."
        )

    def handle(self, *, folder, **options):
        try:
            changes = load(folder)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        for line in told(changes):
            self.stdout.write(line)
