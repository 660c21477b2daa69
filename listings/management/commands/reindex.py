from django.core.management.base import BaseCommand

from listings.reindexing import reindex
from listings.vocabulary import learn


class Command(BaseCommand):
    help = (
        "Bring the search in line with the ads and learn the words it corrects others to. Safe to "
        "run at any moment, any number of times."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--all", action="store_true", help="Also the ads whose documents seem to be in line."
        )

    def handle(self, *, all, **options):
        done, behind = 0, 0
        while (behind := reindex(behind=behind, every=all)) is not None:
            done += 1
        self.stdout.write(f"{done} thousands of ads gone through, {learn()} words known")
