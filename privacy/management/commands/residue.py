import sys

from django.core.management.base import BaseCommand, CommandError

from privacy.residue import NotSearched, everywhere, find
from privacy.residue.files import Files
from privacy.residue.needles import Unfit

FOUND, UNSURE = 1, 2


class Command(BaseCommand):
    help = (
        "Look for what is left of people in everything the portal stores: the database and its "
        "statistics, files, Valkey, letters, logs. One needle a line (an address, a number, a "
        "full name) from a file or from the standard input, so that none stands in the history of "
        "a shell or in the list of processes. Needles are told by the number of their line. "
        "Ends with code 0 when nothing was found, 1 when something was, 2 when nobody can tell."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--needles", metavar="FILE", default="-", help="The file; - is the standard input."
        )
        parser.add_argument(
            "--also",
            metavar="PATH",
            action="append",
            default=[],
            help="A file or folder beside all else: a dump, logs from elsewhere. Repeatable.",
        )

    def handle(self, *, needles, also, **options):
        lines = dict(self.read(needles))
        numbers = list(lines)
        if not lines:
            raise CommandError("Nothing was searched: there was no needle.", returncode=UNSURE)
        hits, size = 0, 0

        def tell(place, searched):
            nonlocal size
            size += searched
            self.stdout.write(f"{searched:>15,} bytes  {place}")

        places = everywhere()
        if also:
            places.append(Files("named beside", tuple(also), must_exist=True))
        try:
            for hit in find(lines.values(), places=places, tell=tell):
                hits += 1
                self.stderr.write(
                    f"needle {numbers[hit.needle]} as {hit.form}: {hit.place}: {hit.where}"
                )
        except Unfit as unfit:
            reasons = [f"needle {numbers[n]}: {why}" for n, why in unfit.reasons.items()]
            raise CommandError(
                "\n".join(["Nothing was searched.", *reasons]), returncode=UNSURE
            ) from None
        except NotSearched as incomplete:
            for place in incomplete.places:
                self.stderr.write(f"NOT SEARCHED: {place}")
            raise CommandError(
                f"{hits} found, and some places could not be searched.", returncode=UNSURE
            ) from None
        if hits:
            raise CommandError(f"{hits} found in {size:,} bytes.", returncode=FOUND)
        self.stdout.write(f"Nothing found in {size:,} bytes.")

    def read(self, path):
        try:
            if path == "-":
                text = sys.stdin.read()
            else:
                with open(path, encoding="utf-8") as file:
                    text = file.read()
        except (OSError, UnicodeDecodeError) as trouble:
            raise CommandError(
                f"The needles cannot be read: {trouble}", returncode=UNSURE
            ) from trouble
        for number, line in enumerate(text.splitlines(), start=1):
            if needle := line.strip():
                yield number, needle
