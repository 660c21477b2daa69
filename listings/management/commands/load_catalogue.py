from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from listings.shipped_catalogue import SHIPPED, load
from places.shipped import Unreadable, told


class Command(BaseCommand):
    help = (
        "Take over the catalogue shipped with the software. What was edited by hand stays, what "
        "is no longer shipped is archived. Safe to run at any moment, any number of times."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=SHIPPED, help="Another file.")

    def handle(self, *, file, **options):
        try:
            changes = load(file)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        for line in told(changes):
            self.stdout.write(line)
